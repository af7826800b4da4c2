// A disk that forgets what was not synced, and fails when it is told to: stands between the test's
// program, with all libraries that it loads, and the real one.
#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stateferry::test {

/// Watches while it lives; one at a time. Calls are named as in C: fsync (stands for fdatasync,
/// too), fchown, fchmod, link (linkat), rename (renameat2), mkdir (mkdirat), pread, pwrite,
/// copy_file_range, ioctl, lstat.
class ForgetfulDisk {
 public:
  ForgetfulDisk();
  ~ForgetfulDisk();
  ForgetfulDisk(const ForgetfulDisk&) = delete;
  ForgetfulDisk& operator=(const ForgetfulDisk&) = delete;

  /// Lets a call fail: the next one, or the one `after` so many.
  void fail(const std::string& call, unsigned after = 0, int error = EIO);
  /// Lets a call kill the process, the way fail() does.
  void die(const std::string& call, unsigned after = 0) { fail(call, after, kDies); }
  /// Calls `f` each time before a call is made.
  void before(const std::string& call, std::function<void()> f);
  /// Lets all calls from now on fail.
  void fail_always(const std::string& call, int error = EIO);
  /// How often a call was made.
  unsigned calls(const std::string& call) const;
  /// What a power failure would take now: new names whose directory was not synced since, and named
  /// files with content that was not.
  std::vector<std::string> lost() const;
  /// Whether a file's content was synced as it is.
  bool synced(const std::string& path) const;
  /// Files and directories that others could use before they were given to their owner.
  std::vector<std::string> too_open() const;

  // For the calls themselves.
  int failure(const std::string& call);
  void note_sync(int fd);
  void note_name(int directory, const char* path);
  void note_owner(int fd);

 private:
  static constexpr int kDies = -1;
  using Id = std::pair<unsigned long, unsigned long>;  // device, inode
  struct Content {
    long size = -1;
    long seconds = 0;
    long nanoseconds = 0;
    auto operator<=>(const Content&) const = default;
  };
  struct Name {
    Id directory;
    std::string path;
  };
  struct Plan {
    unsigned after = 0;
    bool always = false;
    int error = 0;
  };
  static bool look(const std::string& path, Id& id, Content& content);

  mutable std::mutex mutex_;
  std::map<std::string, Plan> plans_;
  std::map<std::string, std::function<void()>> before_;
  std::map<std::string, unsigned> calls_;
  std::map<Id, Content> synced_;
  std::vector<Name> names_;         // not synced yet
  std::vector<std::string> files_;  // that were given a name
  std::vector<std::string> too_open_;
};

}  // namespace stateferry::test
