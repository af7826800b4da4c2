// What `move` was asked to do, and what it does with one snapshot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stateferry/transfer/snapshot_move.hpp"
#include "support/engine_args.hpp"
#include "support/fleet.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"
#include "support/snapshot_transfer.hpp"

namespace stateferry::cli {

/// The command line of `move`, as parsed.
struct MoveArguments {
  SnapshotArgs in;
  FleetArgs fleet;
  std::string target;
  std::string root;
  std::string name;
  std::string scheme;
  std::vector<std::string> maps;
  std::string emit_rules;
  std::string journal;
  EngineArgs engine;
  bool unmerge = false;
  bool dry_run = false;
  bool fail_on_residual = false;
  bool no_copy = false;
  bool delete_source = false;
  std::vector<std::string> not_looked_at;
  bool force = false;
  bool json = false;
  bool jsonl = false;
};

/// Takes what was done, or, in a dry run, decided; `deletion` is null where nothing is to be
/// deleted.
using MoveTeller =
    std::function<void(const SnapshotTransfer&, const MovePlan&, const DeletionReport* deletion)>;

/// What is asked for, for a snapshot that goes below `target`. Throws Error.
MoveRequest move_request(const MoveArguments& options, const std::string& target);

/// Moves one snapshot below `target`. Throws Error.
void move_snapshot(const MoveArguments& options, const std::string& snapshot,
                   const std::string& target, SnapshotRun& run, const Context& context,
                   const MoveTeller& tell);

/// What there is to say, as text.
std::string report_text(const MoveArguments& options, const SnapshotTransfer& transfer,
                        const MovePlan& plan, const DeletionReport* deletion);
/// The members of `stateferry/move/1` but for `schema`.
void write_members(JsonText& json, const MoveArguments& options, const SnapshotTransfer& transfer,
                   const MovePlan& plan, const DeletionReport* deletion);

/// Moves all snapshots of a list, each as a run of its own. Throws Error, before anything is
/// copied: the list, or what it asks for, is not to be carried out.
ExitCode move_fleet(const MoveArguments& options, const Context& context);

}  // namespace stateferry::cli
