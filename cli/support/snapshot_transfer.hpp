// What `move` and `self-contain` have to say of a whole transfer, and where they keep its journal.
#pragma once

#include <string>

#include "stateferry/transfer/snapshot_transfer.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {

/// A transfer of `snapshot`, to be decided.
SnapshotTransfer begin_transfer(Snapshot snapshot, SnapshotRun& run);

/// What the rules that a transfer stands for make. Throws Error.
Pipeline pipeline_of(SnapshotTransfer& transfer, const std::string& rules);

/// Where the journal of a transfer lies: `given` by the user, else in a private folder; empty, with
/// a warning, where there can't be one. To be asked when it is decided what goes where.
std::string journal_path(const std::string& given, const SnapshotTransfer& transfer);

/// Makes sure that what the run writes (the journal, the new `_metadata`, what was opened by
/// open_output()) is no file that it reads or copies. Throws Error.
void hold_files(const SnapshotTransfer& transfer);

/// `26 files, 84.8 KiB; 26 files copied`.
std::string files_text(const SnapshotTransfer& transfer, bool dry_run);
/// In which of Flink's modes the result can be restored, as lines of a report: `restore  CLAIM, …`.
std::string modes_text(const SnapshotTransfer& transfer);
/// `start the job from  URI`: the last line of every report of what can be started now.
std::string start_text(const std::string& directory);
/// `start-from`, `done-before`, `files`, `bytes`, `bytes-exact`, the counts of the copy, and
/// `restore-modes`.
void write_transfer_members(JsonText& json, const SnapshotTransfer& transfer);
/// `restore-modes` alone.
void write_modes(JsonText& json, const SnapshotTransfer& transfer);

}  // namespace stateferry::cli
