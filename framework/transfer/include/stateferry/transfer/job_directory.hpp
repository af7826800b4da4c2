// A job's directory: the checkpoints and savepoints in it, and which of them is the newest that is
// complete.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/model/snapshot_kind.hpp"
#include "stateferry/transfer/fingerprint.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// In a second, in which the times of snapshots are told.
inline constexpr std::int64_t kNanoseconds = 1'000'000'000;

/// A directory that is a snapshot, or should become one.
struct JobSnapshot {
  std::string uri;                      ///< of the directory, without a slash at the end
  std::string name;                     ///< of the directory
  std::optional<std::uint64_t> number;  ///< N of `chk-N`
  bool has_metadata = false;
  /// When its `_metadata` was last changed, in nanoseconds since 1970, where the store says it. On
  /// local disks the modification time, which copies may keep.
  std::optional<std::int64_t> written;
};

/// Names of the directories in `root` (a URI without a slash at the end), but for `shared` and
/// `taskowned`, which hold what snapshots share: not a file in those is looked at where the store
/// has directories to list. Throws as Stores::list().
std::set<std::string> directories_in(Stores& stores, const std::string& root);

/// What lies directly in `directory` (a URI): each `chk-N` and `savepoint-…`, and any other
/// directory with `_metadata`. The newest first: by time, then by number; those without `_metadata`
/// last. `shared` and `taskowned` are not looked into. Throws as Stores::list().
std::vector<JobSnapshot> list_snapshots(Stores& stores, const std::string& directory);

/// What a snapshot holds, or why it is none that a job can start from.
struct JobSnapshotFacts {
  bool complete = false;  ///< its `_metadata` decodes, from start to end
  std::string why;        ///< where it doesn't: one line
  std::int64_t checkpoint_id = 0;
  SnapshotKind kind;
  std::uint64_t operators = 0;
  std::vector<FileMark> files;  ///< each once
  std::uint64_t bytes = 0;      ///< in them
  bool exact = true;            ///< false: there may be more bytes, for some handle doesn't say it
};
/// Reads a snapshot. A `_metadata` that isn't there or is damaged is an answer; throws Error where
/// it can't be told: the store doesn't answer, reading is not permitted.
JobSnapshotFacts read_facts(const JobSnapshot& snapshot, Stores& stores, PluginRegistry& registry,
                            DiagnosticSink& sink);
/// The same for whether it is complete alone: the reason why it isn't, nothing where it is.
std::optional<std::string> why_incomplete(const JobSnapshot& snapshot, Stores& stores,
                                          PluginRegistry& registry, DiagnosticSink& sink);

/// The first of `snapshots` that is complete; null when none is. `passed_over` gets those in front
/// of it that have a `_metadata`, with the reason. Throws as read_facts().
const JobSnapshot* newest_complete(
    const std::vector<JobSnapshot>& snapshots, Stores& stores, PluginRegistry& registry,
    DiagnosticSink& sink,
    const std::function<void(const JobSnapshot&, const std::string& why)>& passed_over);

/// Files that `one` has and `before` has not, and the bytes in them.
struct NewFiles {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
NewFiles new_files(const std::vector<FileMark>& one, const std::vector<FileMark>& before);

}  // namespace stateferry
