// Carries a whole snapshot to another place: sources looked at, files copied, targets looked at,
// `_metadata` last. What `move` and `self-contain` share, once it is decided what goes where.
#pragma once

#include <string>
#include <vector>

#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/copy_run.hpp"
#include "stateferry/transfer/engine.hpp"
#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/restore_modes.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// Told how far a transfer is. Does nothing by default.
class TransferObserver {
 public:
  virtual ~TransferObserver();
  /// Files are going to be copied; `progress` moves on, in other threads, until copied().
  virtual void copying(const CopyProgress& progress);
  /// Copying has ended, well or not.
  virtual void copied() noexcept;
};

/// A snapshot on its way: what was decided, and what was done so far.
struct SnapshotTransfer {
  PluginRegistry& registry;
  Stores& stores;
  DiagnosticSink& problems;
  Snapshot snapshot;
  CopyOptions copying = {};       ///< its roots are set by carry_out()
  std::string journal = {};       ///< path of the journal; empty: none is kept
  bool fail_on_residual = false;  ///< see RunOptions
  bool no_copy = false;           ///< the files are at the target already
  /// What copies the files in place of run_copy(); outlives it. Null: nothing else does.
  Engine* engine = nullptr;
  /// What to do where sources are missing: the command's own words.
  std::string help_if_missing = "if the files are at the target already, say --no-copy";
  std::string source_root = {};  ///< directory that the user named; links below it are refused
  std::string target = {};       ///< DST
  std::string new_base = {};     ///< directory of the new _metadata
  std::vector<PlanRow> rows = {};
  std::vector<std::byte> metadata = {};  ///< as it will stand at the target
  std::uint64_t changes = 0;             ///< in it
  std::vector<RestoreMode> modes = {};   ///< of it
  InlineUris inline_uris = {};           ///< in it, and not rewritten
  CopyReport copied = {};
  bool was_there = false;  ///< an earlier run had finished
  /// The target has the very `_metadata` already, but lacks files: of a copy by another tool that
  /// was cut off.
  bool completes = false;

  std::string new_pointer() const;
};

/// What all rows come to.
struct RowTotals {
  std::uint64_t bytes = 0;
  bool exact = true;  ///< else there are at least so many
};
RowTotals totals_of(const std::vector<PlanRow>& rows);

/// Makes the new metadata in memory, with all checks. Nothing is copied before this has passed.
void rewrite(SnapshotTransfer& transfer, const Pipeline& pipeline);
/// Decides a move: its rows, and its metadata by `pipeline`, which is made of rules_of(plan). With
/// `unmerge` each segment of merged files gets a file of its own.
void decide_move(SnapshotTransfer& transfer, const MovePlan& plan, Pipeline pipeline, bool unmerge);
/// Looks whether the target has this very snapshot already (`was_there`) or a part of it with its
/// `_metadata` (`completes`), and whether all sources are there; throws where something is in the
/// way.
void look_first(SnapshotTransfer& transfer);
/// Copies, looks at the targets, puts _metadata in place and reads it back; does nothing where
/// look_first() has found all of it, but for a look at the targets with `no_copy`. Failures of
/// single files go to `problems`; the first is thrown.
void carry_out(SnapshotTransfer& transfer, TransferObserver& observer);

/// The parts of carry_out(), for whoever has more to do between them. Copies the rows; failures as
/// there.
void copy_rows(SnapshotTransfer& transfer, TransferObserver& observer);
/// Throws Error (E-MOVE-INCOMPLETE) unless all rows are at the target, as long as they must be.
void check_targets(const SnapshotTransfer& transfer);
/// Puts `_metadata` in place, where none may stand, and reads it back.
void put_metadata(SnapshotTransfer& transfer);

/// Reports the failures of a copy but for the first, which is thrown as an error of the whole.
/// Returns when there are none.
void throw_failures(const CopyReport& report, DiagnosticSink& problems);

}  // namespace stateferry
