#include "wait_log.hpp"

#include <utility>

#include "stateferry/transfer/counted.hpp"

namespace stateferry {
namespace {

// Of many threads that fail at once, a few say why.
constexpr std::size_t kTroublesKept = 5;

}  // namespace

WaitLog::WaitLog(WaitTeller tell, WaitTimes times) : tell_(std::move(tell)), times_(times) {}

WaitLog::~WaitLog() {
  thread_.request_stop();
}

WaitLog::Call::Call(WaitLog* log, std::string uri, bool copies) : log_(log) {
  if (log_ == nullptr) return;
  const std::lock_guard lock(log_->mutex_);
  at_ = log_->calls_.insert(log_->calls_.end(), {std::move(uri), copies});
  progressed();
  log_->next_ = copies ? log_->times_.copies : log_->times_.others;
  if (!log_->thread_.joinable()) {
    log_->thread_ = std::jthread([log = log_](const std::stop_token& stop) { log->watch(stop); });
  }
}

WaitLog::Call::~Call() {
  if (log_ == nullptr) return;
  const std::lock_guard lock(log_->mutex_);
  // The last attempt of all is the run's own error, but what came before it is told by nobody else.
  log_->tell_troubles();
  log_->calls_.erase(at_);
}

void WaitLog::Call::progressed() noexcept {
  if (log_ != nullptr) log_->last_ = Clock::now().time_since_epoch().count();
}

void WaitLog::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, times_.look, [] { return false; });
    if (!stop.stop_requested() && !calls_.empty()) look();
  }
}

void WaitLog::look() {
  tell_troubles();
  const Watched& watched = calls_.back();
  const Clock::time_point last{Clock::duration(last_.load())};
  const auto silent = Clock::now() - last;
  const auto first = watched.copies ? times_.copies : times_.others;
  if (silent < first) next_ = first;
  if (silent < next_) return;
  next_ *= 2;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silent).count();
  const std::string time = count_of(static_cast<std::uint64_t>(seconds), "second");
  tell_((watched.copies ? "no file was finished for " : "no answer for ") + time + ": " +
        watched.uri);
}

void WaitLog::trouble(std::string line) {
  const std::lock_guard lock(mutex_);
  if (troubles_.size() == kTroublesKept) troubles_.erase(troubles_.begin());
  troubles_.push_back(std::move(line));
}

void WaitLog::tell_troubles() {
  for (const std::string& line : std::exchange(troubles_, {})) tell_("trying again: " + line);
}

}  // namespace stateferry
