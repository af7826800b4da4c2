// What `move` and `self-contain` have to say of a whole transfer, and where they keep its journal.
#pragma once

#include <string>

#include "stateferry/transfer/snapshot_transfer.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {

/// A transfer of `snapshot`, to be decided.
SnapshotTransfer begin_transfer(Snapshot snapshot, const StoreOptions& options,
                                PluginRegistry& registry, Stores& stores, DiagnosticSink& sink);

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
/// `files`, `bytes`, `bytes-exact`, `done-before` the counts of the copy, and `restore-modes`.
void write_transfer_members(JsonText& json, const SnapshotTransfer& transfer);

}  // namespace stateferry::cli
