// What comes before and after an engine: the same for all.
#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/engine.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kShown = 10;

// What was seen of the targets of some rows.
struct Seen {
  std::vector<std::size_t> whole;
  std::vector<std::size_t> missing;
  std::vector<std::size_t> other;  // of another size
};

// Bytes that each target must have. Nothing where neither the row nor the source says it.
std::vector<std::optional<std::uint64_t>> wanted_sizes(Stores& stores,
                                                       std::span<const PlanRow> rows) {
  std::vector<std::optional<std::uint64_t>> sizes(rows.size());
  std::vector<std::string> sources;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sizes[i] = rows[i].bytes;
    if (sizes[i]) continue;
    sources.push_back(rows[i].source);
    asked.push_back(i);
  }
  stores.stat_many(sources, [&](std::size_t k, const std::optional<StoredFile>& file) {
    if (file) sizes[asked[k]] = file->size;
  });
  return sizes;
}

Seen look_at(Stores& stores, std::span<const PlanRow> rows, const std::vector<std::size_t>& which,
             const std::vector<std::optional<std::uint64_t>>& sizes) {
  std::vector<std::string> targets;
  targets.reserve(which.size());
  for (const std::size_t i : which) targets.push_back(rows[i].target);
  Seen seen;
  stores.stat_many(targets, [&](std::size_t k, const std::optional<StoredFile>& file) {
    const std::size_t i = which[k];
    auto& kind = !file                                  ? seen.missing
                 : !sizes[i] || file->size == *sizes[i] ? seen.whole
                                                        : seen.other;
    kind.push_back(i);
  });
  return seen;
}

std::vector<std::string> some_targets(std::span<const PlanRow> rows,
                                      const std::vector<std::size_t>& which,
                                      const std::string& what) {
  std::vector<std::string> notes;
  for (std::size_t k = 0; k < std::min(which.size(), kShown); ++k) {
    notes.push_back(rows[which[k]].target + what);
  }
  return notes;
}

void refuse_others(std::span<const PlanRow> rows, const Seen& seen) {
  if (seen.other.empty()) return;
  IoError error("E-STORE-CONFLICT",
                "something else stands where " + count_of(seen.other.size(), "file") +
                    (seen.other.size() == 1 ? " is" : " are") + " to go",
                rows[seen.other.front()].target,
                "nothing is replaced: choose another target, or remove what stands there");
  error.diagnostic().notes = some_targets(rows, seen.other, " has another size");
  throw error;
}

void refuse_incomplete(std::span<const PlanRow> rows, const Seen& seen) {
  if (seen.missing.empty() && seen.other.empty()) return;
  std::vector<std::string> notes = some_targets(rows, seen.missing, " is missing");
  for (std::string& note : some_targets(rows, seen.other, " has another size")) {
    notes.push_back(std::move(note));
  }
  throw Error({.code = "E-MOVE-INCOMPLETE",
               .message = count_of(seen.missing.size() + seen.other.size(), "file") +
                          " at the target " +
                          (seen.missing.size() + seen.other.size() == 1 ? "is" : "are") +
                          " missing or of another size after the engine has ended well",
               .subject = rows[(seen.missing.empty() ? seen.other : seen.missing).front()].target,
               .hint = "run the same command again",
               .notes = std::move(notes)});
}

void note_done(const std::vector<std::size_t>& which, Journal* journal, CopyReport& report) {
  const std::unordered_set<std::size_t> before =
      journal == nullptr
          ? std::unordered_set<std::size_t>()
          : std::unordered_set<std::size_t>(journal->done().begin(), journal->done().end());
  for (const std::size_t i : which) {
    ++(before.contains(i) ? report.resumed : report.existed);
    if (journal != nullptr && !before.contains(i)) journal->record(i);
  }
}

}  // namespace

CopyReport run_engine(Stores& stores, Engine& engine, std::span<const PlanRow> rows,
                      Journal* journal, CopyProgress& progress) {
  CopyReport report;
  const auto start = std::chrono::steady_clock::now();
  const auto sizes = wanted_sizes(stores, rows);
  progress.files_total = rows.size();
  std::vector<std::size_t> all(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all[i] = i;
    progress.bytes_total += sizes[i].value_or(rows[i].at_least);
  }
  const Seen before = look_at(stores, rows, all, sizes);
  refuse_others(rows, before);
  note_done(before.whole, journal, report);
  progress.files += before.whole.size();
  for (const std::size_t i : before.whole) progress.bytes += sizes[i].value_or(0);
  if (!before.missing.empty()) {
    std::vector<PlanRow> left;
    left.reserve(before.missing.size());
    for (const std::size_t i : before.missing) left.push_back(rows[i]);
    engine.copy(left, progress);
    const Seen after = look_at(stores, rows, before.missing, sizes);
    for (const std::size_t i : after.whole) {
      ++report.copied;
      report.bytes += sizes[i].value_or(0);
      if (journal != nullptr) journal->record(i);
    }
    refuse_incomplete(rows, after);
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (journal != nullptr) journal->end();
  return report;
}

}  // namespace stateferry
