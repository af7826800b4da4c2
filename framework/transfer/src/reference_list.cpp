#include "stateferry/transfer/reference_list.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kFewestSlots = 64;

std::size_t hash_of(std::string_view text) noexcept {
  return std::hash<std::string_view>()(text);
}
std::size_t hash_of(std::uint32_t directory, std::string_view name, bool relative) noexcept {
  const std::size_t place = std::size_t{directory} * 2 + (relative ? 1 : 0);
  return hash_of(name) ^ place * 0x9E3779B97F4A7C15U;
}

}  // namespace

void NumberIndex::grow() {
  const std::vector<Slot> old = std::exchange(slots_, {});
  slots_.resize(std::max(kFewestSlots, old.size() * 2));
  for (const Slot& slot : old) {
    if (slot.next == 0) continue;
    std::size_t at = slot.tag & (slots_.size() - 1);
    while (slots_[at].next != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

// ---------------------------------------------------------------------------- directories

std::uint32_t DirectoryTable::number_of(std::string_view text) {
  std::uint32_t& known =
      by_text_.find(hash_of(text), [&](std::uint32_t n) { return uri(n) == text; });
  if (known != 0) return known - 1;
  const std::uint32_t number = size();
  const std::string_view kept = texts_.intern(text);
  rows_.push_back({kept.data(), static_cast<std::uint32_t>(kept.size()), number});
  known = number + 1;
  rows_.back().same = find_same(kept, number);
  return number;
}

std::uint32_t DirectoryTable::find_same(std::string_view text, std::uint32_t number) {
  const std::string canonical = canonical_uri(text);
  std::uint32_t& known = by_canonical_.find(
      hash_of(canonical), [&](std::uint32_t n) { return canonical_uri(uri(n)) == canonical; });
  if (known == 0) known = number + 1;
  return known - 1;
}

// ---------------------------------------------------------------------------- files

ReferenceList::Place ReferenceList::place_of(std::string_view uri) {
  const std::string_view path = split_flink_path(uri).path;
  const std::size_t slash = path.rfind('/');
  // Without a directory, as a whole store that is named as a file.
  if (slash == std::string_view::npos) return {directories_.number_of(uri), {}};
  const std::size_t name = uri.size() - path.size() + slash + 1;
  return {directories_.number_of(uri.substr(0, name)), uri.substr(name)};
}

std::pair<ReferenceList::Entry&, bool> ReferenceList::at(const Place& place, bool relative) {
  const std::uint32_t same = directories_.same_as(place.directory);
  std::uint32_t& known = by_place_.find(hash_of(same, place.name, relative), [&](std::uint32_t n) {
    return is_at(entries_[n], place, relative);
  });
  if (known != 0) return {entries_[known - 1], false};
  Entry& entry = append(place, relative);
  known = static_cast<std::uint32_t>(entries_.size());
  return {entry, true};
}

void ReferenceList::push_back(const Reference& file) {
  Entry& entry = at(place_of(file.uri), file.relative).first;
  entry.has_size = file.size.has_value();
  entry.size = file.size.value_or(0);
  entry.at_least = file.at_least;
  entry.op = file.op;
  entry.handles = file.handles;
  entry.role = file.role;
  entry.bare = file.bare;
  entry.segments = file.segments;
}

void ReferenceList::read(std::size_t i, Reference& file) const {
  const Entry& entry = entries_[i];
  file.uri.assign(directories_.uri(entry.directory))
      .append(std::string_view(entry.name, entry.name_size));
  file.relative = entry.relative;
  file.bare = entry.bare;
  file.segments = entry.segments;
  file.op = entry.op;
  file.role = entry.role;
  file.handles = entry.handles;
  file.size = entry.has_size ? std::optional(entry.size) : std::nullopt;
  file.at_least = entry.at_least;
  file.directory = entry.directory;
}

bool ReferenceList::is_at(const Entry& entry, const Place& place, bool relative) const noexcept {
  return entry.relative == relative &&
         std::string_view(entry.name, entry.name_size) == place.name &&
         directories_.same_as(entry.directory) == directories_.same_as(place.directory);
}

ReferenceList::Entry& ReferenceList::append(const Place& place, bool relative) {
  const std::string_view name = names_.intern(place.name);
  Entry& entry = entries_.emplace_back();
  entry.name = name.data();
  entry.name_size = static_cast<std::uint32_t>(name.size());
  entry.directory = place.directory;
  entry.relative = relative;
  return entry;
}

}  // namespace stateferry
