#include "tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::file_storage {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::string path_of(std::string_view uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  const bool local = parts.scheme.empty() || parts.scheme == "file";
  if (!local || (!parts.authority.empty() && parts.authority != "localhost") ||
      !parts.path.starts_with('/')) {
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

std::string directory_of_path(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::optional<FileAccess> access_for(const std::string& directory, const std::string& target,
                                     const Origin& origin) {
  if (origin.file.empty()) return std::nullopt;
  std::string made = directory_of_path(target);
  std::string stands_for = directory_of_path(origin.file);
  while (made != directory) {
    if (made == "/" || Tree::name_of(made) != Tree::name_of(stands_for)) return std::nullopt;
    made = directory_of_path(made);
    stands_for = directory_of_path(stands_for);
  }
  if (!below_prefix(stands_for, origin.root.empty() ? "/" : origin.root)) return std::nullopt;
  struct stat status {};
  if (::stat(stands_for.c_str(), &status) != 0 || (status.st_mode & S_ISVTX) != 0) {
    return std::nullopt;
  }
  return access_of(stands_for);
}

namespace {

// Makes a directory in an open one unless it is there. Returns whether it was made; `kept` becomes
// false when it can't have its access.
bool make_directory(int above, const std::string& name, const std::optional<FileAccess>& access,
                    mode_t without_access, bool& kept) {
  if (::mkdirat(above, name.c_str(), access ? 0700 : without_access) != 0) return false;
  if (!access) return true;
  const Fd made(::openat(above, name.c_str(), kOpenDirectory | O_NOFOLLOW));
  if (!made || !give_access(made.get(), *access)) kept = false;
  return true;
}

}  // namespace

namespace {

bool make_path_alone(const std::string& path, const std::string& target, const Origin& origin,
                     mode_t without_origin, bool sync) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return true;
  const std::string above = directory_of_path(path);
  bool kept = path == "/" || make_path_alone(above, target, origin, without_origin, sync);
  const Fd directory(::open(above.c_str(), kOpenDirectory));
  if (!directory) fail("opening the directory", above, errno);
  const std::string name = Tree::name_of(path);
  if (make_directory(directory.get(), name, access_for(path, target, origin), without_origin,
                     kept)) {
    try {
      sync_to_disk(directory.get(), above);
    } catch (...) {
      if (!sync) return kept;
      // The next run must not take it for one that is safe.
      ::unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR);
      throw;
    }
  } else if (errno != EEXIST) {
    fail("creating the directory", path, errno);
  }
  return kept;
}

}  // namespace

bool make_path(const std::string& path, const std::string& target, const Origin& origin,
               mode_t without_origin, bool sync) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  return make_path_alone(path, target, origin, without_origin, sync);
}

Fd Tree::open_root(const std::string& directory, const Making* making,
                   std::string_view& rest) const {
  const auto below = root_.empty() ? std::nullopt : below_prefix(directory, root_);
  if (!below) {
    rest = directory;
    return Fd(::open("/", kOpenDirectory));
  }
  rest = *below;
  if (making != nullptr && !make_path(root_, making->target, making->origin, 0777, sync_)) {
    making->kept = false;
  }
  return Fd(::open(root_.c_str(), kOpenDirectory));
}

int Tree::open_directory(const std::string& path, const Making* making) {
  const std::string directory = path.substr(0, path.rfind('/') + 1);
  if (open_ && directory == open_path_) return open_.get();
  open_path_.clear();
  const std::string plain =
      directory == "/" ? directory : directory.substr(0, directory.size() - 1);
  std::string_view rest;  // of `plain`
  Fd fd = open_root(plain, making, rest);
  if (!fd) {
    if (errno == ENOENT && making == nullptr) return -1;
    fail("opening the directory", root_, errno);
  }
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (name.empty() || name == ".") continue;
    std::string here = plain.substr(0, plain.size() - rest.size());
    if (!rest.empty()) here.pop_back();
    if (name == "..") throw IoError("E-MOVE-UNSAFE", "the path leads upwards by '..'", path);
    if (making != nullptr) {
      make_directory(fd.get(), name, access_for(here, making->target, making->origin), 0777,
                     making->kept);
    }
    Fd next(::openat(fd.get(), name.c_str(), kOpenDirectory | O_NOFOLLOW));
    if (!next) {
      const int error = errno;
      if (is_symlink(fd.get(), name.c_str())) fail_symlink(here);
      if ((error == ENOENT || error == ENOTDIR) && making == nullptr) return -1;
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

Fd open_file(Tree& tree, const std::string& path, Access access) {
  const int mode = access == Access::writing ? O_RDWR : O_RDONLY;
  const std::string action = access == Access::writing ? "writing" : "reading";
  const int directory = tree.directory_of(path);
  if (directory < 0) return Fd();
  const std::string name = Tree::name_of(path);
  // Not blocking: a pipe of this name must not hold the run up.
  Fd fd(::openat(directory, name.c_str(), mode | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) {
    const int error = errno;
    if (error == ELOOP) fail_symlink(path);
    if (error == ENOENT || error == EISDIR) return Fd();
    fail(action, path, error);
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) fail(action, path, errno);
  if (S_ISDIR(status.st_mode)) return Fd();
  if (!S_ISREG(status.st_mode)) throw IoError("E-IO-READ", "this is no regular file", path);
  return fd;
}

}  // namespace stateferry::file_storage
