// Many snapshots in one run: the list that names them, which of them are a shard's, and that no two
// of them are put in one place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stateferry/transfer/fingerprint.hpp"
#include "stateferry/transfer/move_plan.hpp"

namespace stateferry {

/// One line of a list.
struct FleetEntry {
  std::string snapshot;    ///< as it is written there
  std::string target;      ///< the second column; empty: there is none
  std::uint64_t line = 0;  ///< counted from 1
};

/// Reads a list: one snapshot a line, behind a tab its target. Blank lines and those that begin
/// with `#` don't count, nor does a CR at a line's end. `name` is what messages say. Throws Error
/// (E-ARG-USAGE) with the line.
std::vector<FleetEntry> read_snapshot_list(std::string_view text, const std::string& name);

/// A part of a fleet.
struct Shard {
  std::uint64_t index = 0;  ///< from 0 on
  std::uint64_t count = 1;
};
/// `I/N`, with I below N. Nothing for any other text.
std::optional<Shard> shard_from_text(std::string_view text) noexcept;
/// Whether the snapshot file at the URI `pointer` is of this shard: by the first 16 hex digits of
/// the SHA-256 of its canonical URI, modulo the count. The same on every machine and in every
/// release.
bool in_shard(std::string_view pointer, const Shard& shard);

/// What has a place at the target, or is planned to have one, over all snapshots of a run. In
/// memory for their files: about 80 bytes for each.
class FleetTargets {
 public:
  /// The next snapshot.
  void next() { added_.clear(); }
  /// It goes to `new_pointer`; both are URIs of `_metadata`. Throws Error (E-MOVE-COLLISION) when
  /// another one goes there, by whatever name.
  void add_snapshot(const std::string& pointer, const std::string& new_pointer);
  /// A file of it. False when the same file goes there for a snapshot before. Without a target it
  /// is told by its source. Throws Error (E-MOVE-COLLISION) when another file goes there.
  bool add(const PlanRow& row);
  /// Forgets what add() has taken since next().
  void forget_files();

 private:
  struct Hash {
    std::size_t operator()(const Fingerprint& print) const noexcept {
      return static_cast<std::size_t>(print.words[0]);
    }
  };
  std::string place_of(const std::string& uri);

  std::unordered_map<std::string, std::string> snapshots_;  // by the place of the new one
  // From targets to sources.
  std::unordered_map<Fingerprint, Fingerprint, Hash> files_;
  std::vector<Fingerprint> added_;
  std::unordered_map<std::string, std::string> directories_;  // and what they really are
};

}  // namespace stateferry
