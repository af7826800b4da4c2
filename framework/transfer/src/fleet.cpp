#include "stateferry/transfer/fleet.hpp"

#include <algorithm>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/place.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

// Directories whose real names are remembered.
constexpr std::size_t kDirectoriesKept = 4096;

[[noreturn]] void refuse_line(const std::string& name, std::uint64_t line,
                              const std::string& message, const std::string& help) {
  throw Error({.code = "E-ARG-USAGE",
               .message = "line " + std::to_string(line) + ": " + message,
               .subject = name,
               .hint = help});
}

[[noreturn]] void refuse_collision(const std::string& what, const std::string& place,
                                   std::vector<std::string> notes) {
  throw Error({.code = "E-MOVE-COLLISION",
               .message = what + " would be put in one place",
               .subject = place,
               .hint = "nothing was copied: let all keep their layout below one --root, or give "
                       "each a DST of its own behind a tab in its line",
               .notes = std::move(notes)});
}

}  // namespace

std::vector<FleetEntry> read_snapshot_list(std::string_view text, const std::string& name) {
  std::vector<FleetEntry> entries;
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#')) continue;
    if (line.find('\0') != std::string_view::npos) {
      refuse_line(name, number, "there is a NUL in it", "a list is text: one snapshot a line");
    }
    const std::string_view snapshot = line.substr(0, line.find('\t'));
    line.remove_prefix(std::min(line.size(), snapshot.size() + 1));
    if (snapshot.empty() || line.find('\t') != std::string_view::npos) {
      refuse_line(name, number, "it has other columns than SNAPSHOT and DST",
                  "write the snapshot and, where it has one of its own, a tab and its DST");
    }
    if (snapshot == "-") refuse_line(name, number, "'-' is no snapshot here", "name a path or URI");
    entries.push_back({std::string(snapshot), std::string(line), number});
  }
  return entries;
}

std::optional<Shard> shard_from_text(std::string_view text) noexcept {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = number_from_text<std::uint64_t>(text.substr(0, slash));
  const auto count = number_from_text<std::uint64_t>(text.substr(slash + 1));
  if (!index || !count || *index >= *count) return std::nullopt;
  return Shard{*index, *count};
}

bool in_shard(std::string_view pointer, const Shard& shard) {
  const Fingerprint print = fingerprint_of(std::string_view(canonical_uri(pointer)));
  return print.words[0] % shard.count == shard.index;
}

// One text for all names of a file that may be there: its directory may be reached by links.
std::string FleetTargets::place_of(const std::string& uri) {
  if (!is_local_uri(uri)) return broad_uri(uri);
  if (directories_.size() >= kDirectoriesKept) directories_.clear();
  const auto [at, added] = directories_.try_emplace(directory_of(uri));
  if (added) at->second = physical_uri(at->first);
  return join_uri(at->second, last_name(uri));
}

void FleetTargets::add_snapshot(const std::string& pointer, const std::string& new_pointer) {
  const auto [at, added] = snapshots_.try_emplace(place_of(new_pointer), pointer);
  if (added) return;
  if (place_of(at->second) == place_of(pointer)) {
    refuse_collision("a snapshot that is listed twice", new_pointer, {pointer});
  }
  refuse_collision("two snapshots", new_pointer, {at->second, pointer});
}

bool FleetTargets::add(const PlanRow& row) {
  const std::string& place = row.target.empty() ? row.source : row.target;
  const Fingerprint source = fingerprint_of(std::string_view(place_of(row.source)));
  const Fingerprint target =
      row.target.empty() ? source : fingerprint_of(std::string_view(place_of(place)));
  const auto [at, added] = files_.try_emplace(target, source);
  if (added) {
    added_.push_back(target);
  } else if (at->second != source) {
    refuse_collision("files of two snapshots", place, {row.source});
  }
  return added;
}

void FleetTargets::forget_files() {
  for (const Fingerprint& key : added_) files_.erase(key);
  added_.clear();
}

}  // namespace stateferry
