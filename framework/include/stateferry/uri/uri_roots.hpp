// Where many URIs lie: the deepest directory that holds all of one store.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/export.hpp"

namespace stateferry {

/// A directory, and how many of the URIs lie below it.
struct UriRoot {
  std::string uri;
  std::uint64_t locations = 0;
};

/// Takes URIs one by one. All in Flink's form, UTF-8.
class STATEFERRY_API UriRoots {
 public:
  /// `is_directory`: the URI is one itself, else that which holds it counts. `count`: of so many
  /// URIs in one directory.
  void add(std::string_view uri, bool is_directory, std::uint64_t count = 1);
  /// One per scheme and authority, as they are written, sorted by these. Of more than a thousand
  /// the rest is left out.
  const std::map<std::string, UriRoot, std::less<>>& all() const noexcept { return roots_; }
  /// The same, those first that are most like `text`.
  std::vector<UriRoot> nearest_to(std::string_view text) const;

 private:
  std::map<std::string, UriRoot, std::less<>> roots_;
};

}  // namespace stateferry
