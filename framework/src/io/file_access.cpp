#include "stateferry/io/file_access.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr mode_t kPermissions = 0777;

FileAccess access_of(const struct stat& status) {
  return {status.st_uid, status.st_gid, status.st_mode & kPermissions};
}

// What group and others may both do: whoever changes from one to the other gains nothing.
mode_t without_group(mode_t mode) {
  const mode_t both = (mode >> 3) & mode & 07;
  return (mode & 0700) | both << 3 | both;
}

}  // namespace

FileAccess access_of(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    throw IoError("E-IO-READ", std::string("reading failed: ") + std::strerror(errno), path);
  }
  return access_of(status);
}

std::optional<FileAccess> access_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return access_of(status);
}

bool give_access(int fd, const FileAccess& access) noexcept {
  struct stat now {};
  if (::fstat(fd, &now) != 0) return false;
  if (now.st_uid != access.owner || now.st_gid != access.group) {
    if (::fchown(fd, access.owner, access.group) != 0) {
      // Its owner may at least give it to a group of his own.
      if (::fchown(fd, static_cast<uid_t>(-1), access.group) != 0) errno = 0;
    }
    if (::fstat(fd, &now) != 0) return false;
  }
  const bool same_group = now.st_gid == access.group;
  const mode_t mode = access.mode & kPermissions;
  if (::fchmod(fd, same_group ? mode : without_group(mode)) != 0) return false;
  return same_group && now.st_uid == access.owner;
}

}  // namespace stateferry
