#include "stateferry_test/forgetful_disk.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <filesystem>

namespace stateferry::test {
namespace {

ForgetfulDisk* g_disk = nullptr;

std::string path_of_descriptor(int fd) {
  // Not by std::filesystem, which calls lstat().
  std::array<char, 4096> path;
  const ssize_t size =
      ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size());
  return {path.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace

ForgetfulDisk::ForgetfulDisk() {
  g_disk = this;
}
ForgetfulDisk::~ForgetfulDisk() {
  g_disk = nullptr;
}

void ForgetfulDisk::fail(const std::string& call, unsigned after, int error) {
  const std::lock_guard lock(mutex_);
  plans_[call] = {after, false, error};
}
void ForgetfulDisk::fail_always(const std::string& call, int error) {
  const std::lock_guard lock(mutex_);
  plans_[call] = {0, true, error};
}
void ForgetfulDisk::before(const std::string& call, std::function<void()> f) {
  before_[call] = std::move(f);
}
unsigned ForgetfulDisk::calls(const std::string& call) const {
  const std::lock_guard lock(mutex_);
  const auto at = calls_.find(call);
  return at == calls_.end() ? 0 : at->second;
}

int ForgetfulDisk::failure(const std::string& call) {
  if (const auto at = before_.find(call); at != before_.end()) at->second();
  const std::lock_guard lock(mutex_);
  ++calls_[call];
  const auto at = plans_.find(call);
  if (at == plans_.end()) return 0;
  if (at->second.after > 0) {
    --at->second.after;
    return 0;
  }
  const int error = at->second.error;
  if (!at->second.always) plans_.erase(at);
  if (error == kDies) ::kill(::getpid(), SIGKILL);
  return error;
}

bool ForgetfulDisk::look(const std::string& path, Id& id, Content& content) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  id = {status.st_dev, status.st_ino};
  content = {status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  return true;
}

void ForgetfulDisk::note_sync(int fd) {
  const std::lock_guard lock(mutex_);
  Id id;
  Content content;
  if (!look("/proc/self/fd/" + std::to_string(fd), id, content)) return;
  synced_[id] = content;
  names_.erase(std::remove_if(names_.begin(), names_.end(),
                              [&](const Name& name) { return name.directory == id; }),
               names_.end());
}

void ForgetfulDisk::note_name(int directory, const char* path) {
  const std::lock_guard lock(mutex_);
  std::filesystem::path name = path;
  if (name.is_relative()) {
    name = (directory == AT_FDCWD ? std::filesystem::current_path()
                                  : std::filesystem::path(path_of_descriptor(directory))) /
           name;
  }
  Id id;
  Content content;
  if (!look(name.parent_path().string(), id, content)) return;
  names_.push_back({id, name.string()});
  files_.push_back(name.string());
}

void ForgetfulDisk::note_owner(int fd) {
  const std::lock_guard lock(mutex_);
  struct stat status {};
  if (::fstat(fd, &status) == 0 && (status.st_mode & 077) != 0) {
    too_open_.push_back(path_of_descriptor(fd));
  }
}

std::vector<std::string> ForgetfulDisk::lost() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lost;
  for (const Name& name : names_) {
    if (::access(name.path.c_str(), F_OK) == 0) lost.push_back(name.path);
  }
  for (const std::string& path : files_) {
    Id id;
    Content content;
    if (!look(path, id, content) || std::filesystem::is_directory(path)) continue;
    const auto at = synced_.find(id);
    if (at == synced_.end() || at->second != content) lost.push_back(path + " (content)");
  }
  return lost;
}

bool ForgetfulDisk::synced(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  Id id;
  Content content;
  if (!look(path, id, content)) return false;
  const auto at = synced_.find(id);
  return at != synced_.end() && at->second == content;
}

std::vector<std::string> ForgetfulDisk::too_open() const {
  const std::lock_guard lock(mutex_);
  return too_open_;
}

}  // namespace stateferry::test

// ------------------------------------------------------------------------------ the calls
//
// Defined in the program, they come before those of the C library for the program and for every
// library that it loads.

namespace {

using stateferry::test::g_disk;

// Whether the call is to fail; errno is set then.
bool fails(const char* call) {
  const int error = g_disk == nullptr ? 0 : g_disk->failure(call);
  if (error != 0) errno = error;
  return error != 0;
}

int named(long result, int directory, const char* path) {
  if (result == 0 && g_disk != nullptr) g_disk->note_name(directory, path);
  return static_cast<int>(result);
}

int sync_fd(long call, int fd) {
  if (fails("fsync")) return -1;
  const long result = ::syscall(call, fd);
  if (result == 0 && g_disk != nullptr) g_disk->note_sync(fd);
  return static_cast<int>(result);
}

}  // namespace

#define STATEFERRY_CALL extern "C" __attribute__((visibility("default")))

STATEFERRY_CALL int lstat(const char* path, struct stat* into) noexcept {
  if (fails("lstat")) return -1;
  return static_cast<int>(::syscall(SYS_newfstatat, AT_FDCWD, path, into, AT_SYMLINK_NOFOLLOW));
}
STATEFERRY_CALL int fsync(int fd) {
  return sync_fd(SYS_fsync, fd);
}
STATEFERRY_CALL int fdatasync(int fd) {
  return sync_fd(SYS_fdatasync, fd);
}
STATEFERRY_CALL int syncfs(int fd) noexcept {
  if (fails("syncfs")) return -1;
  return static_cast<int>(::syscall(SYS_syncfs, fd));
}
STATEFERRY_CALL int fchown(int fd, uid_t owner, gid_t group) noexcept {
  if (g_disk != nullptr) g_disk->note_owner(fd);
  if (fails("fchown")) return -1;
  return static_cast<int>(::syscall(SYS_fchown, fd, owner, group));
}
STATEFERRY_CALL int fchmod(int fd, mode_t mode) noexcept {
  if (fails("fchmod")) return -1;
  return static_cast<int>(::syscall(SYS_fchmod, fd, mode));
}
STATEFERRY_CALL ssize_t pread(int fd, void* into, std::size_t size, off_t at) {
  if (fails("pread")) return -1;
  return ::syscall(SYS_pread64, fd, into, size, at);
}
STATEFERRY_CALL ssize_t pwrite(int fd, const void* from, std::size_t size, off_t at) {
  if (fails("pwrite")) return -1;
  return ::syscall(SYS_pwrite64, fd, from, size, at);
}
STATEFERRY_CALL ssize_t copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at,
                                        std::size_t size, unsigned flags) {
  if (fails("copy_file_range")) return -1;
  return ::syscall(SYS_copy_file_range, from, from_at, to, to_at, size, flags);
}
STATEFERRY_CALL int ioctl(int fd, unsigned long request, ...) noexcept {
  if (fails("ioctl")) return -1;
  va_list arguments;
  va_start(arguments, request);
  const long argument = va_arg(arguments, long);
  va_end(arguments);
  return static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
}
STATEFERRY_CALL int linkat(int from, const char* old, int to, const char* name,
                           int flags) noexcept {
  if (fails("link")) return -1;
  return named(::syscall(SYS_linkat, from, old, to, name, flags), to, name);
}
STATEFERRY_CALL int link(const char* old, const char* name) noexcept {
  return linkat(AT_FDCWD, old, AT_FDCWD, name, 0);
}
STATEFERRY_CALL int renameat2(int from, const char* old, int to, const char* name,
                              unsigned flags) noexcept {
  if (fails("rename")) return -1;
  return named(::syscall(SYS_renameat2, from, old, to, name, flags), to, name);
}
STATEFERRY_CALL int rename(const char* old, const char* name) noexcept {
  return renameat2(AT_FDCWD, old, AT_FDCWD, name, 0);
}
STATEFERRY_CALL int mkdirat(int directory, const char* name, mode_t mode) noexcept {
  if (fails("mkdir")) return -1;
  return named(::syscall(SYS_mkdirat, directory, name, mode), directory, name);
}
STATEFERRY_CALL int mkdir(const char* name, mode_t mode) noexcept {
  return mkdirat(AT_FDCWD, name, mode);
}
