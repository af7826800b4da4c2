// What can be known of local targets before anything is copied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace stateferry {

/// Throws when `directory` (a local path, which need not exist) can't take new files: E-IO-CREATE
/// when a file stands at its name or at that of a directory above, or the file system is read-only;
/// E-IO-DENIED when this user may not write there, or not even look.
void check_local_target(const std::string& directory);

/// A file system that has less room than what is to go there needs.
struct Shortage {
  std::string directory;     ///< one of those that were asked for
  std::uint64_t needed = 0;  ///< bytes of all of them that lie on it
  std::uint64_t room = 0;    ///< bytes that this user may still write there
};

/// The first file system that has not the room for what goes to it; `bytes` by local directory,
/// each on the file system of the nearest directory above that exists. None is short whose room
/// isn't known, nor that of `source` where it lets two files share what they hold.
std::optional<Shortage> find_shortage(const std::map<std::string, std::uint64_t>& bytes,
                                      const std::string& source);

}  // namespace stateferry
