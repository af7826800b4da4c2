// Writes pieces of a file on a thread of its own, so that the next piece can be made meanwhile.
//
// One piece at a time is under way. The thread starts with the first piece; where the machine has
// one processor, or gives no thread, there is none and pieces are written at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>

namespace stateferry {

/// See the head of this file. Called by one thread at a time.
class BackgroundWriter {
 public:
  /// `write` writes one piece and may throw; it is called on either thread, never on both at once.
  explicit BackgroundWriter(std::function<void(std::span<const std::byte>)> write);
  /// Waits for the piece under way; what it threw is lost.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// Waits for the piece before and begins with this one, which must stay as it is until the next
  /// call of start(), finish() or settle(). Throws what the piece before has thrown.
  void start(std::span<const std::byte> piece);
  /// Waits for the piece under way. Throws what it has thrown.
  void finish();
  /// Waits for the piece under way. What it has thrown, the next call throws.
  void settle() noexcept;

 private:
  void begin_thread();
  void work();

  std::function<void(std::span<const std::byte>)> write_;
  std::thread thread_;
  bool tried_ = false;  // to begin the thread
  std::mutex mutex_;
  std::condition_variable changed_;
  std::span<const std::byte> piece_;  // not empty: under way
  bool stop_ = false;
  std::exception_ptr failure_;
};

}  // namespace stateferry
