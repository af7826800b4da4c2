#include "stateferry/transfer/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw IoError(errno == EACCES ? "E-IO-DENIED" : "E-IO-CREATE",
                std::string("the journal can't be written: ") + std::strerror(errno), path,
                "name another place with --journal FILE");
}

}  // namespace

Journal::Journal(std::string path, const std::string& plan_id, std::size_t rows)
    : path_(std::move(path)) {
  std::error_code error;
  const auto parent = std::filesystem::path(path_).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) fail(path_);
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd_);
    throw IoError("E-STORE-TEMPORARY", "another run is at work on this plan", path_,
                  "wait until it is done");
  }
  const std::string header = "stateferry-journal 1 " + plan_id + " " + std::to_string(rows) + "\n";
  try {
    read(header, rows);
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
    std::size_t row = 0;
    const auto [last, error] = std::from_chars(line.data(), line.data() + line.size(), row);
    if (error == std::errc() && last == line.data() + line.size() && row < rows) {
      done_.push_back(row);
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
  ::unlink(path_.c_str());
}

}  // namespace stateferry
