// Local files that rclone fills: what it leaves open of modes, names and the disk.
#pragma once

#include <sys/types.h>

#include <string>

#include "remotes.hpp"

namespace stateferry::rclone {

/// Refuses symbolic links in the path of `uri` below `root`, a directory that the user named; all
/// of them when `root` is empty. Throws IoError (E-STORE-SYMLINK).
void refuse_links(const std::string& uri, const std::string& root);

/// Waits until a file's content, or a directory's names, are on the disk. Throws IoError
/// (E-IO-SYNC); only a file system that has no such thing for directories is taken as it is.
void sync_path(const std::string& path);

/// A new local file under a hidden name beside its place, 0640 under the umask, in directories that
/// are made with 0750. It goes with the object unless it was given its name.
class PartFile {
 public:
  /// For the absolute `path`. `sync`: whether all is to be safe from a power failure. Throws
  /// IoError.
  PartFile(std::string path, bool sync);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  /// Where rclone is to write.
  Place place() const { return {"/", part_.substr(1)}; }
  /// Gives it mode and name, and syncs it. A file of that name is never replaced (E-IO-EXISTS).
  void give_name();

 private:
  std::string path_;
  std::string part_;
  mode_t mode_ = 0;
  bool sync_;
  bool named_ = false;
};

}  // namespace stateferry::rclone
