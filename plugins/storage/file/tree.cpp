#include "tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::file_storage {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::string path_of(std::string_view uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  const bool local = parts.scheme.empty() || parts.scheme == "file";
  if (!local || (!parts.authority.empty() && parts.authority != "localhost") ||
      parts.path.empty()) {
    throw IoError("E-IO-NOT-FOUND", "this is not a local file", std::string(uri),
                  "a local file is named file:/path, without a host");
  }
  return std::string(parts.path);
}

void fail(const std::string& action, const std::string& path, int error) {
  const std::string text = action + " failed: " + std::strerror(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      throw IoError("E-IO-NOT-FOUND", text, path);
    case EACCES:
    case EPERM:
    case EROFS:
      throw IoError("E-IO-DENIED", text, path, "check the owner and the permissions");
    case ENOSPC:
    case EDQUOT:
      throw IoError("E-IO-WRITE", text, path,
                    "make room there, then run the same command again: it goes on");
    case EAGAIN:
    case EBUSY:
    case ESTALE:
    case ETIMEDOUT:
    case EMFILE:
    case ENFILE:
      throw IoError("E-STORE-TEMPORARY", text, path, "run the same command again: it goes on");
    default:
      throw IoError(action == "reading" ? "E-IO-READ" : "E-IO-WRITE", text, path);
  }
}

void fail_symlink(const std::string& path) {
  throw IoError("E-STORE-SYMLINK", "a symbolic link is in the way", path,
                "links below the directories that you named are not followed, since they may lead "
                "anywhere: replace it by what it points to");
}

namespace {

bool is_symlink(int directory, const char* name) {
  struct stat status {};
  return ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

}  // namespace

std::string Tree::name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Fd Tree::open_root(const std::string& directory, std::string_view& rest) const {
  const auto below = root_.empty() ? std::nullopt : below_prefix(directory, root_);
  if (!below) {
    rest = directory;
    return Fd(::open("/", kOpenDirectory));
  }
  rest = *below;
  if (create_) {
    std::error_code error;
    std::filesystem::create_directories(root_, error);
    if (error) fail("creating the directory", root_, error.value());
  }
  return Fd(::open(root_.c_str(), kOpenDirectory));
}

int Tree::directory_of(const std::string& path) {
  const std::string directory = path.substr(0, path.rfind('/') + 1);
  if (open_ && directory == open_path_) return open_.get();
  open_path_.clear();
  const std::string plain =
      directory == "/" ? directory : directory.substr(0, directory.size() - 1);
  std::string_view rest;  // of `plain`
  Fd fd = open_root(plain, rest);
  if (!fd) {
    if (errno == ENOENT && !create_) return -1;
    fail("opening the directory", root_, errno);
  }
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (name.empty() || name == ".") continue;
    const std::string here = directory.substr(0, directory.size() - 1 - rest.size());
    if (name == "..") throw IoError("E-MOVE-UNSAFE", "the path leads upwards by '..'", path);
    if (create_ && ::mkdirat(fd.get(), name.c_str(), 0777) == 0) sync_names(fd.get());
    Fd next(::openat(fd.get(), name.c_str(), kOpenDirectory | O_NOFOLLOW));
    if (!next) {
      const int error = errno;
      if (is_symlink(fd.get(), name.c_str())) fail_symlink(here);
      if ((error == ENOENT || error == ENOTDIR) && !create_) return -1;
      if (error == ENOTDIR) {
        throw IoError("E-STORE-CONFLICT", "a file stands where a directory is needed", here);
      }
      fail("opening the directory", here, error);
    }
    fd = std::move(next);
  }
  open_ = std::move(fd);
  open_path_ = directory;
  return open_.get();
}

Fd open_file(Tree& tree, const std::string& path) {
  const int directory = tree.directory_of(path);
  if (directory < 0) return Fd();
  const std::string name = Tree::name_of(path);
  // Not blocking: a pipe of this name must not hold the run up.
  Fd fd(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) {
    const int error = errno;
    if (error == ELOOP) fail_symlink(path);
    if (error == ENOENT) return Fd();
    fail("reading", path, error);
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) fail("reading", path, errno);
  if (S_ISDIR(status.st_mode)) return Fd();
  if (!S_ISREG(status.st_mode)) throw IoError("E-IO-READ", "this is no regular file", path);
  return fd;
}

void sync_names(int directory) noexcept {
  ::fsync(directory);
}

}  // namespace stateferry::file_storage
