// One rclone process for a whole run, which waits for commands on a port of this machine.
#pragma once

#include <sys/types.h>

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine_log.hpp"

namespace stateferry::rclone {

/// How to run rclone.
struct DaemonOptions {
  std::string program = "rclone";        ///< an absolute path, or a name to be found in PATH
  std::vector<std::string> environment;  ///< NAME=VALUE, on top of the caller's own
  EngineLog log = EngineLog::retries;    ///< what `tell` is told
  EngineTeller tell = {};                ///< gets its log; empty: nobody does
};

/// Whether rclone may see a variable of the caller's environment. Of the many RCLONE_… those stay
/// that say how to reach a store; the others could hide files, skip copies or redefine remotes of
/// ours. They have their place in `rclone: {options: …}`.
bool is_passed_on(std::string_view name) noexcept;

/// `rclone rcd` as a child, on a port that the system chooses, with a password of this run. The
/// password and everything secret goes by the environment, never by the command line. The child
/// inherits no open file, makes its own files for its user alone, and ends with this object, and
/// with this process whatever ends that.
class Daemon {
 public:
  /// Starts it, on any thread. Throws IoError (E-STORE-ENGINE).
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

  // A nameless file that the child writes to.
  struct Log {
    Log();
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    const int fd;
  };
  void keep(const DaemonOptions& options, std::promise<void>& started, const std::stop_token& stop);

  pid_t pid_ = -1;
  const Log log_;
  std::string program_;
  std::string url_;
  std::string user_ = "stateferry";
  std::string password_;
  std::vector<std::string> secrets_;  // values that must not be seen
  std::unique_ptr<LogReader> reader_;
  // Makes the child, which ends with the thread that made it, and ends it.
  std::jthread keeper_;
};

}  // namespace stateferry::rclone
