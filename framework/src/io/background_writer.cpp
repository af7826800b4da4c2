#include "io/background_writer.hpp"

#include <pthread.h>

#include <csignal>
#include <system_error>
#include <utility>

namespace stateferry {

BackgroundWriter::BackgroundWriter(std::function<void(std::span<const std::byte>)> write)
    : write_(std::move(write)) {}

BackgroundWriter::~BackgroundWriter() {
  if (!thread_.joinable()) return;
  settle();
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundWriter::start(std::span<const std::byte> piece) {
  finish();
  if (piece.empty()) return;
  if (!tried_) begin_thread();
  if (!thread_.joinable()) {
    write_(piece);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    piece_ = piece;
  }
  changed_.notify_all();
}

void BackgroundWriter::finish() {
  settle();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void BackgroundWriter::settle() noexcept {
  if (!thread_.joinable()) return;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return piece_.empty(); });
}

void BackgroundWriter::begin_thread() {
  tried_ = true;
  if (std::thread::hardware_concurrency() < 2) return;
  // Signals stay with the thread that expects them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    // No thread to be had: pieces are written at once.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void BackgroundWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !piece_.empty(); });
    if (piece_.empty()) return;
    const auto piece = piece_;
    std::exception_ptr failure;
    lock.unlock();
    try {
      write_(piece);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    piece_ = {};
    changed_.notify_all();
  }
}

}  // namespace stateferry
