// Fingerprints: what tells files, handles and operators of two snapshots apart without keeping
// them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/transfer/reference_list.hpp"

namespace stateferry {

/// The first half of a SHA-256: nobody can make two things that have the same.
struct Fingerprint {
  std::array<std::uint64_t, 2> words{};
  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

/// Of a text, byte by byte.
Fingerprint fingerprint_of(std::string_view text);
/// Of a handle: its kind and all that stands in it, inline bytes among them.
Fingerprint fingerprint_of(const StreamStateHandle& handle);
/// Of all of a subtask; of what an operator has in front of its subtasks and behind them; of what
/// a snapshot has besides operators and the checkpoint's number. `so_far` is that of what came
/// before.
Fingerprint fingerprint_of(const SubtaskEntry& entry, const Fingerprint& so_far);
Fingerprint fingerprint_of(const OperatorState& op, bool behind_subtasks,
                           const Fingerprint& so_far);
Fingerprint fingerprint_of(const CheckpointMetadata& root, bool behind_operators,
                           const Fingerprint& so_far);

/// A file of a snapshot, where only that is wanted which tells it from others.
struct FileMark {
  Fingerprint place;        ///< of its canonical URI
  std::uint64_t bytes = 0;  ///< its size, or the least that it must have where no handle says it
  std::uint32_t op = kNoOperator;  ///< index of the first operator that needs it
  std::uint32_t index = 0;         ///< in the list that it is of
};
/// The files of a list, each once, whatever the names that handles have for it (canonical_uri()),
/// sorted by place.
std::vector<FileMark> marks_of(const ReferenceList& files);

}  // namespace stateferry
