// Deletes old checkpoints of a mirror at its target, after looking for all that may need their
// files, as the deletion of a source does: what can't be told is not deleted.
//
// Order: all looks, a list of what goes, `_metadata` of the old ones, their files, the list. A run
// that was killed leaves the list, and the next one finishes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/transfer/mirror_store.hpp"

namespace stateferry {

/// The file of the target that lists what a run was about to delete.
inline constexpr std::string_view kMirrorRetired = "_mirror-retired.json";

/// What retention works with. All of it outlives the call.
struct RetentionPlace {
  PluginRegistry& registry;
  Stores& stores;
  DiagnosticSink& problems;
  LeaseKeeper& lease;
  const std::string& target;  ///< the whole of it: all below is looked through
};

/// A job whose old checkpoints may go. `noted` is written.
struct RetainedJob {
  std::string source;  ///< URI of its directory there, which must be another place
  std::string target;
  NotedState& noted;
};

/// What was deleted of one job.
struct RetiredCheckpoints {
  std::uint64_t checkpoints = 0;
  std::uint64_t files = 0;  ///< `_metadata` included
};

/// Lets all but the newest `keep` checkpoints of each job go, with the files that nothing else
/// below the target needs; none while any job there is failed over. Returns one for each job. What
/// keeps it from deleting is told as a warning (W-MIRROR-RETENTION); thrown is only that the lease
/// is lost.
std::vector<RetiredCheckpoints> retire_checkpoints(const RetentionPlace& place,
                                                   std::vector<RetainedJob>& jobs,
                                                   std::uint64_t keep);

}  // namespace stateferry
