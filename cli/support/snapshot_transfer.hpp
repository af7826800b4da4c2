// Carries a whole snapshot to another place: sources looked at, files copied, targets looked at,
// `_metadata` last. What `move` and `self-contain` share, once it is decided what goes where.
#pragma once

#include <string>
#include <vector>

#include "commands/commands.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/move_plan.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {

/// A snapshot on its way: what was decided, and what was done so far.
struct SnapshotTransfer {
  const StoreOptions& options;
  const Context& context;
  PluginRegistry& registry;
  Stores& stores;
  ConsoleSink& problems;
  Snapshot snapshot;
  std::string journal = {};      ///< --journal; empty: in the user's state folder
  bool no_copy = false;          ///< the files are at the target already
  std::string source_root = {};  ///< directory that the user named; links below it are refused
  std::string target = {};       ///< DST
  std::string new_base = {};     ///< directory of the new _metadata
  std::vector<PlanRow> rows = {};
  std::vector<std::byte> metadata = {};  ///< as it will stand at the target
  std::uint64_t changes = 0;             ///< in it
  CopyReport copied = {};
  bool was_there = false;  ///< an earlier run had finished

  std::string new_pointer() const;
};

/// Makes the new metadata in memory, with all checks. Nothing is copied before this has passed.
void rewrite(SnapshotTransfer& transfer, const Pipeline& pipeline);
/// Looks whether the target has this very snapshot already (`was_there`), and whether all sources
/// are there; throws where something is in the way.
void look_first(SnapshotTransfer& transfer);
/// Copies, looks at the targets, puts _metadata in place and reads it back. Only looks at the
/// targets when the snapshot was there.
void carry_out(SnapshotTransfer& transfer);

/// `26 files, 84.8 KiB; 26 files copied`.
std::string files_text(const SnapshotTransfer& transfer, bool dry_run);
/// `files`, `bytes`, `bytes-exact`, `done-before` and the counts of the copy.
void write_transfer_members(JsonText& json, const SnapshotTransfer& transfer);

}  // namespace stateferry::cli
