#include "stateferry/uri/prefix_index.hpp"

#include <algorithm>

namespace stateferry {
namespace {

// So many are compared one by one, which is faster than hashing each directory of a text.
constexpr std::size_t kFew = 8;
constexpr std::size_t kNone = std::string_view::npos;

std::string_view stem_of(std::string_view prefix) {
  return prefix.substr(0, prefix.size() - (prefix.ends_with('/') ? 1 : 0));
}

}  // namespace

void PrefixIndex::add(std::string_view prefix) {
  const std::size_t number = prefixes_.size();
  prefixes_.emplace_back(prefix);
  if (prefix.empty()) return;
  const auto [at, added] = by_stem_.try_emplace(std::string(stem_of(prefix)), number);
  if (!added) {
    repeated_ = true;
    if (prefix.size() > prefixes_[at->second].size()) at->second = number;
  }
  const std::size_t slash = prefix.rfind('/');
  if (slash != kNone && slash + 1 < prefix.size()) {
    parents_.emplace(prefix.substr(0, slash + 1));
  }
}

std::optional<std::size_t> PrefixIndex::find_among_few(std::string_view text) const noexcept {
  std::optional<std::size_t> longest;
  for (std::size_t i = 0; i < prefixes_.size(); ++i) {
    if (longest && prefixes_[i].size() <= prefixes_[*longest].size()) continue;
    if (below_prefix(text, prefixes_[i])) longest = i;
  }
  return longest;
}

std::optional<std::size_t> PrefixIndex::find(std::string_view text, std::size_t* lookups) const {
  if (text.empty()) return std::nullopt;
  if (prefixes_.size() <= kFew) {
    if (lookups != nullptr) *lookups += prefixes_.size();
    return find_among_few(text);
  }
  const auto itself = by_stem_.find(text);
  if (itself != by_stem_.end()) return itself->second;
  std::size_t count = 1;
  const auto found = look_up_above(text, count);
  if (lookups != nullptr) *lookups += count;
  return found;
}

std::optional<std::size_t> PrefixIndex::find_above(std::string_view text) const {
  std::size_t lookups = 0;
  return look_up_above(stem_of(text), lookups);
}

// Among the stems that end in front of a slash of `text`.
std::optional<std::size_t> PrefixIndex::look_up_above(std::string_view text,
                                                      std::size_t& lookups) const {
  for (std::size_t end = text.size(); end > 0;) {
    end = text.rfind('/', end - 1);
    if (end == kNone) break;
    // Two slashes would be an authority that the prefix doesn't have.
    if (text.substr(end).starts_with("//")) continue;
    ++lookups;
    const auto at = by_stem_.find(text.substr(0, end));
    if (at != by_stem_.end()) return at->second;
  }
  return std::nullopt;
}

Below PrefixIndex::below(std::string_view directory) const {
  if (parents_.contains(directory)) return Below::some;
  std::size_t lookups = 0;
  return look_up_above(directory, lookups) ? Below::all : Below::none;
}

bool PrefixIndex::nested() const {
  if (repeated_) return true;
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [&](const std::string& prefix) { return find_above(prefix).has_value(); });
}

}  // namespace stateferry
