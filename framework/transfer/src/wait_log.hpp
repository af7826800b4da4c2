// Tells that a store lets us wait, and what goes wrong meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// Watches the call that began last, from a thread of its own that begins with the first call.
class WaitLog {
 public:
  /// `tell` gets lines for people, on that thread; it outlives the object.
  WaitLog(WaitTeller tell, WaitTimes times);
  ~WaitLog();
  WaitLog(const WaitLog&) = delete;
  WaitLog& operator=(const WaitLog&) = delete;

  /// What is looked at.
  struct Watched {
    std::string uri;
    bool copies = false;
  };

  /// A call that is under way as long as this lives.
  class Call {
   public:
    /// `log` may be null: then nobody watches. `uri`: what the call is about.
    Call(WaitLog* log, std::string uri, bool copies = false);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    /// The store has answered something. Any thread.
    void progressed() noexcept;

   private:
    WaitLog* const log_;
    std::list<Watched>::iterator at_;
  };

  /// An attempt that failed and is made again: a line without credentials. Of many that come
  /// between two looks, the last ones are told. Any thread.
  void trouble(std::string line);

 private:
  using Clock = std::chrono::steady_clock;

  void watch(const std::stop_token& stop);
  void look();
  void tell_troubles();

  const WaitTeller tell_;
  const WaitTimes times_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Watched> calls_;  // under way, within one another or on several threads
  std::vector<std::string> troubles_;
  std::atomic<Clock::rep> last_ = 0;  // when the store answered last
  Clock::duration next_{};            // how long it may be silent until that is told
  std::jthread thread_;
};

}  // namespace stateferry
