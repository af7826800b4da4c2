#include "stateferry/io/durable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

[[noreturn]] void fail_sync(const std::string& path, int error) {
  const bool never = error == EINVAL || error == ENOTSUP || error == EACCES;
  throw IoError("E-IO-SYNC",
                std::string("what was written can't be made safe from a power failure: ") +
                    std::strerror(error),
                path,
                never ? "this place can't promise it: write to another file system, or say "
                        "--no-sync, which risks that a power failure takes the files"
                      : "look into the system's log: the disk may be failing; don't trust what was "
                        "written there");
}

[[noreturn]] void fail_make(const std::string& path, const std::error_code& error) {
  const bool denied = error == std::errc::permission_denied ||
                      error == std::errc::operation_not_permitted ||
                      error == std::errc::read_only_file_system;
  throw IoError(denied ? "E-IO-DENIED" : "E-IO-CREATE",
                "creating the directory failed: " + error.message(), path);
}

}  // namespace

void sync_to_disk(int fd, const std::string& path) {
  if (::fsync(fd) != 0) fail_sync(path, errno);
}

void sync_file_system(int fd, const std::string& path) {
  if (::syncfs(fd) != 0) fail_sync(path, errno);
}

void sync_directory(const std::string& directory) {
  const char* const path = directory.empty() ? "." : directory.c_str();
  const int fd = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail_sync(directory, errno);
  const int failed = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (failed != 0) fail_sync(directory, error);
}

std::vector<std::string> make_directories(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> touched;
  std::error_code error;
  fs::path at = path;
  if (!at.has_filename()) at = at.parent_path();
  std::vector<fs::path> missing;
  while (!at.empty() && !fs::is_directory(at, error)) {
    missing.push_back(at);
    at = at.parent_path();
  }
  for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
    // False without an error: somebody else made it meanwhile.
    if (fs::create_directory(*next, error)) {
      const fs::path above = next->parent_path();
      touched.push_back(above.empty() ? "." : above.string());
    } else if (error || !fs::is_directory(*next, error)) {
      fail_make(next->string(), error ? error : make_error_code(std::errc::not_a_directory));
    }
  }
  return touched;
}

}  // namespace stateferry
