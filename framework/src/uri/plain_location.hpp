// A quick look at the usual location, for the walk over millions of them.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/uri/plain_name.hpp"

namespace stateferry {

/// Whether a path is ASCII, in Flink's form and without anything that needs a closer look. False
/// says nothing. `path` begins with '/'.
bool is_plain_path(std::string_view path) noexcept;

/// The same as is_plain_path() for `scheme://authority/path`. Remembers scheme and authority of the
/// last text, which is mostly that of the next. One thread at a time.
class PlainLocation {
 public:
  bool operator()(std::string_view text);

 private:
  std::string root_;
};

}  // namespace stateferry
