// What `plan` was asked to do, and the plan of one snapshot.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "stateferry/transfer/plan_file.hpp"
#include "support/fleet.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {

/// The command line of `plan`, as parsed.
struct PlanOptions {
  SnapshotArgs in;
  FleetArgs fleet;
  std::string target;
  std::string rules;
  std::vector<std::string> set;
  std::string root;
  std::string name;
  std::string scheme;
  std::vector<std::string> maps;
  std::string since;
  std::string into;
  std::string format = "csv";
  bool json = false;
  bool jsonl = false;

  /// How the plan is written.
  PlanFormat plan_format() const;
};

/// Where a rule file sends the locations of a snapshot.
struct RuleTargets {
  std::unordered_map<std::string, std::string> of;
  std::string new_base;  ///< of _metadata; empty: the rules don't say
};

/// What is to be listed of one snapshot.
struct PlannedSnapshot {
  SnapshotReferences snapshot;
  std::optional<MovePlan> move;         ///< where there is a target
  std::optional<RuleTargets> by_rules;  ///< where there is a rule file

  /// Null where there is no target.
  const MovePlan* decided() const noexcept { return move ? &*move : nullptr; }
};

/// What the earlier snapshot of --since needs, so that it is left out. Throws Error.
NeededBytes needed_since(const PlanOptions& options, SnapshotRun& run);

/// Reads a snapshot and decides where its files go: below `target`, if it isn't empty. Throws
/// Error.
PlannedSnapshot plan_snapshot(const PlanOptions& options, const std::string& snapshot,
                              const std::string& target, SnapshotRun& run);

/// Its rows, without what is within `had` and what --into leaves out. Throws Error.
void rows_of(const PlanOptions& options, const PlannedSnapshot& planned, const NeededBytes& had,
             const RowSink& sink);

/// How many files and bytes a plan has.
struct PlanTotals {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  bool at_least = false;  ///< some sizes are not known exactly

  void add(const PlanRow& row);
  /// `26 files, 84.8 KiB`.
  std::string text() const;
};

/// Plans for all snapshots of a list: one plan, with each file once. Throws Error.
ExitCode plan_fleet(const PlanOptions& options, const Context& context);

}  // namespace stateferry::cli
