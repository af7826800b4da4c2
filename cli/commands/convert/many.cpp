#include "commands/convert/many.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "commands/convert/jobs.hpp"
#include "commands/convert/report.hpp"
#include "commands/convert/report_json.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/guarded_call.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

// Buffers of a job are taken again by the next one. Else the C library hands each back to the
// system, and threads that change the memory of their process at once wait for each other.
void keep_freed_buffers() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

// What came of a job, kept until its turn to be told.
struct JobResult {
  std::atomic<bool> done = false;
  std::optional<RunReport> report;
  DiagnosticList problems;
  std::optional<ConversionAccount> account;  // also of a conversion that was refused
  std::optional<Diagnostic> failure;
  std::string diff;
  std::string changes;  // JSON array
};

// Runs one job so that nothing is said before its turn.
void run_quietly(const ConvertBatch& c, const ConvertJob& job, PluginRegistry& registry,
                 JobResult& outcome) {
  DiffWriter diff([&](const std::string& line) { outcome.diff += line + "\n"; },
                  c.names.names.get());
  JsonText changes(JsonText::Style::compact);
  changes.begin_array();
  try {
    outcome.report = run_job(c, job, registry, listeners(c.options, diff, changes),
                             outcome.problems, outcome.account);
  } catch (const Error& error) {
    outcome.failure = error.diagnostic();
  } catch (const std::exception& error) {
    outcome.failure = diagnostic_of(error);
    outcome.failure->subject = job.in;
  }
  changes.end_array();
  outcome.changes = changes.text();
}

void write_outcome(JsonText& json, const ConvertBatch& c, const ConvertJob& job,
                   const JobResult& outcome, bool with_schema) {
  json.object([&] {
    if (with_schema) json.member("schema", "stateferry/convert/1");
    if (outcome.report) {
      write_run_members(json, *outcome.report, job, c.options);
      if (c.options.diff) {
        json.key("changes");
        json.raw(outcome.changes);
      }
    } else {
      write_failure(json, job, *outcome.failure, outcome.account);
    }
  });
}

// Tells one outcome; true when it is a failure.
bool tell(const ConvertBatch& c, const ConvertJob& job, const JobResult& outcome) {
  for (const Diagnostic& d : outcome.problems.all()) say(d);
  if (outcome.failure) say(*outcome.failure);
  if (!c.options.json && !c.options.jsonl) {
    if (!outcome.diff.empty()) print(bold(shown(job.in)) + "\n" + outcome.diff);
    if (outcome.report && c.options.explain) {
      print(bold(shown(job.in)) + ": " + account_text(*outcome.report->conversion));
    } else if (outcome.report) {
      const RunReport& r = *outcome.report;
      std::string line = shown(job.in) + ": ";
      line += r.converted()         ? "converted to " + to_string(r.conversion->target)
              : r.changed()         ? count_of(r.changes(), "change")
              : r.already_applied() ? "already applied"
              : r.absolute == 0     ? "nothing to rewrite"
                                    : "nothing changed";
      if (r.committed) line += " -> " + shown(job.out);
      say(line);
    }
  }
  return outcome.failure.has_value();
}

class Workers {
 public:
  Workers(const ConvertBatch& c, const Context& context, std::vector<JobResult>& outcomes)
      : c_(c), context_(context), outcomes_(outcomes) {
    const unsigned n = workers_of(c.options, outcomes.size());
    for (unsigned i = 0; i < n; ++i) threads_.emplace_back([this] { work(); });
  }
  /// Waits for one outcome. Looks for it now and then rather than being woken for each, which would
  /// take the processor from a worker as often as one ends a job.
  void await(std::size_t i) {
    if (outcomes_[i].done) return;
    std::unique_lock lock(mutex_);
    while (!outcomes_[i].done) changed_.wait_for(lock, kLook);
  }

 private:
  void work() {
    // A registry serves one thread; opening a loaded library again costs next to nothing.
    PluginRegistry registry =
        default_registry({context_.plugin_dirs.begin(), context_.plugin_dirs.end()});
    for (;;) {
      const std::size_t i = next_++;
      if (i >= outcomes_.size()) return;
      run_quietly(c_, c_.jobs[i], registry, outcomes_[i]);
      outcomes_[i].done = true;
      if (++done_ < outcomes_.size()) continue;
      const std::lock_guard lock(mutex_);
      changed_.notify_one();
    }
  }

  static constexpr std::chrono::milliseconds kLook{10};

  const ConvertBatch& c_;
  const Context& context_;
  std::vector<JobResult>& outcomes_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::jthread> threads_;
};

// The names of all results, made durable at once: one sync per directory, not one per file.
void sync_results(const ConvertBatch& c, const std::vector<JobResult>& outcomes) {
  if (c.options.no_sync || c.options.dry_run) return;
  std::set<std::string> directories = c.made_in;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].report || !outcomes[i].report->committed || c.jobs[i].stored()) continue;
    directories.insert(fs::path(c.jobs[i].out).parent_path().string());
  }
  sync_all(c, directories);
}

}  // namespace

ExitCode convert_many(const ConvertBatch& c, const Context& context) {
  const ConvertOptions& o = c.options;
  keep_freed_buffers();
  std::vector<JobResult> outcomes(c.jobs.size());
  ExitCode exit = ExitCode::ok;
  std::uint64_t failed = 0;
  JsonText json;
  json.object([&] {
    json.member("schema", "stateferry/convert-many/1");
    json.array("runs", [&] {
      {
        Workers workers(c, context, outcomes);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
          workers.await(i);
          if (tell(c, c.jobs[i], outcomes[i])) {
            ++failed;
            if (exit == ExitCode::ok) exit = exit_of(outcomes[i].failure->code);
          }
          if (o.json) write_outcome(json, c, c.jobs[i], outcomes[i], false);
          if (o.jsonl) {
            JsonText line(JsonText::Style::compact);
            write_outcome(line, c, c.jobs[i], outcomes[i], true);
            print_json(line);
          }
          outcomes[i].diff = outcomes[i].changes = {};
        }
      }
      sync_results(c, outcomes);
    });
  });
  if (o.json) print_json(json);
  say(count_of(outcomes.size(), "input") + ", " + grouped(failed) + " failed");
  return exit;
}

}  // namespace stateferry::cli
