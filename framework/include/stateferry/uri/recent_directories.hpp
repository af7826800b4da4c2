// The directories that locations lay in lately: most lie where one of those before lies, and what
// was found out about that one's directory then holds of them, too.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/plain_name.hpp"

namespace stateferry {

/// The directory of a text in Flink's form, with its slash, where any plain name (plain_name.hpp)
/// behind it makes a text in Flink's form again; else empty.
inline std::string_view plain_directory_of(std::string_view text) noexcept {
  const FlinkPathParts parts = split_flink_path(text);
  const std::size_t slash = parts.path.rfind('/');
  if (slash == std::string_view::npos || !is_ascii(text)) return {};
  // A root without a store may be followed by a drive.
  if (slash == 0 && parts.authority.empty()) return {};
  if (!is_plain_name(parts.path.substr(slash + 1))) return {};
  return text.substr(0, text.size() - parts.path.size() + slash + 1);
}

/// Where a directory (with its slash) goes when all below `from` goes below `to`, in the same
/// layout: with its slash, and such that any plain name may follow it. Nothing where it lies not
/// below `from`, or where that has to be looked at name by name. All in Flink's form.
inline std::optional<std::string> plain_directory_below(std::string_view to,
                                                        std::string_view directory,
                                                        std::string_view from) {
  if (below_prefix_in(directory, from) != Below::all) return std::nullopt;
  const auto stem = [](std::string_view text) {
    return text.substr(0, text.size() - (text.ends_with('/') ? 1 : 0));
  };
  std::string target(stem(to));
  target += directory.substr(stem(from).size());
  const std::string file = target + "x";
  if (!is_normal_flink_path(file) || plain_directory_of(file) != target) return std::nullopt;
  return target;
}

/// A few directories with what is known of each. One thread at a time.
template <class T>
class RecentDirectories {
 public:
  struct Entry {
    std::string directory;  ///< with its slash; empty: none
    T known{};
  };

  /// The entry of the directory that `text` lies in by a plain name; null: none is known.
  Entry* find(std::string_view text) noexcept {
    if (holds(entries_[last_], text)) return &entries_[last_];
    for (std::size_t i = 0; i < kEntries; ++i) {
      if (i == last_ || !holds(entries_[i], text)) continue;
      last_ = i;
      return &entries_[i];
    }
    return nullptr;
  }
  /// Remembers the directory in the place of the one that was remembered first, whose entry goes to
  /// `forget` before.
  template <class Forget>
  void add(std::string_view directory, T known, Forget&& forget) {
    Entry& entry = entries_[next_];
    forget(entry);
    entry.directory = directory;
    entry.known = std::move(known);
    last_ = next_;
    next_ = (next_ + 1) % kEntries;
  }
  template <class F>
  void for_each(F&& f) {
    for (Entry& entry : entries_) f(entry);
  }

 private:
  static constexpr std::size_t kEntries = 4;

  static bool holds(const Entry& entry, std::string_view text) noexcept {
    return lies_plainly_in(text, entry.directory);
  }

  std::array<Entry, kEntries> entries_;
  std::size_t last_ = 0;
  std::size_t next_ = 0;
};

}  // namespace stateferry
