#include "engine_log.hpp"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "remotes.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"

namespace stateferry::rclone {
namespace {

constexpr auto kLook = std::chrono::milliseconds(500);
// A line beyond this is told in pieces.
constexpr std::size_t kLongestLine = std::size_t{64} << 10;
// A value of fewer letters stands in texts by chance.
constexpr std::size_t kShortestSecret = 6;

bool has(std::string_view line, std::string_view part) {
  return line.find(part) != std::string_view::npos;
}

// `2026/01/31 12:00:00 DEBUG : pacer: low level retry 1/3 (error …)` from `pacer` on.
std::string_view without_head(std::string_view line) {
  const auto colon = line.find(": ");
  return colon == std::string_view::npos ? line : line.substr(colon + 2);
}

}  // namespace

std::string line_for_people(std::string_view line, EngineLog wanted,
                            const std::vector<std::string>& secrets) {
  if (has(line, "from environment variable") || has(line, "rc: \"config/")) return {};
  if (wanted == EngineLog::retries && !has(line, "low level retry")) return {};
  std::string text(wanted == EngineLog::retries ? without_head(line) : line);
  for (const std::string& secret : secrets) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return without_secrets(text);
}

std::vector<std::string> secrets_in(const std::vector<std::string>& environment) {
  std::vector<std::string> secrets;
  for (const std::string& line : environment) {
    const auto equals = line.find('=');
    if (equals == std::string::npos || line.size() - equals - 1 < kShortestSecret) continue;
    std::string name = in_small_letters(line.substr(0, equals));
    // Of `rclone_config_sf_1_sas_url` the option's name, wherever it begins.
    for (;;) {
      if (is_secret_option(name)) {
        secrets.push_back(line.substr(equals + 1));
        break;
      }
      const auto bar = name.find('_');
      if (bar == std::string::npos) break;
      name.erase(0, bar + 1);
    }
  }
  // One that is part of another comes behind it.
  std::sort(secrets.begin(), secrets.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return secrets;
}

LogReader::LogReader(int fd, EngineLog wanted, EngineTeller tell, std::vector<std::string> secrets)
    : fd_(fd), wanted_(wanted), tell_(std::move(tell)), secrets_(std::move(secrets)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

LogReader::~LogReader() {
  thread_.request_stop();
  thread_.join();
}

void LogReader::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any changed;
  while (!stop.stop_requested()) {
    changed.wait_for(lock, stop, kLook, [] { return false; });
    read_on();
  }
}

void LogReader::read_on() {
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::pread(fd_, buffer, sizeof buffer, static_cast<off_t>(at_));
    if (got <= 0) return;
    at_ += static_cast<std::size_t>(got);
    rest_.append(buffer, static_cast<std::size_t>(got));
    for (auto end = rest_.find('\n'); end != std::string::npos || rest_.size() > kLongestLine;
         end = rest_.find('\n')) {
      const std::size_t size = std::min(end, kLongestLine);
      const std::string line = line_for_people(rest_.substr(0, size), wanted_, secrets_);
      if (!line.empty()) tell_(line);
      rest_.erase(0, size + (end == size ? 1 : 0));
    }
  }
}

}  // namespace stateferry::rclone
