#include "file_copying.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "file_growth.hpp"
#include "spool.hpp"

namespace stateferry {
namespace {

void check_size(std::uint64_t size, const CopyItem& item, const std::string& at) {
  const auto wanted = item.wanted();
  if (!wanted || size == *wanted) return;
  throw IoError(
      "E-STORE-SIZE",
      "the file has " + std::to_string(size) + " bytes instead of " + std::to_string(*wanted), at,
      "it is damaged or was written to; use another copy of it");
}

[[noreturn]] void refuse_other(const CopyItem& item) {
  throw IoError("E-STORE-CONFLICT", "something else stands where the file is to go", item.target,
                "nothing is replaced: choose another target, or remove what stands there");
}

// Where no storage copies: each file is read into a temporary one and written from there.
class HandCopier final : public Copier {
 public:
  HandCopier(const Route& route, const CopierOptions& options) : route_(route), options_(options) {}

  void copy(const CopyItem& item, const Progress&) override {
    const std::uint64_t bytes =
        route_.source.fetch(item.source, {item.range, options_.source_root},
                            [&]() -> ByteSink& { return spool_.fresh(item.source); });
    check_size(bytes, item, item.source);
    route_.target.write_new(item.target, *spool_.source(item.source), {{}, options_.sync});
  }

 private:
  const Route& route_;
  const CopierOptions& options_;
  Spool spool_;
};

// An item that was begun.
struct Begun {
  std::size_t index;
  bool existed;
  std::uint64_t shown;  // bytes that the observer has been told of
};

// What all threads of a copy share.
struct Copying {
  const Route& route;
  std::span<const CopyItem> items;
  const std::vector<std::optional<std::uint64_t>>& there;
  const CopyOptions& options;
  CopyObserver& observer;
  std::atomic<std::size_t> next{0};
  std::mutex mutex = {};
  std::vector<Begun> taken = {};  // what the store has said to be copied, and nobody has seen
};

template <class F>
void attempt(CopyObserver& observer, std::size_t i, F&& f) {
  try {
    f();
  } catch (const Error& error) {
    observer.failed(i, error.diagnostic());
  }
}

// Item `begun` is in place with so many bytes, which must be as many as it says.
void end_with(const Copying& c, const Begun& begun, std::uint64_t size) {
  const CopyItem& item = c.items[begun.index];
  check_size(size, item, item.target);
  if (size > begun.shown) c.observer.progress(size - begun.shown);
  c.observer.done(begun.index, size, begun.existed);
}

// Looks at all that was taken.
void look_at_taken(Copying& c, const LookAtMany& look) {
  std::vector<std::string> targets;
  targets.reserve(c.taken.size());
  for (const Begun& begun : c.taken) targets.push_back(c.items[begun.index].target);
  look(targets, [&](std::size_t k, const std::optional<StoredFile>& file) {
    const Begun& begun = c.taken[k];
    attempt(c.observer, begun.index, [&] {
      if (file) return end_with(c, begun, file->size);
      throw IoError("E-STORE-SIZE", "the file is not there after it was copied", targets[k],
                    "run the same command again, and suspect the store");
    });
  });
}

// One thread of a copy.
class CopyThread {
 public:
  CopyThread(Copying& copying, std::unique_ptr<Copier> copier)
      : c_(copying), copier_(std::move(copier)) {}

  void run() {
    while (!c_.observer.stopped()) {
      const std::size_t i = c_.next++;
      if (i >= c_.items.size()) break;
      attempt(c_.observer, i, [&] { begin(i); });
      if (!batch_.empty() && full()) finish();
    }
    while (!batch_.empty()) finish();
  }

 private:
  // By hand both ends are guarded already.
  template <class F>
  auto on_copier(F&& f) {
    return c_.route.copier == nullptr ? f() : c_.route.copier->once([&](Storage&) { return f(); });
  }
  bool full() {
    return on_copier([&] { return copier_->full(); });
  }

  void begin(std::size_t i) {
    const CopyItem& item = c_.items[i];
    if (c_.there[i]) {
      keep({i, true, 0}, *c_.there[i]);
      return;
    }
    Begun begun{i, false, 0};
    try {
      copy(item, begun.shown);
      batch_.push_back(begun);
    } catch (const Error& error) {
      if (error.code() != "E-IO-EXISTS") throw;
      keep_what_came(begun);
    }
  }

  // Somebody else has put it there since the host looked: it may be the same file.
  void keep_what_came(Begun begun) {
    begun.existed = true;
    const CopyItem& item = c_.items[begun.index];
    const auto file = c_.route.target.stat(item.target);
    try {
      // What is no file (a directory, a link that leads nowhere) says so when it is read.
      keep(begun, file ? file->size : item.wanted().value_or(0));
    } catch (const Error& error) {
      if (error.code() == "E-IO-NOT-FOUND") refuse_other(item);
      throw;
    }
  }

  // What an attempt before has shown is not shown again.
  void copy(const CopyItem& item, std::uint64_t& shown) {
    std::uint64_t arrived = 0;
    const Copier::Progress progress = [&](std::uint64_t bytes) {
      arrived += bytes;
      if (arrived <= shown) return;
      c_.observer.progress(arrived - shown);
      shown = arrived;
    };
    if (c_.route.copier == nullptr) {
      copier_->copy(item, progress);
    } else {
      c_.route.copier->trying([&](Storage&, unsigned) {
        arrived = 0;
        copier_->copy(item, progress);
      });
    }
  }

  // What stands there counts as copied when it has the same content.
  void keep(const Begun& begun, std::uint64_t size) {
    const CopyItem& item = c_.items[begun.index];
    const auto wanted = item.wanted();
    if (!wanted) return keep_beginning(begun, size);
    const auto digest = [](const ServedStorage& storage, const std::string& uri,
                           const std::optional<ByteRange>& range, const std::string& root) {
      return storage.digest(uri, {range, root});
    };
    if (size != *wanted ||
        digest(c_.route.source, item.source, item.range, c_.options.source_root) !=
            digest(c_.route.target, item.target, std::nullopt, c_.options.target_root)) {
      // The source may be at fault, and not what stands there.
      const auto source = c_.route.source.stat(item.source);
      if (source && !item.range) check_size(source->size, item, item.source);
      refuse_other(item);
    }
    on_copier([&] { copier_->keep(item); });
    batch_.push_back(begun);
  }

  // Nobody knows how large it must be: its writer may have written on since it was copied, or since
  // the source was.
  void keep_beginning(Begun begun, std::uint64_t size) {
    const CopyItem& item = c_.items[begun.index];
    const auto seen = compare_beginning(c_.route, item, c_.options, size);
    if (!seen) refuse_other(item);
    if (seen->target < seen->source) {
      begun.existed = false;
      const std::uint64_t kept =
          bring_rest(c_.route, item, c_.options, *seen, [&](std::uint64_t arrived) {
            if (arrived <= begun.shown) return;
            c_.observer.progress(arrived - begun.shown);
            begun.shown = arrived;
          });
      c_.observer.grown(begun.index, kept);
    }
    on_copier([&] { copier_->keep(item); });
    batch_.push_back(begun);
  }

  void finish() {
    const std::vector<Begun> batch = std::exchange(batch_, {});
    std::vector<CopyResult> results(batch.size());
    on_copier([&] { copier_->finish(results); });
    for (std::size_t k = 0; k < batch.size(); ++k) {
      attempt(c_.observer, batch[k].index, [&] { end(batch[k], results[k]); });
    }
  }

  void end(const Begun& begun, const CopyResult& result) {
    if (result.failure && result.failure->code == "E-IO-EXISTS") {
      keep_what_came(begun);
      return;
    }
    if (result.failure) {
      c_.observer.failed(begun.index, *result.failure);
      return;
    }
    if (!result.access_kept) c_.observer.access_not_kept(begun.index);
    if (result.size) {
      end_with(c_, begun, *result.size);
    } else {
      take(begun);
    }
  }

  // The store says that it is there; it is looked at later, with all others.
  void take(Begun begun) {
    const std::uint64_t size = c_.items[begun.index].wanted().value_or(0);
    if (size > begun.shown) {
      c_.observer.progress(size - begun.shown);
      begun.shown = size;
    }
    c_.observer.taken(begun.index);
    const std::lock_guard lock(c_.mutex);
    c_.taken.push_back(begun);
  }

  Copying& c_;
  const std::unique_ptr<Copier> copier_;
  std::vector<Begun> batch_;
};

std::unique_ptr<Copier> make_copier(const Route& route, const CopierOptions& options) {
  if (route.copier == nullptr) return std::make_unique<HandCopier>(route, options);
  auto made = route.copier->once([&](Storage& storage) { return storage.make_copier(options); });
  if (made == nullptr) throw PluginError("E-PLUGIN-FAILED", "a storage made no copier");
  return made;
}

}  // namespace

void copy_files(const Route& route, std::span<const CopyItem> items,
                const std::vector<std::optional<std::uint64_t>>& there, const CopyOptions& options,
                CopyObserver& observer, const LookAtMany& look) {
  if (route.copier != nullptr) {
    route.copier->once([&](Storage& storage) { storage.prepare_copy(items); });
  }
  Copying copying{route, items, there, options, observer};
  std::exception_ptr failure;
  std::mutex mutex;
  const std::size_t threads =
      std::max<std::size_t>(1, std::min<std::size_t>(options.jobs, items.size()));
  // All before the first thread: one that can't be made ends the copy before it begins.
  std::vector<std::unique_ptr<Copier>> copiers;
  while (copiers.size() < threads) copiers.push_back(make_copier(route, options));
  std::vector<std::jthread> workers;
  const auto work = [&](std::unique_ptr<Copier>& copier) {
    try {
      CopyThread(copying, std::move(copier)).run();
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  for (std::unique_ptr<Copier>& copier : copiers) {
    try {
      workers.emplace_back([&] { work(copier); });
    } catch (const std::system_error&) {
      break;  // no more threads are to be had: those that there are do it
    }
  }
  if (workers.empty()) work(copiers.front());
  workers.clear();
  if (failure) std::rethrow_exception(failure);
  if (!copying.taken.empty()) look_at_taken(copying, look);
}

}  // namespace stateferry
