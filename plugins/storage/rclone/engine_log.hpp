// What rclone itself writes, for people: without secrets.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stateferry/plugin/storage.hpp"

namespace stateferry::rclone {

/// The line of rclone's log as it may be told; empty when it is not wanted, or tells how rclone was
/// configured, which secrets are part of. `secrets` are values that must not be seen.
std::string line_for_people(std::string_view line, EngineLog wanted,
                            const std::vector<std::string>& secrets);

/// The values of those of `environment` (NAME=VALUE) that are secrets by their names.
std::vector<std::string> secrets_in(const std::vector<std::string>& environment);

/// Follows a file that rclone writes to, and tells its lines, within a second, as long as it lives.
class LogReader {
 public:
  /// `fd` is of that file and stays open as long. What it holds already is told, too.
  LogReader(int fd, EngineLog wanted, EngineTeller tell, std::vector<std::string> secrets);
  /// Tells what is left.
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

 private:
  void run(const std::stop_token& stop);
  void read_on();

  const int fd_;
  const EngineLog wanted_;
  const EngineTeller tell_;
  const std::vector<std::string> secrets_;
  std::size_t at_ = 0;
  std::string rest_;  // a line that has no end yet
  std::jthread thread_;
};

}  // namespace stateferry::rclone
