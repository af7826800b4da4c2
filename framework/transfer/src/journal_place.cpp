#include "stateferry/transfer/journal_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/sha256.hpp"

namespace stateferry {
namespace {

bool is_ours(const std::string& directory) {
  struct stat status {};
  return ::stat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid();
}

// By its descriptor, so that what is looked at is what is changed.
bool is_private(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_uid != ::geteuid()) return false;
  constexpr mode_t kOthers = 077;
  if ((status.st_mode & kOthers) != 0 && ::fchmod(fd, 0700) != 0) return false;
  return ::faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

}  // namespace

bool make_private_directory(const std::string& directory) {
  try {
    make_directories(std::filesystem::path(directory).parent_path().string());
  } catch (const Error&) {
    return false;
  }
  // What is there already is looked at all the same.
  ::mkdir(directory.c_str(), 0700);
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  const bool fine = is_private(fd);
  ::close(fd);
  return fine;
}

std::string journal_folder(const Environment& environment, const std::string& temporary) {
  std::vector<std::string> candidates;
  if (const std::string state = environment("XDG_STATE_HOME"); state.starts_with('/')) {
    candidates.push_back(state + "/stateferry");
  }
  if (const std::string home = environment("HOME"); is_ours(home)) {
    candidates.push_back(home + "/.local/state/stateferry");
  }
  if (const std::string runtime = environment("XDG_RUNTIME_DIR"); is_ours(runtime)) {
    candidates.push_back(runtime + "/stateferry");
  }
  candidates.push_back(temporary + "/stateferry-" + std::to_string(::geteuid()));
  for (const std::string& candidate : candidates) {
    if (make_private_directory(candidate)) return candidate;
  }
  return {};
}

std::string journal_of(const std::string& folder, const std::string& pointer,
                       const std::string& new_pointer) {
  const std::string name = pointer + "\n" + new_pointer;
  const std::string id = sha256_hex(name);
  return folder + "/move-" + id.substr(0, 16) + ".journal";
}

}  // namespace stateferry
