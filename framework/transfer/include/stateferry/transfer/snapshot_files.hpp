// Which files of a listing are snapshots, and which checkpoints are not finished: by the names that
// Flink gives them, and by first bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// What a file is by its name.
enum class SnapshotName : std::uint8_t {
  other,
  /// A snapshot: `_metadata`; `savepoint-…` and `checkpoint_metadata-…`, which Flink before 1.5
  /// writes as files.
  snapshot,
  /// `completedCheckpoint…` in a directory for high availability: names a checkpoint, as a Java
  /// object that nobody else can read.
  completed_checkpoint,
};
SnapshotName snapshot_name(std::string_view uri) noexcept;

/// N of a name `chk-N`.
std::optional<std::uint64_t> checkpoint_number(std::string_view name) noexcept;

/// The directory `chk-N` of a checkpoint.
struct CheckpointDirectory {
  std::string_view uri;  ///< without a slash at the end; views what was asked about
  std::uint64_t number = 0;
};
/// The deepest directory `chk-N` that a file lies in, at any depth, or that a directory (with a
/// slash at the end) is.
std::optional<CheckpointDirectory> checkpoint_directory_of(std::string_view uri) noexcept;

/// Whether a file lies where Flink keeps state files only: in a directory `shared`, `taskowned` or
/// `chk-N` below `directory`. Both of one store and scheme.
bool in_state_directory(std::string_view uri, std::string_view directory) noexcept;

/// Whether a file begins as every snapshot does. False when it is not there any more. Throws
/// IoError.
bool begins_as_snapshot(Stores& stores, const std::string& uri);

/// Finds the directories `chk-N` without `_metadata`: checkpoints that are being written, or that
/// were given up.
class UnfinishedCheckpoints {
 public:
  struct Checkpoint {
    std::uint64_t number = 0;
    std::vector<StoredFile> files;  ///< that lie in it
    /// When the directory itself was changed last, where the listing has directories.
    std::optional<std::int64_t> modified;
  };

  /// Takes a file or directory of a listing.
  void see(const StoredFile& file);
  /// What is left without `_metadata` when all was seen, by the URI of the directory.
  std::map<std::string, Checkpoint> unfinished() const;

 private:
  struct Seen {
    Checkpoint checkpoint;
    bool finished = false;
  };
  std::map<std::string, Seen, std::less<>> seen_;
};

}  // namespace stateferry
