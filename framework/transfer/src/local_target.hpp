// What can be known of a local target before anything is copied.
#pragma once

#include <cstdint>
#include <string>

namespace stateferry {

/// Throws when `directory` (a local path, which need not exist) can't take new files: E-IO-CREATE
/// when a file stands at its name or at that of a directory above, or the file system is read-only;
/// E-IO-DENIED when this user may not write there.
void check_local_target(const std::string& directory);

/// Bytes that this user may still write to the file system of `directory`, or of the nearest
/// directory above that exists; the largest number where that isn't known, or where copies of
/// `source` need none, since the file system lets two files share what they hold.
std::uint64_t free_bytes(const std::string& directory, const std::string& source);

}  // namespace stateferry
