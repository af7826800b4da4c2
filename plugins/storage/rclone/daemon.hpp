// One rclone process for a whole run, which waits for commands on a port of this machine.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace stateferry::rclone {

/// How to run rclone.
struct DaemonOptions {
  std::string program = "rclone";        ///< found in PATH
  std::vector<std::string> environment;  ///< NAME=VALUE, on top of the caller's own
};

/// `rclone rcd` as a child, on a port that the system chooses, with a password of this run. The
/// password and everything secret goes by the environment, never by the command line. The child
/// ends with this object, and with this process whatever ends that.
class Daemon {
 public:
  /// Starts it, on the thread that outlives the object (the child ends with the thread that made
  /// it). Throws IoError (E-STORE-ENGINE).
  explicit Daemon(const DaemonOptions& options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  const std::string& url() const noexcept { return url_; }  ///< `http://127.0.0.1:1234`
  const std::string& user() const noexcept { return user_; }
  const std::string& password() const noexcept { return password_; }
  /// What it has said last: for messages when it stops answering.
  std::string last_words() const;

 private:
  void start(const DaemonOptions& options);
  void await_url();
  [[noreturn]] void fail(const std::string& why) const;

  pid_t pid_ = -1;
  int log_ = -1;  // a nameless file that the child writes to
  std::string program_;
  std::string url_;
  std::string user_ = "stateferry";
  std::string password_;
};

}  // namespace stateferry::rclone
