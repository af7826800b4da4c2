// The storages of a run: one per plugin, made when its scheme is first met.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "served_storage.hpp"
#include "stateferry/transfer/stores.hpp"
#include "wait_log.hpp"

namespace stateferry {

/// See the head of this file. Several threads, after tell_waits().
class ServedStorages {
 public:
  ServedStorages(StorageFinder find, ParamNode config, RetryTimes times);

  /// See Stores::tell_waits().
  void tell_waits(WaitTeller tell, WaitTimes times);

  /// See Stores::work_as(). Before the first call.
  void work_as(StorageRun run) { run_ = std::move(run); }
  const StorageRun& run() const noexcept { return run_; }

  /// The storage that serves a URI's scheme. Throws IoError: E-STORE-SCHEME when there is none.
  ServedStorage& of(std::string_view uri);
  /// The one that copies from one scheme to the other; null when none does.
  const ServedStorage* copier(const std::string& source_scheme, const std::string& target_scheme);
  /// Who watches calls; null: nobody. Those about a local URI, nobody does.
  WaitLog* log() const noexcept { return wait_log_.get(); }
  WaitLog* log_of(std::string_view uri) const;

 private:
  StorageFinder find_;
  ParamNode config_;
  StorageRun run_;
  Retries retries_;
  std::mutex mutex_;  // of served_, and of find_
  std::vector<std::unique_ptr<ServedStorage>> served_;
  std::unique_ptr<WaitLog> wait_log_;
};

/// A call to the storage of a URI, watched as long as this lives.
struct StorageCall {
  StorageCall(ServedStorages& storages, const std::string& uri)
      : storage(storages.of(uri)), watch(storages.log_of(uri), uri) {}

  const ServedStorage& storage;
  WaitLog::Call watch;
};

}  // namespace stateferry
