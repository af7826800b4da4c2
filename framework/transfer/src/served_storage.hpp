// A storage of a run: guarded against what its plugin throws, and asked again after what goes away.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/plugin/file_extender.hpp"
#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

class WaitLog;

/// Decides whether a call that failed is made again, and waits until then. Several threads.
class Retries {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Retries(RetryTimes times) : times_(times) {}
  /// `log`, which outlives it, hears of what is tried again; null: nobody does.
  void tell(WaitLog* log) { log_ = log; }
  /// After attempt `attempt` of `attempts` at most, of a call that began at `start`: waits and
  /// returns true, or returns false when there is to be none.
  bool again(const Error& error, unsigned attempt, unsigned attempts, Clock::time_point start);

 private:
  const RetryTimes times_;
  WaitLog* log_ = nullptr;
};

/// See the head of this file. Configured when it is made. Several threads.
class ServedStorage {
 public:
  /// `config` is the map of config.yaml. Throws what Storage::configure() throws, and the first
  /// problem that it reports.
  ServedStorage(StorageOffer offer, const ParamNode& config, Retries& retries);

  /// Whether it serves a scheme.
  bool serves(std::string_view scheme) const;
  /// Whether a call that fails may be made again, so that what it shows may come twice.
  bool may_ask_again() const noexcept { return attempts_ > 1; }
  /// See Storage::limit_rate() and tell_engine(). Before the first call.
  void work_as(const StorageRun& run);
  /// Whether its copies keep to the rate that it was told.
  bool keeps_rate() const noexcept { return keeps_rate_; }

  /// Calls `f(storage)`, once.
  template <class F>
  auto once(F&& f) const {
    return guarded_call(what_, [&] { return f(*storage_); });
  }
  /// Calls `f(storage, attempt)` until it doesn't fail for a reason that may go away; attempts are
  /// counted from 1. `may_again()` says whether it is safe to call it again.
  template <class F, class MayAgain>
  auto trying(F&& f, MayAgain&& may_again) const {
    const auto start = Retries::Clock::now();
    for (unsigned attempt = 1;; ++attempt) {
      try {
        return guarded_call(what_, [&] { return f(*storage_, attempt); });
      } catch (const Error& error) {
        if (!may_again() || !retries_.again(error, attempt, attempts_, start)) throw;
      }
    }
  }
  template <class F>
  auto trying(F&& f) const {
    return trying(std::forward<F>(f), [] { return true; });
  }

  /// The file of this name; nothing when there is none.
  std::optional<StoredFile> stat(const std::string& uri) const;
  /// Reads into a sink that `fresh` gives for each attempt. Returns how many bytes came. Throws
  /// IoError; E-STORE-SIZE for a part that isn't there.
  std::uint64_t fetch(const std::string& uri, const ReadOptions& options,
                      const std::function<ByteSink&()>& fresh) const;
  /// SHA-256, in hex, of a file or a part of it. Throws E-STORE-SIZE for a part that isn't there.
  std::string digest(const std::string& uri, const ReadOptions& options) const;
  /// See Storage::write_new(). What an attempt that seemed to fail has written is its own.
  bool write_new(const std::string& uri, ByteSource& source, const NewFileOptions& options) const;
  /// See Storage::replace(), likewise.
  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) const;
  /// See FileExtender. Null also where the storage is none.
  std::unique_ptr<ByteSink> extend(const std::string& uri, const ExtendOptions& options) const;
  /// See Storage::remove(), likewise.
  void remove(const std::string& uri, const std::string& root) const;

 private:
  bool holds(const std::string& uri, ByteSource& source) const;

  std::string what_;     // for messages: `storage rclone`
  std::string schemes_;  // with a space around each
  std::shared_ptr<Storage> storage_;
  unsigned attempts_ = 1;
  bool keeps_rate_ = false;
  Retries& retries_;
};

}  // namespace stateferry
