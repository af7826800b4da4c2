// What a round of a mirror decides, without touching anything: which checkpoints are new, how far
// the target is behind, which old ones may go, and what to say where copying is too slow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/transfer/job_directory.hpp"
#include "stateferry/transfer/mirror_state.hpp"

namespace stateferry {

/// A checkpoint as it was listed, as what tells it from others.
SourceCheckpoint identity_of(const JobSnapshot& snapshot);

/// The checkpoints of a listing that have a `_metadata` and are not mirrored, in the order in which
/// they are to be: the newest by time first, for it lives longest. `savepoints`: savepoints, too.
/// Those that are older than all of a full list (see keep_newest()) are not asked for again.
std::vector<JobSnapshot> new_checkpoints(const std::vector<JobSnapshot>& listed,
                                         const MirrorState& state, bool savepoints);

/// The name of the directory at the target for a checkpoint: its own, or, where another one of
/// that name stands there, with its time behind it. The same for each round.
std::string directory_for(const SourceCheckpoint& checkpoint, const MirrorState& state);

/// Takes a checkpoint into the list: the newest by the source's time first.
void add_checkpoint(MirrorState& state, MirroredCheckpoint checkpoint);
/// The same for what was given up; only the last few are kept.
void add_given_up(MirrorState& state, GivenUp one);

/// How far a job's mirror is behind.
struct MirrorLag {
  std::uint64_t checkpoints = 0;  ///< of the source, that are newer than all that is mirrored
  /// Seconds since the oldest of those was complete: 0 where there is none.
  std::int64_t seconds = 0;
};
/// `now`: seconds since 1970.
MirrorLag lag_of(const std::vector<JobSnapshot>& listed, const MirrorState& state,
                 std::int64_t now);

/// The checkpoints that retention lets go: all but the newest `keep`, the oldest first. `keep` is
/// at least 1.
std::vector<MirroredCheckpoint> beyond(const MirrorState& state, std::uint64_t keep);

/// Names of directories in a job's directory at the target that hold a `_metadata` that the mirror
/// didn't put there.
std::vector<std::string> foreign_snapshots(const std::vector<JobSnapshot>& at_target,
                                           const MirrorState& state);

/// What is to be said where a source's checkpoints go before they are copied.
struct StarvationAdvice {
  double needed = 0;         ///< bytes per second; 0: not known
  double had = 0;            ///< bytes per second
  std::uint64_t retain = 0;  ///< what num-retained should be at least; 0: not known
};
/// Nothing while fewer than three were given up in a row.
std::optional<StarvationAdvice> starvation_advice(const MirrorState& state);

}  // namespace stateferry
