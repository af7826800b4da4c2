// Looks for everything beside some files that may need them: other snapshots, under any name, and
// checkpoints that are being written. What can't be read or told is an error, never a guess.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/transfer/snapshot_files.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"

namespace stateferry {

/// A snapshot that needs some of the files.
struct Referrer {
  std::string pointer;
  std::uint64_t files = 0;  ///< that no referrer before it needs
};

/// What a search has looked at and found.
struct ReferrerReport {
  std::vector<std::string> looked_at;  ///< directories, with all below
  std::uint64_t snapshots = 0;         ///< other snapshots that were read
  /// chk-N without `_metadata` that nobody has written to for a day: they count for nothing.
  std::vector<std::string> abandoned;
  std::vector<Referrer> referrers;
};

/// Files that may be deleted, and which of them something needs.
class NeededOnes {
 public:
  /// `stores` outlives it.
  NeededOnes(Stores& stores, const std::vector<std::string>& files);

  /// Something needs what lies at a URI; returns how many of the files are needed only now.
  std::uint64_t need(const std::string& uri);
  /// Whether something needs a file, by its index.
  bool needed(std::size_t file) const { return needed_[file]; }

 private:
  // Several names may be one file, and several files of one name when its store isn't certain.
  using Files = std::unordered_multimap<std::string, std::size_t>;

  std::uint64_t mark(const Files& files, const std::string& key);

  Stores& stores_;
  std::vector<bool> needed_;             // for each file
  Files by_uri_;                         // broad_uri() → file
  Files by_identity_;                    // where the store tells it
  std::unordered_set<std::string> met_;  // canonical URIs of what was needed
};

/// What a search doesn't look at, since it is the caller's own.
struct OwnSnapshots {
  std::vector<std::string> pointers;    ///< URIs of snapshots that need nothing any more
  std::vector<std::string> unfinished;  ///< URIs of chk-N without `_metadata` that nobody writes to
};

/// One search for what needs some files, such as those of a snapshot that is moved. All that it is
/// given outlives it.
class ReferrerSearch {
 public:
  /// `files` and `left_out` as below.
  ReferrerSearch(PluginRegistry& registry, Stores& stores, DiagnosticSink& problems,
                 const OwnSnapshots& own, const std::vector<std::string>& files,
                 const std::vector<std::string>& left_out);
  /// `files`: URIs of those that may be deleted. `left_out`: directories that are not looked
  /// through, at the user's risk.
  ReferrerSearch(const SnapshotTransfer& transfer, const std::vector<std::string>& files,
                 const std::vector<std::string>& left_out);

  /// Looks through directories with all below. `now`: seconds since 1970 by the clock of the store.
  /// Throws Error: E-MOVE-REFERRERS when it can't be told what needs the files; else why a
  /// directory or a snapshot can't be read.
  void run(const std::vector<std::string>& directories, std::int64_t now);
  /// Before run(): what lies at a URI is no snapshot.
  void knows(const std::string& uri);
  /// Whether something needs a file, by its index.
  bool needed(std::size_t file) const { return files_.needed(file); }
  const ReferrerReport& report() const noexcept { return report_; }

 private:
  void look_through(const std::string& directory);
  void see(const StoredFile& file, const std::string& directory);
  bool is_left_out(const std::string& uri) const;
  void refuse_completed() const;
  void read(const std::string& pointer);
  void need(const std::string& uri);
  void look_at_first_bytes();
  void judge_unfinished(std::int64_t now);

  PluginRegistry& registry_;
  Stores& stores_;
  DiagnosticSink& problems_;
  const std::vector<std::string>& left_out_;
  ReferrerReport report_;
  std::unordered_set<std::string> own_;         // the one name of each snapshot that is our own
  std::unordered_set<std::string> unfinished_;  // canonical URIs of directories that are
  NeededOnes files_;
  std::vector<std::string> snapshots_;  // to be read
  std::vector<std::string> completed_;
  UnfinishedCheckpoints checkpoints_;
  std::unordered_set<std::string> known_;       // canonical URIs of what snapshots need
  std::map<std::string, std::string> unknown_;  // remote files that may be snapshots
};

/// The directories to look through for the referrers of `files`, which belong to a snapshot in
/// `base`: those one above the jobs and savepoints that own the files, by the names that were given
/// and by those that links lead to. None lies in another.
std::vector<std::string> directories_above(const std::string& base, const std::string& root,
                                           const std::vector<std::string>& files);

/// The job's directory of a snapshot in `base`, if that is a `chk-N`; else `base` itself.
std::string job_directory(const std::string& base);

}  // namespace stateferry
