// Many prefixes at once: which of them a text lies below, however many there are.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// Prefixes in the sense of below_prefix(), numbered from 0 in the order of add(). What a question
/// costs depends on how deep the text is, not on how many prefixes there are. Any number of threads
/// may ask after the last add().
class STATEFERRY_API PrefixIndex {
 public:
  /// An empty prefix is counted, but never found.
  void add(std::string_view prefix);
  std::size_t size() const noexcept { return prefixes_.size(); }

  /// The number of the longest prefix that `text` lies at or below, of equal ones the first;
  /// nothing where there is none. `lookups`, where given, is raised by the look-ups that it took.
  std::optional<std::size_t> find(std::string_view text, std::size_t* lookups = nullptr) const;
  /// As find(), but what `text` itself is doesn't count, whether with a slash at its end or
  /// without.
  std::optional<std::size_t> find_above(std::string_view text) const;
  /// How many of the texts that are `directory` (ends with '/') followed by one more name lie below
  /// some prefix, as below_prefix_in() of the first that says so, longest first: `some` beats
  /// `all`.
  Below below(std::string_view directory) const;
  /// Whether one prefix lies at or below another.
  bool nested() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };

  std::optional<std::size_t> find_among_few(std::string_view text) const noexcept;
  std::optional<std::size_t> look_up_above(std::string_view text, std::size_t& lookups) const;

  std::vector<std::string> prefixes_;
  /// By what stands in front of a prefix's last slash, if it ends with one: the longest of these.
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_stem_;
  /// Directories, with their slash, that a prefix is the name of a text in.
  std::unordered_set<std::string, Hash, std::equal_to<>> parents_;
  bool repeated_ = false;  ///< two prefixes have one stem
};

}  // namespace stateferry
