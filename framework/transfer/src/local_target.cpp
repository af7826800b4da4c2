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

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

// Bytes that may still be written; the largest number where that isn't known.
std::uint64_t room_of(const fs::path& directory, bool holds_source) {
  constexpr auto kAny = std::numeric_limits<std::uint64_t>::max();
  struct statfs system {};
  if (::statfs(directory.c_str(), &system) != 0 || system.f_bsize <= 0) return kAny;
  // Some file systems of stores tell of no size at all.
  if (system.f_blocks == 0) return kAny;
  const bool shares_blocks = system.f_type == BTRFS_SUPER_MAGIC || system.f_type == kXfs;
  if (holds_source && shares_blocks) return kAny;
  return std::uint64_t{system.f_bavail} * static_cast<std::uint64_t>(system.f_bsize);
}

}  // namespace

void check_local_target(const std::string& directory) {
  const fs::path at = nearest_that_exists(directory);
  std::error_code error;
  const bool is_directory = fs::is_directory(at, error);
  if (is_directory && ::faccessat(AT_FDCWD, at.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  const int why = is_directory ? errno : error.value();
  if (why == EACCES) {
    throw IoError("E-IO-DENIED", "writing to the target's directory is not permitted", at.string(),
                  "run as a user who may write there, or choose another target");
  }
  if (!is_directory) {
    throw IoError("E-IO-CREATE", "something that is no directory stands where the target's should",
                  at.string(), "choose another target, or remove what stands there");
  }
  if (why == EROFS) {
    throw IoError("E-IO-CREATE", "the file system of the target is read-only", at.string(),
                  "choose another target, or mount it for writing");
  }
}

std::optional<Shortage> find_shortage(const std::map<std::string, std::uint64_t>& bytes,
                                      const std::string& source) {
  std::map<dev_t, Shortage> systems;
  for (const auto& [directory, needed] : bytes) {
    const auto status = status_of(nearest_that_exists(directory));
    if (!status) continue;
    systems.try_emplace(status->st_dev, Shortage{directory, 0, 0}).first->second.needed += needed;
  }
  const auto from = status_of(source);
  for (auto& [device, found] : systems) {
    found.room = room_of(nearest_that_exists(found.directory), from && from->st_dev == device);
    if (found.needed > found.room) return std::move(found);
  }
  return std::nullopt;
}

}  // namespace stateferry
