#include "stateferry/transfer/copy_run.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <unordered_map>

#include "stateferry/io/sha256.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kFailuresKept = 20;
// So many failures have one reason, which won't go away.
constexpr std::uint64_t kFailuresBorne = 100;
// So many files one after the other for which the store was busy, however often it was asked.
constexpr std::uint64_t kBusyBorne = 8;

class Recorder final : public CopyObserver {
 public:
  Recorder(const std::vector<std::size_t>& rows, Journal* journal, CopyProgress& progress,
           CopyReport& report)
      : rows_(rows),
        journal_(journal),
        progress_(progress),
        report_(report),
        taken_(rows.size(), false) {}

  void progress(std::uint64_t bytes) override { progress_.bytes += bytes; }
  // What the journal has is looked at by whoever goes on after a run that was killed.
  void taken(std::size_t index) override {
    if (journal_ != nullptr) journal_->record(rows_.at(index));
    ++progress_.files;
    const std::lock_guard lock(mutex_);
    taken_.at(index) = true;
    busy_ = 0;
  }
  void done(std::size_t index, std::uint64_t bytes, bool existed) override {
    const bool taken = was_taken(index);
    if (!taken) {
      if (journal_ != nullptr) journal_->record(rows_.at(index));
      ++progress_.files;
    }
    const std::lock_guard lock(mutex_);
    busy_ = 0;
    if (taken && !existed) ++report_.seen;
    ++(existed ? report_.existed : report_.copied);
    if (existed) return;
    report_.bytes += bytes;
    const auto kept = kept_.find(index);
    if (kept == kept_.end()) return;
    ++report_.grown;
    report_.bytes -= std::min(bytes, kept->second);
  }
  void grown(std::size_t index, std::uint64_t kept) override {
    const std::lock_guard lock(mutex_);
    kept_[index] = kept;
  }
  void access_not_kept(std::size_t) override {
    const std::lock_guard lock(mutex_);
    ++report_.access_not_kept;
  }
  void failed(std::size_t, Diagnostic why) override {
    const std::lock_guard lock(mutex_);
    // Who is not there for one file isn't for the next, and each would wait as long for it.
    const bool nobody = why.code == "E-STORE-UNREACHABLE" || why.code == "E-STORE-ENGINE";
    const bool busy = why.code == "E-STORE-TEMPORARY";
    if (++report_.failed <= kFailuresKept) report_.failures.push_back(std::move(why));
    busy_ = busy ? busy_ + 1 : 0;
    if (nobody || busy_ >= kBusyBorne || report_.failed >= kFailuresBorne) stopped_ = true;
  }
  bool stopped() const override { return stopped_; }

 private:
  bool was_taken(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return taken_.at(index);
  }

  const std::vector<std::size_t>& rows_;
  Journal* journal_;
  CopyProgress& progress_;
  CopyReport& report_;
  std::vector<bool> taken_;
  std::unordered_map<std::size_t, std::uint64_t> kept_;  // bytes of those that have grown
  std::uint64_t busy_ = 0;
  std::mutex mutex_;
  std::atomic<bool> stopped_{false};
};

// The size that the target of each of these items must have: what the item says, else that of its
// source. Nothing where there is no source.
std::vector<std::optional<std::uint64_t>> sizes_of(Stores& stores, std::span<const CopyItem> items,
                                                   const std::vector<std::size_t>& numbers) {
  std::vector<std::optional<std::uint64_t>> sizes(numbers.size());
  std::vector<std::string> sources;
  std::vector<std::size_t> asked;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    const CopyItem& item = items[numbers[k]];
    sizes[k] = item.size;
    if (item.range) sizes[k] = item.range->size;
    if (sizes[k]) continue;
    sources.push_back(item.source);
    asked.push_back(k);
  }
  stores.stat_many(sources, [&](std::size_t i, const std::optional<StoredFile>& file) {
    if (file) sizes[asked[i]] = file->size;
  });
  return sizes;
}

// Rows that the journal has as done and whose targets are there in full size.
std::vector<bool> done_before(Stores& stores, std::span<const CopyItem> items,
                              const Journal* journal, CopyProgress& progress, CopyReport& report) {
  std::vector<bool> done(items.size(), false);
  if (journal == nullptr || journal->done().empty()) return done;
  const auto sizes = sizes_of(stores, items, journal->done());
  std::vector<std::string> targets;
  for (const std::size_t i : journal->done()) targets.push_back(items[i].target);
  stores.stat_many(targets, [&](std::size_t k, const std::optional<StoredFile>& file) {
    if (!file || file->size != sizes[k]) return;
    const std::size_t i = journal->done()[k];
    done[i] = true;
    ++report.resumed;
    ++progress.files;
    progress.bytes += items[i].size.value_or(0);
  });
  return done;
}

}  // namespace

std::string plan_id(std::span<const CopyItem> items) {
  Sha256 sha256;
  const auto add = [&](const std::string& text) {
    sha256.update(std::as_bytes(std::span(text.data(), text.size() + 1)));
  };
  for (const CopyItem& item : items) {
    add(item.source);
    add(item.target);
    if (item.range) {
      add(std::to_string(item.range->offset) + "+" + std::to_string(item.range->size));
    }
  }
  return sha256.hex();
}

CopyReport run_copy(Stores& stores, std::span<const CopyItem> items, const CopyOptions& options,
                    Journal* journal, CopyProgress& progress) {
  CopyReport report;
  const auto start = std::chrono::steady_clock::now();
  progress.files_total = items.size();
  for (const CopyItem& item : items) progress.bytes_total += item.size.value_or(0);
  const std::vector<bool> done = done_before(stores, items, journal, progress, report);
  std::vector<CopyItem> left;
  std::vector<std::size_t> rows;
  std::vector<std::string> resumed;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (done[i]) {
      resumed.push_back(items[i].target);
      continue;
    }
    left.push_back(items[i]);
    rows.push_back(i);
  }
  // The run that has copied them may have been one without sync.
  if (options.sync && !resumed.empty()) stores.make_durable(resumed);
  Recorder recorder(rows, journal, progress, report);
  stores.copy(left, options, recorder);
  report.stopped = recorder.stopped();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (report.failed == 0 && journal != nullptr) journal->end();
  return report;
}

}  // namespace stateferry
