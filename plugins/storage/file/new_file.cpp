#include "new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/durable.hpp"

namespace stateferry::file_storage {

NewFile::NewFile(int directory, std::string path, const std::optional<FileAccess>& access)
    : directory_(::fcntl(directory, F_DUPFD_CLOEXEC, 0)), path_(std::move(path)) {
  if (!directory_) fail("opening the directory", path_, errno);
  open_file(access ? 0600 : 0640);
  if (access) access_kept_ = give_access(file_.get(), *access);
}

void NewFile::open_file(mode_t mode) {
  file_ = Fd(::openat(directory_.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (file_) return;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) fail("creating", path_, errno);
  // The same name in each run, so that a run that was killed leaves nothing for ever. What stands
  // there is never written to: it may be somebody else's.
  temporary_ = "." + Tree::name_of(path_) + ".stateferry-part";
  if (::unlinkat(directory_.get(), temporary_.c_str(), 0) != 0 && errno != ENOENT) {
    fail("creating", path_, errno);
  }
  file_ = Fd(::openat(directory_.get(), temporary_.c_str(),
                      O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file_) fail("creating", path_, errno);
}

NewFile::~NewFile() {
  if (file_ && !temporary_.empty()) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
}

void NewFile::sync() const {
  sync_to_disk(file_.get(), path_);
}

void NewFile::give_name() {
  const std::string name = Tree::name_of(path_);
  int failed;
  if (temporary_.empty()) {
    const std::string open = "/proc/self/fd/" + std::to_string(file_.get());
    failed = ::linkat(AT_FDCWD, open.c_str(), directory_.get(), name.c_str(), AT_SYMLINK_FOLLOW);
  } else {
    failed = ::renameat2(directory_.get(), temporary_.c_str(), directory_.get(), name.c_str(),
                         RENAME_NOREPLACE);
    if (failed != 0 && errno == EINVAL) {
      // No such rename here (NFS): a second name, then the first one goes.
      failed = ::linkat(directory_.get(), temporary_.c_str(), directory_.get(), name.c_str(), 0);
    } else if (failed == 0) {
      temporary_.clear();
    }
  }
  if (failed != 0) {
    if (errno == EEXIST) {
      throw IoError("E-IO-EXISTS", "the file exists already", path_,
                    "nothing is replaced: choose another target, or remove what stands there");
    }
    fail("giving the file its name", path_, errno);
  }
}

}  // namespace stateferry::file_storage
