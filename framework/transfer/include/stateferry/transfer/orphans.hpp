// Files that no given snapshot needs: what may be listed as garbage, and what had better not.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// An age as people write it, in seconds: `0`, `30s`, `90m`, `36h`, `7d`. Nothing when it is none.
std::optional<std::int64_t> parse_age(std::string_view text) noexcept;

/// What the given snapshots need. A file counts as needed by any of its names.
class NeededFiles {
 public:
  /// Takes a snapshot's files, its own among them, whatever its name.
  void add(Stores& stores, const Snapshot& snapshot);

  bool contains(Stores& stores, const std::string& uri);
  /// Whether a checkpoint N in this directory of a job is newer than all that were given of it;
  /// true when none was.
  bool is_newer(Stores& stores, std::string_view job, std::uint64_t number) const;
  /// When the newest of the given was written, where its store says it.
  std::optional<std::int64_t> newest() const noexcept { return newest_; }

 private:
  static std::string place_of(Stores& stores, const std::string& uri);

  std::unordered_set<std::string> names_;  // by broad_uri()
  // What else they are called by, such as device and inode; made when a name is met that is none of
  // the above. Once per run, for the files that are needed.
  std::optional<std::unordered_set<std::string>> places_;
  std::map<std::string, std::uint64_t> last_;  // job's directory → its last checkpoint
  std::optional<std::int64_t> newest_;
};

/// What to look for.
struct OrphanRequest {
  std::string root;      ///< URI of a directory
  std::int64_t now = 0;  ///< seconds since 1970
  /// Seconds that must have passed since a file was changed. A file of which that isn't known is
  /// too young for all but 0.
  std::int64_t older_than = 0;
  /// Whether files of checkpoints that are newer than the given ones and have no `_metadata` count.
  bool include_incomplete = false;
};

/// What was found.
struct OrphanReport {
  std::uint64_t files = 0;       ///< below the root
  std::uint64_t candidates = 0;  ///< that were told
  std::uint64_t bytes = 0;       ///< in them
  std::uint64_t too_young = 0;   ///< files that nobody needs yet, or any more
  /// Snapshots that were not given, by name or by first bytes (of local files): never told. What
  /// only they need is.
  std::vector<std::string> not_given;
  /// Directories chk-N without `_metadata` that are newer than all given: Flink may be writing
  /// them. Left out unless asked for.
  std::vector<std::string> incomplete;
};

/// Goes through all files below the root and tells those that none of the given needs. Holds in
/// memory what is needed, and a little for each directory chk-N. Throws Error; what was told until
/// then is not to be used.
OrphanReport find_orphans(Stores& stores, NeededFiles& needed, const OrphanRequest& request,
                          const std::function<void(const StoredFile&)>& each);

}  // namespace stateferry
