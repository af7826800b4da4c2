#include "local_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;

[[noreturn]] void fail(const char* doing, const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM;
  throw IoError(denied ? "E-IO-DENIED" : "E-IO-WRITE",
                std::string(doing) + ": " + std::strerror(error), path,
                denied ? "check the owner and the permissions of the file and of its directory"
                       : std::string());
}

[[noreturn]] void fail_sync(const std::string& path, int error) {
  throw IoError("E-IO-SYNC", std::string("syncing: ") + std::strerror(error), path,
                "the disk may be failing, or its file system can't promise this");
}

void make_directory(const fs::path& path, bool sync) {
  if (::mkdir(path.c_str(), kDirectoryMode) != 0) {
    if (errno == EEXIST) return;
    const fs::path parent = path.parent_path();
    if (errno != ENOENT || parent == path) fail("creating the directory", path, errno);
    make_directory(parent, sync);
    if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
      fail("creating the directory", path, errno);
    }
  }
  if (!sync) return;
  sync_path(path);
  sync_path(path.parent_path());
}

}  // namespace

void refuse_links(const std::string& uri, const std::string& root) {
  const std::string path(split_flink_path(uri).path);
  const std::string top(split_flink_path(root).path);
  const auto rest = top.empty() ? std::nullopt : below_prefix(path, top);
  fs::path at = rest ? fs::path(top) : fs::path("/");
  for (const fs::path& part : fs::path(rest ? std::string(*rest) : path).relative_path()) {
    at /= part;
    std::error_code error;
    if (!fs::is_symlink(at, error)) continue;
    throw IoError("E-STORE-SYMLINK", "a symbolic link is in the way", at.string(),
                  "links below the directories that you named are not followed, since they may "
                  "lead anywhere: replace it by what it points to");
  }
}

void sync_path(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_sync(path, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0 && error != EINVAL && error != ENOTSUP) fail_sync(path, error);
}

PartFile::PartFile(std::string path, bool sync) : path_(std::move(path)), sync_(sync) {
  const auto slash = path_.rfind('/') + 1;
  // The same name in each run, so that a run that was killed leaves nothing for ever.
  part_ = path_.substr(0, slash) + "." + path_.substr(slash) + ".stateferry-part";
  make_directory(fs::path(path_).parent_path(), sync);
  if (::unlink(part_.c_str()) != 0 && errno != ENOENT) fail("removing", part_, errno);
  const int fd =
      ::open(part_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (fd < 0) fail("creating", path_, errno);
  struct stat status {};
  ::fstat(fd, &status);
  mode_ = status.st_mode & 07777;
  ::close(fd);
}

PartFile::~PartFile() {
  if (!named_) ::unlink(part_.c_str());
}

void PartFile::give_name() {
  const int fd = ::open(part_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail("opening", part_, errno);
  const int mode_error = ::fchmod(fd, mode_) == 0 ? 0 : errno;
  const int sync_error = sync_ && ::fsync(fd) != 0 ? errno : 0;
  ::close(fd);
  if (mode_error != 0) fail("setting the mode of", path_, mode_error);
  if (sync_error != 0) fail_sync(path_, sync_error);
  int failed = ::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE);
  // No such rename here (NFS): a second name; the first one goes with this object.
  const bool linked = failed != 0 && errno == EINVAL;
  if (linked) failed = ::link(part_.c_str(), path_.c_str());
  if (failed != 0 && errno == EEXIST) {
    throw IoError("E-IO-EXISTS", "the file exists already", path_,
                  "nothing is replaced: choose another target, or remove what stands there");
  }
  if (failed != 0) fail("giving the file its name", path_, errno);
  named_ = !linked;
  if (sync_) sync_path(fs::path(path_).parent_path());
}

}  // namespace stateferry::rclone
