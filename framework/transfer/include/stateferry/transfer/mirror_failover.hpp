// Takes a mirrored job over: from then on no mirror writes there.
#pragma once

#include <string>
#include <vector>

#include "stateferry/transfer/mirror_jobs.hpp"
#include "stateferry/transfer/snapshot.hpp"

namespace stateferry {

/// Notes that a job is failed over, so that no mirror writes or deletes there. Reads the state
/// again. Throws Error: E-STORE-CONFLICT when a mirror writes to it again and again.
void note_failover(Stores& stores, MirroredJob& job, const std::string& checkpoint);

/// A mirrored checkpoint that a job can be started from.
struct FailoverChoice {
  MirroredCheckpoint checkpoint;
  Snapshot snapshot;
  std::uint64_t files = 0;  ///< all of which are there
  std::uint64_t bytes = 0;
  std::vector<std::string> passed_over;  ///< newer ones that are damaged, and why, a line each
};
/// The newest whose `_metadata` is what the mirror put there, and whose files are all there. Throws
/// Error (E-MIRROR-EMPTY) where there is none, with the reasons.
FailoverChoice choose_for_failover(Stores& stores, PluginRegistry& registry,
                                   DiagnosticSink& problems, const MirroredJob& job);

}  // namespace stateferry
