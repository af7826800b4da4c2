// Keeps checkpoints of running jobs ready at another place: what `mirror` does, without words.
//
// A round lists each job of the source, and makes of each new checkpoint a whole one at the target:
// files that aren't there are copied, those of `chk-N` itself first, all are looked at, and
// `_metadata` comes last. So the target can be restored from at every instant:
// docs/decisions/0025-mirror.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/transfer/mirror_round.hpp"
#include "stateferry/transfer/mirror_store.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"

namespace stateferry {

/// What is to be mirrored, and how. URIs in Flink's form, without a slash at the end.
struct MirrorOptions {
  std::string source;  ///< a job's directory (with `chk-N` in it), or one that holds many
  std::string target;
  std::string name;         ///< of the mirror: whose lease it may take over
  bool bare = false;        ///< `target` was named without a scheme; see Relocation
  std::string scheme = {};  ///< see MoveRequest
  bool savepoints = false;  ///< mirror savepoints, too
  bool resume = false;      ///< go on where a job was failed over
  std::uint64_t keep = 0;   ///< checkpoints to keep of each job; 0: nothing is deleted
  std::vector<std::string> take_from = {};  ///< outside of `source`: what may be copied, too
  CopyOptions copying = {};
};

/// What became of one job in a round.
struct JobRound {
  std::string job;    ///< name of its directory; empty: the source is the job's directory itself
  MirrorState state;  ///< afterwards
  MirrorLag lag;      ///< afterwards
  std::uint64_t mirrored = 0;  ///< checkpoints
  std::uint64_t copied_files = 0;
  std::uint64_t copied_bytes = 0;
  std::uint64_t given_up = 0;       ///< checkpoints that were gone before they were copied
  std::uint64_t being_written = 0;  ///< whose `_metadata` isn't whole yet
  std::uint64_t retired = 0;        ///< old checkpoints that were deleted at the target
  std::uint64_t deleted_files = 0;
  bool resumed = false;               ///< it had been failed over
  std::optional<Diagnostic> failure;  ///< why it ended early

  /// Whether all that the source has stands at the target.
  bool up_to_date() const noexcept { return !failure && state.broken.empty(); }
};

/// Makes the pipeline of a checkpoint from the text of a rule file, and of what else is wanted.
using MirrorPipeline =
    std::function<Pipeline(SnapshotTransfer& transfer, const std::string& rules)>;

/// See the head of this file. All that it is given outlives it. One thread at a time.
class Mirror {
 public:
  Mirror(PluginRegistry& registry, Stores& stores, DiagnosticSink& problems, LeaseKeeper& lease,
         MirrorOptions options, MirrorPipeline pipeline);

  /// One round over all jobs. A job that fails stops no other, and what keeps retention from
  /// deleting is a warning. Throws Error where jobs can't be listed or the lease is lost.
  std::vector<JobRound> round(TransferObserver& observer);

 private:
  // A job that retention may delete in, and its place among the rounds.
  struct Kept {
    std::string job;
    NotedState noted;
    std::size_t round;
  };
  std::vector<std::string> jobs();
  std::string at_source(const std::string& job) const;
  std::string at_target(const std::string& job) const;
  JobRound job_round(const std::string& job, NotedState& noted, TransferObserver& observer);
  void take_up(JobRound& round, NotedState& noted);
  void mirror(JobRound& round, NotedState& noted, const JobSnapshot& snapshot,
              TransferObserver& observer);
  std::optional<Snapshot> read_whole(JobRound& round, const JobSnapshot& snapshot);
  void carry_out(JobRound& round, NotedState& noted, SnapshotTransfer& m, std::vector<PlanRow> rows,
                 TransferObserver& observer);
  void give_up(JobRound& round, NotedState& noted, SnapshotTransfer& m, const Error& why);
  void retire(std::vector<Kept>& jobs, std::vector<JobRound>& rounds);

  PluginRegistry& registry_;
  Stores& stores_;
  DiagnosticSink& problems_;
  LeaseKeeper& lease_;
  const MirrorOptions options_;
  const MirrorPipeline pipeline_;
};

/// Throws RuleError (E-MOVE-NESTED) when source and target are one place or lie in one another, by
/// name or by a link.
void refuse_nested_mirror(Stores& stores, const MirrorOptions& options);

/// Where files of a directory outside of the source go: a place of its own below `target`.
Relocation outside_relocation(const std::string& directory, const std::string& target);

/// Of the rows those that have to be copied: that are not at their target, or not as long as they
/// must be. Files of `base`, the checkpoint's own directory, come first: they go first.
std::vector<PlanRow> rows_to_copy(Stores& stores, const std::vector<PlanRow>& rows,
                                  const std::string& base);

}  // namespace stateferry
