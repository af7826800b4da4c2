// What real Flink releases were seen to do with snapshots that were converted for them.
//
// A release that reads the metadata may still fail on what is in the state files: their content
// belongs to the state backend, not to the format of _metadata, and nothing in a snapshot says who
// can read it. So it was tried: a job's snapshot of each kind, written by one release, converted,
// and restored by an older one with all its state compared (tests/e2e). The outcomes are a table in
// the library.
#pragma once

#include <string_view>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dialect.hpp"

namespace stateferry {

/// One trial. All texts are static.
struct RestoreSeen {
  std::string_view kind;    ///< of snapshot: `checkpoint, RocksDB incremental`
  std::string_view writer;  ///< release that wrote it, with its patch: `1.20.3`
  std::string_view reader;  ///< release that was to restore it: `1.18.1`
  bool restored = false;    ///< with every value as it was written
  std::string_view reason;  ///< Flink's, where it refused; else empty
};

/// What is known of restoring a snapshot.
struct RestoresSeen {
  /// Whether `reader` is older than some release that writes such a file. Else there is nothing to
  /// tell: Flink restores snapshots of older releases.
  bool to_older = false;
  /// Whether `reader` was tried with such snapshots.
  bool reader_tried = false;
  /// By `reader` if it was tried, else by all releases that were. Empty when nothing like the
  /// snapshot was tried.
  std::vector<RestoreSeen> trials;
  /// Whether some of them were refused, but canonical savepoints of the same writers were restored
  /// by the same readers.
  bool canonical_savepoint_helps = false;
};
/// The trials with snapshots that are like `root` as far as its handles, markers and properties
/// tell, of releases that write `source`.
STATEFERRY_API RestoresSeen restores_seen(const CheckpointMetadata& root, const DialectInfo& source,
                                          FlinkRelease reader);

}  // namespace stateferry
