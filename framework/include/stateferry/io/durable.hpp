// What makes files and their names outlive a power failure.
#pragma once

#include <string>
#include <vector>

#include "stateferry/export.hpp"

namespace stateferry {

/// Waits until an open file, or the names in an open directory, are on the disk. `path` is for the
/// message. Throws IoError (E-IO-SYNC), also where the file system can't do it: what was asked to
/// be safe isn't.
STATEFERRY_API void sync_to_disk(int fd, const std::string& path);

/// The same for all of the file system that an open file or directory lies in.
STATEFERRY_API void sync_file_system(int fd, const std::string& path);

/// Waits until the names in `directory` are on the disk; empty, as the parent of a bare file name,
/// it is the working directory. Throws IoError (E-IO-SYNC).
STATEFERRY_API void sync_directory(const std::string& directory);

/// Makes a directory and all that are missing above it, with the mode that the umask leaves.
/// Returns the directories that have a new name in them now, which are to be synced. Throws
/// IoError.
STATEFERRY_API std::vector<std::string> make_directories(const std::string& path);

}  // namespace stateferry
