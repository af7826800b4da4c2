// Tells that a store lets us wait, and what goes wrong meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// Watches one call at a time, from a thread of its own that begins with the first call.
class WaitLog {
 public:
  /// `tell` gets lines for people, on that thread; it outlives the object.
  WaitLog(WaitTeller tell, WaitTimes times);
  ~WaitLog();
  WaitLog(const WaitLog&) = delete;
  WaitLog& operator=(const WaitLog&) = delete;

  /// What is looked at.
  struct Watched {
    std::shared_ptr<Storage> storage;  ///< null: nothing
    std::string uri;
    bool copies = false;
  };

  /// A call that is under way as long as this lives.
  class Call {
   public:
    /// `log` may be null: then nobody watches. `uri`: what the call is about.
    Call(WaitLog* log, std::shared_ptr<Storage> storage, std::string uri, bool copies = false);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    /// The store has answered something. Any thread.
    void progressed() noexcept;

   private:
    WaitLog* const log_;
    Watched before_;  // a call within which this one was made
  };

 private:
  using Clock = std::chrono::steady_clock;

  void watch(const std::stop_token& stop);
  void look();
  void tell_troubles(Storage& storage);

  const WaitTeller tell_;
  const WaitTimes times_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Watched watched_;
  std::atomic<Clock::rep> last_ = 0;  // when the store answered last
  Clock::duration next_{};            // how long it may be silent until that is told
  std::jthread thread_;
};

}  // namespace stateferry
