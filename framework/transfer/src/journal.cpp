#include "stateferry/transfer/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kMagic = "stateferry-journal 1 ";
constexpr const char* kElsewhere = "name another place with --journal FILE";

[[noreturn]] void fail(const std::string& path) {
  throw IoError(errno == EACCES ? "E-IO-DENIED" : "E-IO-CREATE",
                std::string("the journal can't be written: ") + std::strerror(errno), path,
                kElsewhere);
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw IoError("E-IO-EXISTS", why + "; it is left as it is", path, kElsewhere);
}

// Whatever is not a file of ours alone may be another's: what is there is not touched.
void check_kind(const struct stat& status, const std::string& path) {
  if (S_ISLNK(status.st_mode))
    refuse(path, "a link stands where the journal should, and none is followed");
  if (!S_ISREG(status.st_mode)) refuse(path, "no file stands where the journal should");
  if (status.st_uid != ::geteuid()) {
    refuse(path, "a file of another user stands where the journal should");
  }
  if (status.st_nlink > 1) refuse(path, "the file has other names and can't be the journal");
}

int open_journal(const std::string& path) {
  struct stat status {};
  // Before it is opened: opening a device may do something.
  if (::lstat(path.c_str(), &status) == 0) check_kind(status, path);
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0 && errno == ELOOP)
    refuse(path, "a link stands where the journal should, and none is followed");
  if (fd < 0) fail(path);
  try {
    if (::fstat(fd, &status) != 0) fail(path);
    check_kind(status, path);
    char head[kMagic.size()];
    const ssize_t got = ::pread(fd, head, sizeof head, 0);
    if (got < 0) fail(path);
    // One that was interrupted before it had its first line is a part of that.
    if (!kMagic.starts_with(std::string_view(head, static_cast<std::size_t>(got)))) {
      refuse(path, "this is no journal");
    }
  } catch (...) {
    ::close(fd);
    throw;
  }
  return fd;
}

}  // namespace

void check_journal_place(const std::string& path) {
  struct stat status {};
  std::filesystem::path at = std::filesystem::absolute(path).lexically_normal();
  int wanted = R_OK | W_OK;
  if (::lstat(path.c_str(), &status) == 0) {
    check_kind(status, path);
  } else {
    wanted = W_OK | X_OK;
    do at = at.parent_path();
    while (at.has_relative_path() && ::stat(at.c_str(), &status) != 0 && errno == ENOENT);
    if (::stat(at.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) errno = ENOTDIR;
    if (!S_ISDIR(status.st_mode)) fail(path);
  }
  if (::faccessat(AT_FDCWD, at.c_str(), wanted, AT_EACCESS) != 0) fail(path);
}

Journal::Journal(std::string path, const std::string& plan_id, std::size_t rows)
    : path_(std::move(path)) {
  std::error_code error;
  const auto parent = std::filesystem::path(path_).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  fd_ = open_journal(path_);
  try {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      throw IoError("E-STORE-TEMPORARY", "another run is at work on this plan", path_,
                    "wait until it is done");
    }
    read(std::string(kMagic) + plan_id + " " + std::to_string(rows) + "\n", rows);
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

Journal::~Journal() {
  ::close(fd_);
}

void Journal::read(const std::string& header, std::size_t rows) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::pread(fd_, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (got < 0) fail(path_);
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  if (!text.starts_with(header)) {
    if (::ftruncate(fd_, 0) != 0) fail(path_);
    append(header);
    return;
  }
  std::string_view rest = std::string_view(text).substr(header.size());
  std::size_t whole = header.size();
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    whole += end + 1;
    if (const auto row = number_from_text<std::size_t>(line); row && *row < rows) {
      done_.push_back(*row);
    }
  }
  // A line that was cut off would spoil the next one.
  if (whole < text.size() && ::ftruncate(fd_, static_cast<off_t>(whole)) != 0) fail(path_);
  std::sort(done_.begin(), done_.end());
  done_.erase(std::unique(done_.begin(), done_.end()), done_.end());
}

void Journal::append(const std::string& line) {
  const ssize_t put = ::write(fd_, line.data(), line.size());
  if (put != static_cast<ssize_t>(line.size())) fail(path_);
}

void Journal::record(std::size_t row) {
  const std::lock_guard lock(mutex_);
  append(std::to_string(row) + "\n");
}

void Journal::end() {
  const std::lock_guard lock(mutex_);
  append("end\n");
}

void Journal::discard() {
  struct stat ours {};
  struct stat there {};
  // Only what was opened: somebody may have put another file in its place.
  if (::fstat(fd_, &ours) != 0 || ::lstat(path_.c_str(), &there) != 0) return;
  if (ours.st_dev == there.st_dev && ours.st_ino == there.st_ino) ::unlink(path_.c_str());
}

}  // namespace stateferry
