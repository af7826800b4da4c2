// Reading many files at once.
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "served_storages.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {
namespace {

constexpr unsigned kMostThreads = 64;

// What the threads share.
struct Reading {
  std::span<const std::string> uris;
  const std::vector<const ServedStorage*>& storages;
  ReadObserver& observer;
  WaitLog::Call& watch;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr stopped;  // what ends the run

  void read(std::size_t i) {
    std::unique_ptr<ByteSink> sink;
    try {
      storages[i]->fetch(uris[i], {}, [&]() -> ByteSink& {
        sink = observer.open(i);
        return *sink;
      });
    } catch (const Error& error) {
      return observer.failed(i, error.diagnostic());
    }
    watch.progressed();
    observer.done(i, *sink);
  }
  void run() {
    try {
      for (std::size_t i = next++; i < uris.size(); i = next++) read(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!stopped) stopped = std::current_exception();
      next = uris.size();
    }
  }
};

}  // namespace

ReadObserver::~ReadObserver() = default;

void Stores::read_many(std::span<const std::string> uris, unsigned jobs, ReadObserver& observer) {
  if (uris.empty()) return;
  // Storages are made by this thread.
  std::vector<const ServedStorage*> storages;
  storages.reserve(uris.size());
  const std::string* remote = nullptr;
  for (const std::string& uri : uris) {
    storages.push_back(&storages_->of(uri));
    if (remote == nullptr && storages_->log_of(uri) != nullptr) remote = &uri;
  }
  WaitLog::Call watch(remote == nullptr ? nullptr : storages_->log(),
                      remote == nullptr ? uris.front() : *remote, true);
  Reading reading{uris, storages, observer, watch, {}, {}, {}};
  const auto count =
      static_cast<unsigned>(std::min<std::size_t>({jobs, uris.size(), kMostThreads}));
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 1; t < count; ++t) threads.emplace_back([&] { reading.run(); });
    reading.run();
  }
  if (reading.stopped) std::rethrow_exception(reading.stopped);
}

}  // namespace stateferry
