// Carries a plan out: what a journal says to be done is looked at and left alone, the rest copied.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stateferry/transfer/journal.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// How far a run is; read by whoever shows it, while the run goes on.
struct CopyProgress {
  std::uint64_t files_total = 0;
  std::uint64_t bytes_total = 0;  ///< as far as the plan knows sizes
  std::atomic<std::uint64_t> files{0};
  std::atomic<std::uint64_t> bytes{0};  ///< that have arrived, those of earlier runs included
};

/// What came of a run.
struct CopyReport {
  std::uint64_t copied = 0;   ///< files copied by this run
  std::uint64_t existed = 0;  ///< files that stood there already, with the same content
  std::uint64_t resumed = 0;  ///< files that an earlier run had copied
  std::uint64_t seen = 0;     ///< of the copied ones: those that were looked at afterwards
  std::uint64_t grown = 0;    ///< of the copied ones: those of which only the rest was copied
  std::uint64_t bytes = 0;    ///< that this run has copied
  double seconds = 0;         ///< that it took
  /// Files that don't have, or lie in new directories that don't have, the owner, group and mode of
  /// their source.
  std::uint64_t access_not_kept = 0;
  std::uint64_t failed = 0;
  std::vector<Diagnostic> failures;  ///< the first of them
  bool stopped = false;              ///< gave up after too many failures
};

/// A digest over all items: whether a journal belongs to them.
std::string plan_id(std::span<const CopyItem> items);

/// Copies `items`. `progress` gets its totals here. `journal` may be null. Failures of single files
/// are in the report; thrown is what stops all.
CopyReport run_copy(Stores& stores, std::span<const CopyItem> items, const CopyOptions& options,
                    Journal* journal, CopyProgress& progress);

}  // namespace stateferry
