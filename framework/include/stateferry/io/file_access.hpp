// Who may do what with a file: given on from a file to its copy.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "stateferry/export.hpp"

namespace stateferry {

/// Owner, group and permissions of a file or directory. Without the bits that let a program run as
/// somebody else (setuid, setgid) and without the sticky bit.
struct FileAccess {
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;  ///< of 0777
  bool operator==(const FileAccess&) const = default;
};

/// That of an open file or directory. Throws IoError; `path` is for the message.
STATEFERRY_API FileAccess access_of(int fd, const std::string& path);
/// That of a file or directory, links followed; nothing when there is none, or when it can't be
/// told.
STATEFERRY_API std::optional<FileAccess> access_of(const std::string& path);

/// Gives an open file or directory, which nobody else may use yet (mode 0600 or 0700), the same
/// access, and returns whether all of it could be given: only root may give files away. At no
/// moment may anyone do more than with the original: where the group can't be kept, nobody but the
/// owner may do what group and others may not both.
STATEFERRY_API bool give_access(int fd, const FileAccess& access) noexcept;

}  // namespace stateferry
