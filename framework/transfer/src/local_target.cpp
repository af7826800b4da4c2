#include "local_target.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <limits>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

constexpr long kXfs = 0x58465342;  // not in linux/magic.h before 5.16

// The path itself when something stands there.
fs::path nearest_that_exists(fs::path path) {
  std::error_code error;
  path = fs::absolute(path, error).lexically_normal();
  while (path.has_relative_path() &&
         fs::symlink_status(path, error).type() == fs::file_type::not_found) {
    path = path.parent_path();
  }
  return path;
}

bool shares_blocks(const struct statfs& target, const fs::path& directory,
                   const std::string& source) {
  if (target.f_type != BTRFS_SUPER_MAGIC && target.f_type != kXfs) return false;
  struct stat a {};
  struct stat b {};
  return ::stat(directory.c_str(), &a) == 0 && ::stat(source.c_str(), &b) == 0 &&
         a.st_dev == b.st_dev;
}

}  // namespace

void check_local_target(const std::string& directory) {
  const fs::path at = nearest_that_exists(directory);
  std::error_code error;
  if (!fs::is_directory(at, error)) {
    throw IoError("E-IO-CREATE", "something that is no directory stands where the target's should",
                  at.string(), "choose another target, or remove what stands there");
  }
  if (::faccessat(AT_FDCWD, at.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  if (errno == EROFS) {
    throw IoError("E-IO-CREATE", "the file system of the target is read-only", at.string(),
                  "choose another target, or mount it for writing");
  }
  if (errno == EACCES) {
    throw IoError("E-IO-DENIED", "writing to the target's directory is not permitted", at.string(),
                  "run as a user who may write there, or choose another target");
  }
}

std::uint64_t free_bytes(const std::string& directory, const std::string& source) {
  constexpr auto kAny = std::numeric_limits<std::uint64_t>::max();
  const fs::path at = nearest_that_exists(directory);
  struct statfs target {};
  if (::statfs(at.c_str(), &target) != 0 || target.f_bsize <= 0) return kAny;
  // Some file systems of stores tell of no size at all.
  if (target.f_blocks == 0 || shares_blocks(target, at, source)) return kAny;
  return std::uint64_t{target.f_bavail} * static_cast<std::uint64_t>(target.f_bsize);
}

}  // namespace stateferry
