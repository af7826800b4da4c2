#include "stateferry/transfer/reference_list.hpp"

#include <algorithm>
#include <functional>

#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kFewestSlots = 64;

// Whether a table of so many slots is too full for one more: open addressing wants room.
bool is_full(std::size_t slots, std::size_t entries) noexcept {
  return entries * 10 >= slots * 7;
}

std::size_t hash_of(std::string_view text) noexcept {
  return std::hash<std::string_view>()(text);
}
std::size_t hash_of(std::uint32_t directory, std::string_view name, bool relative) noexcept {
  const std::size_t place = std::size_t{directory} * 2 + (relative ? 1 : 0);
  return hash_of(name) ^ place * 0x9E3779B97F4A7C15U;
}

// The first slot from `hash` on that is free or holds what `is_it` accepts, by number.
template <class F>
std::size_t find_slot(const std::vector<std::uint32_t>& slots, std::size_t hash, F&& is_it) {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = (hash ^ hash >> 32) & mask;
  while (slots[at] != 0 && !is_it(slots[at] - 1)) at = (at + 1) & mask;
  return at;
}

bool is_none(std::uint32_t) noexcept {
  return false;
}

}  // namespace

// ---------------------------------------------------------------------------- directories

std::uint32_t DirectoryTable::number_of(std::string_view text) {
  if (is_full(by_text_.size(), rows_.size())) grow();
  const std::size_t at =
      find_slot(by_text_, hash_of(text), [&](std::uint32_t n) { return uri(n) == text; });
  if (by_text_[at] != 0) return by_text_[at] - 1;
  const std::uint32_t number = size();
  const std::string_view kept = texts_.intern(text);
  rows_.push_back({kept.data(), static_cast<std::uint32_t>(kept.size()), number});
  by_text_[at] = number + 1;
  rows_.back().same = find_same(kept, number);
  return number;
}

std::uint32_t DirectoryTable::find_same(std::string_view text, std::uint32_t number) {
  const std::string canonical = canonical_uri(text);
  const std::size_t at = find_slot(by_canonical_, hash_of(canonical), [&](std::uint32_t n) {
    return canonical_uri(uri(n)) == canonical;
  });
  if (by_canonical_[at] == 0) by_canonical_[at] = number + 1;
  return by_canonical_[at] - 1;
}

void DirectoryTable::grow() {
  const std::size_t slots = std::max(kFewestSlots, by_text_.size() * 2);
  by_text_.assign(slots, 0);
  by_canonical_.assign(slots, 0);
  for (std::uint32_t n = 0; n < size(); ++n) {
    by_text_[find_slot(by_text_, hash_of(uri(n)), is_none)] = n + 1;
    if (same_as(n) != n) continue;
    by_canonical_[find_slot(by_canonical_, hash_of(canonical_uri(uri(n))), is_none)] = n + 1;
  }
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
  if (is_full(slots_.size(), entries_.size())) grow();
  const std::size_t slot = slot_of(place, relative);
  if (slots_[slot] != 0) return {entries_[slots_[slot] - 1], false};
  Entry& entry = append(place, relative);
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
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

std::size_t ReferenceList::slot_of(const Place& place, bool relative) const {
  const std::uint32_t same = directories_.same_as(place.directory);
  return find_slot(slots_, hash_of(same, place.name, relative),
                   [&](std::uint32_t n) { return is_at(entries_[n], place, relative); });
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

void ReferenceList::grow() {
  const std::size_t slots = std::max(kFewestSlots, slots_.size() * 2);
  slots_.clear();
  slots_.shrink_to_fit();
  slots_.assign(slots, 0);
  std::uint32_t number = 0;
  for (const Entry& entry : entries_) {
    const std::string_view name(entry.name, entry.name_size);
    const std::size_t hash = hash_of(directories_.same_as(entry.directory), name, entry.relative);
    slots_[find_slot(slots_, hash, is_none)] = ++number;
  }
}

}  // namespace stateferry
