#include <unistd.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "commands/commands.hpp"
#include "commands/convert/options.hpp"
#include "commands/convert/report.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/file_access.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/operator_names.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void usage(const std::string& message, const std::string& hint) {
  throw Error("E-ARG-USAGE", message, hint);
}

void check_usage(const ConvertOptions& o) {
  if (o.rules.empty() && !o.reencode && !o.converts()) {
    usage("a rule file is missing",
          "give one with -r FILE, or --to or --for-flink to change the format, or --reencode to "
          "decode and encode only");
  }
  if (o.rules.empty() && !o.on_loss.empty() && !o.converts()) {
    usage("--on-loss goes with --to or --for-flink", "add one of them");
  }
  if (o.explain && (o.diff || o.in_place || !o.record.empty())) {
    usage("--explain-target writes nothing: --diff, --in-place and --record make no sense with it",
          "leave them away");
  }
  if (o.rules.empty() && !o.set.empty()) usage("--set needs a rule file", "give one with -r FILE");
  if (o.backup_given && !o.in_place) {
    usage("--backup goes with --in-place", "add --in-place");
  }
  if (o.in_place && !o.out_dir.empty()) {
    usage("--in-place and --out-dir exclude each other", "leave one away");
  }
  if (o.in_place && (o.backup.empty() || o.backup.find('/') != std::string::npos)) {
    usage("--backup takes a suffix such as .bak", "the backup is kept beside the file");
  }
  const bool many = o.files.size() > 1 && (o.in_place || !o.out_dir.empty());
  if (many && !o.record.empty()) usage("--record is for one input", "run the inputs one by one");
  if (o.json && o.jsonl) usage("--json and --jsonl exclude each other", "leave one away");
}

// The format version of `--to`.
std::int32_t version_from_text(const std::string& text, PluginRegistry& registry) {
  std::int32_t version = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, version);
  if (read.ec == std::errc() && read.ptr == end && version > 0) return version;
  usage("--to '" + text + "' is not a format version",
        "versions are " + versions_text(registry.dialects().versions()));
}

// The output that the rules ask for, with what the command line says instead.
OutputFormat output_format(const ConvertOptions& o, OutputFormat format, PluginRegistry& registry) {
  if (!o.to.empty()) format.version = version_from_text(o.to, registry);
  if (!o.for_flink.empty()) {
    format.flink = release_from_text(o.for_flink);
    if (!format.flink) {
      usage("'" + o.for_flink + "' is not a Flink release", "a release is written 1.18");
    }
  }
  if (!o.snapshot.empty()) format.snapshot = *declared_kind_from_name(o.snapshot);
  if (!o.on_loss.empty()) format.on_loss = *on_loss_from_name(o.on_loss);
  if (!format.version && !format.flink) return format;
  if (const auto problem = problem_with(format, registry.dialects())) {
    usage(problem->message, problem->hint);
  }
  return format;
}

// ---------------------------------------------------------------------------- jobs

bool is_directory(const std::string& argument) {
  std::error_code error;
  return fs::is_directory(local_path(argument), error);
}

// OUT is a directory where it is one, and where IN is one and nothing has the name of OUT: then it
// is made. What is called _metadata is always the file.
ConvertJob job_to(const std::string& in, const std::string& out) {
  const fs::path path = local_path(out);
  if (is_directory(out)) return {in, (path / "_metadata").string()};
  std::error_code error;
  const bool nothing = fs::symlink_status(path, error).type() == fs::file_type::not_found;
  if (in == "-" || !is_directory(in) || !nothing || path.filename() == "_metadata") {
    return {in, path.string()};
  }
  const fs::path directory = (path / "").parent_path();  // without a slash at the end
  return {in, (directory / "_metadata").string(), directory.string()};
}

// Where an input goes below --out-dir: at its own path, without a root and without `..`.
std::string path_below(const std::string& directory, const std::string& input) {
  fs::path relative;
  for (const fs::path& part : fs::path(metadata_path(input)).lexically_normal().relative_path()) {
    if (part != ".." && part != ".") relative /= part;
  }
  return (fs::path(directory) / relative).string();
}

// `made_in` gets the directories in which others were made for the results.
std::vector<ConvertJob> jobs_below(const ConvertOptions& o, std::set<std::string>& made_in) {
  const std::string directory = local_path(o.out_dir);
  std::vector<ConvertJob> jobs;
  std::set<std::string> targets;
  for (const std::string& in : o.files) {
    if (in == "-") usage("--out-dir can't name the result of stdin", "name files");
    jobs.push_back({in, path_below(directory, in)});
    if (!targets.insert(jobs.back().out).second) {
      usage("two inputs would both become " + jobs.back().out, "run them one by one");
    }
  }
  for (const ConvertJob& job : jobs) {
    if (o.dry_run) break;
    for (std::string& touched : make_directories(fs::path(job.out).parent_path().string())) {
      made_in.insert(std::move(touched));
    }
  }
  return jobs;
}

std::vector<ConvertJob> jobs_of(const ConvertOptions& o, std::set<std::string>& made_in) {
  if (!o.out_dir.empty()) return jobs_below(o, made_in);
  if (o.in_place) {
    std::vector<ConvertJob> jobs;
    for (const std::string& in : o.files) {
      if (in == "-") usage("--in-place can't rewrite stdin", "name a file");
      if (scheme_of(in) != "file") {
        throw IoError("E-IO-REMOTE", "--in-place rewrites local files only", in,
                      "'adopt' tells a _metadata in any store where the files lie that were copied "
                      "with it; for other rules fetch it, and put the result back");
      }
      jobs.push_back({in, metadata_path(in)});
    }
    return jobs;
  }
  if (o.files.size() > 2) {
    usage("more than one input needs --out-dir or --in-place", "give one of the two");
  }
  if (o.files.size() < 2 && !o.dry_run) {
    usage("OUT is missing", "name the new file, or add --dry-run to write nothing");
  }
  ConvertJob job{o.files[0], o.files.size() > 1 ? o.files[1] : std::string()};
  if (job.out == "-" && !o.dry_run && (o.json || o.jsonl)) {
    usage("--json and OUT '-' both want stdout", "write the run's data with --record FILE");
  }
  if (job.out == "-" && !o.dry_run && ::isatty(STDOUT_FILENO) == 1) {
    usage("OUT '-' is binary, and stdout is a terminal", "send it to a file or to a program");
  }
  if (!job.out.empty() && job.out != "-") job = job_to(job.in, job.out);
  return {job};
}

// ---------------------------------------------------------------------------- one run

// Passes bytes on and digests them, for the record of a run.
class HashingSink final : public ByteSink {
 public:
  explicit HashingSink(ByteSink& inner) : inner_(inner) {}
  void write(std::span<const std::byte> bytes) override {
    inner_.write(bytes);
    sha256_.update(bytes);
  }
  void commit() override { inner_.commit(); }
  bool discards() const noexcept override { return inner_.discards(); }
  std::unique_ptr<ByteSource> written() override { return inner_.written(); }
  std::uint64_t digest() const override { return inner_.digest(); }
  std::string name() const override { return inner_.name(); }
  std::string hex() { return sha256_.hex(); }

 private:
  ByteSink& inner_;
  Sha256 sha256_;
};

// The directory that a result gets for itself; gone again unless the result is in it.
class NewDirectory {
 public:
  explicit NewDirectory(const ConvertOptions& o, const ConvertJob& job)
      : path_(o.dry_run ? std::string() : job.new_directory) {
    if (path_.empty()) return;
    std::error_code error;
    fs::create_directory(path_, local_path(job.in), error);  // with the mode of IN
    if (error) {
      throw IoError("E-IO-CREATE", "the directory can't be made: " + error.message(), path_,
                    "check that the directory above exists and can be written to");
    }
  }
  ~NewDirectory() {
    std::error_code error;
    if (!path_.empty()) fs::remove(path_, error);  // only where it is empty
  }
  NewDirectory(const NewDirectory&) = delete;
  NewDirectory& operator=(const NewDirectory&) = delete;
  // Makes its name safe from a power failure.
  void sync() const {
    if (path_.empty()) return;
    const fs::path above = fs::path(path_).parent_path();
    sync_directory(above.empty() ? "." : above.string());
  }

 private:
  const std::string path_;
};

std::unique_ptr<ByteSink> open_sink(const ConvertOptions& o, const ConvertJob& job, bool alone) {
  if (o.dry_run) return discarding_sink();
  if (job.out == "-") return descriptor_sink(STDOUT_FILENO, "<stdout>");
  FileSinkOptions options;
  options.sync = !o.no_sync;
  options.sync_directory = alone;
  options.digest = !o.no_verify;
  options.replace = o.in_place || o.force;
  if (job.in != "-") options.like = metadata_path(job.in);
  if (o.in_place) {
    options.backup = job.out + o.backup;
  } else if (job.in != "-" && same_file(metadata_path(job.in), job.out)) {
    throw IoError("E-IO-SAME", "input and output are the same file", job.out,
                  "use --in-place, which keeps a backup");
  }
  return atomic_file_sink(job.out, std::move(options));
}

std::string base_uri(const ConvertOptions& o, const ConvertJob& job) {
  if (o.base_uri.empty()) return base_uri_of(job.in);
  const auto normal = normalize_flink_path(o.base_uri);
  if (!normal || !has_scheme(*normal)) {
    usage("--base-uri '" + o.base_uri + "' is not an absolute URI",
          "give the directory of _metadata, such as s3://bucket/savepoints/savepoint-1");
  }
  return *normal;
}

// What came of a job, kept until its turn to be told.
struct Outcome {
  bool done = false;
  std::optional<RunReport> report;
  DiagnosticList problems;
  std::optional<ConversionAccount> account;  // also of a conversion that was refused
  std::optional<Diagnostic> failure;
  std::string diff;
  std::string changes;  // JSON array
};

// All that the jobs of one command share.
struct Conversion {
  const ConvertOptions& options;
  const Pipeline& pipeline;
  const RuleFile* rules;
  const std::vector<ConvertJob>& jobs;
  const std::set<std::string>& made_in;  // directories that have new ones in them
  const LoadedNames names;               // of operators that the files do not name

  bool alone() const noexcept { return jobs.size() == 1; }
};

// Opened before the run, so that a record that can't be written stops it.
std::unique_ptr<ByteSink> open_record(const ConvertOptions& o) {
  FileSinkOptions options;
  options.replace = o.force;
  options.sync = !o.no_sync;
  return atomic_file_sink(local_path(o.record), options);
}

// Who is told of each change; both may be null.
struct ChangeListeners {
  std::function<void(const Change&)> location;
  std::function<void(const OperatorChange&)> op;
};

// Listeners that pass every change to one of the two, as --diff and --json ask.
ChangeListeners listeners(const ConvertOptions& o, DiffWriter& diff, JsonText& changes) {
  if (!o.diff) return {};
  if (o.json || o.jsonl) {
    return {[&](const Change& change) { write_change(changes, change); },
            [&](const OperatorChange& change) { write_change(changes, change); }};
  }
  return {[&](const Change& change) { diff.change(change); },
          [&](const OperatorChange& change) { diff.change(change); }};
}

// What a result's access should be: that of the file that it replaces, else of the input.
std::optional<FileAccess> access_wanted(const ConvertOptions& o, const ConvertJob& job) {
  if (o.dry_run || job.out == "-" || job.in == "-") return std::nullopt;
  const auto replaced = access_of(job.out);
  return replaced ? replaced : access_of(metadata_path(job.in));
}

void tell_access(const ConvertJob& job, const std::optional<FileAccess>& wanted,
                 DiagnosticSink& problems) {
  if (!wanted || access_of(job.out) == wanted) return;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-ACCESS-NOT-KEPT";
  d.message = "the owner, group or mode could not be kept";
  d.subject = job.out;
  d.hint = "give the file to the user that Flink runs as";
  problems.report(std::move(d));
}

RunReport run_job(const Conversion& c, const ConvertJob& job, PluginRegistry& registry,
                  ChangeListeners told, DiagnosticSink& problems,
                  std::optional<ConversionAccount>& account) {
  const ConvertOptions& o = c.options;
  const auto source = open_input(job.in);
  if (!o.record.empty()) source->spool();
  const NewDirectory directory(o, job);
  const auto sink = open_sink(o, job, c.alone());
  RunOptions options;
  options.base_uri = base_uri(o, job);
  options.base_uri_said = !o.base_uri.empty();
  options.default_file_system = default_file_system(o.default_scheme);
  options.explain = o.explain;
  options.on_account = [&](const ConversionAccount& a) { account = a; };
  options.reencode = o.reencode;
  options.verify = !o.no_verify;
  options.spool = o.spool;
  options.commit = !o.dry_run;
  options.commit_unchanged = !o.in_place;
  options.operator_names = c.names.names;
  options.on_change = std::move(told.location);
  options.on_operator_change = std::move(told.op);
  const auto access = access_wanted(o, job);
  if (o.record.empty()) {
    RunReport report = c.pipeline.run(*source, *sink, registry, options, problems);
    if (report.committed && !o.no_sync) directory.sync();
    if (report.committed) tell_access(job, access, problems);
    return report;
  }
  const auto record = open_record(o);
  HashingSink hashing(*sink);
  const RunReport report = c.pipeline.run(*source, hashing, registry, options, problems);
  const RecordSums sums{sha256_hex(*source), report.committed ? hashing.hex() : std::string(),
                        c.names.sha256};
  const std::string text = record_text(report, job, o, c.rules, sums, registry);
  put_in_place(*record, text);
  if (report.committed && !o.no_sync) directory.sync();
  if (report.committed) tell_access(job, access, problems);
  return report;
}

// Says what the jobs read and write, before the first of them writes. One whose input is its output
// fails by itself.
void declare_files(const ConvertOptions& o, const std::vector<ConvertJob>& jobs) {
  for (const ConvertJob& job : jobs) {
    const std::string in = job.in == "-" ? std::string() : metadata_path(job.in);
    if (!in.empty()) run_files().reads(kTheSnapshot, in);
    if (o.dry_run || job.out.empty() || job.out == "-") continue;
    if (o.in_place) {
      run_files().writes(kTheSnapshot, job.out);
      // A run that was killed may have given the file this second name already.
      const std::string backup = job.out + o.backup;
      if (!same_file(job.out, backup)) run_files().writes("--backup", backup);
    } else if (in.empty() || !same_file(in, job.out)) {
      run_files().writes("OUT", job.out);
    }
  }
}

// ---------------------------------------------------------------------------- one input

void write_failure(JsonText& json, const ConvertJob& job, const Diagnostic& failure,
                   const std::optional<ConversionAccount>& account) {
  json.member("input", job.in);
  json.member("written", false);
  if (account) write_account(json, *account);
  json.key("error");
  json.begin_object();
  write_diagnostic_members(json, failure);
  json.end_object();
}

void print_refusal(const Conversion& c, const ConvertJob& job, const ConversionAccount& account,
                   const Diagnostic& failure) {
  JsonText json(c.options.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
  json.begin_object();
  json.member("schema", "stateferry/convert/1");
  write_failure(json, job, failure, account);
  json.end_object();
  print_json(json);
}

// Makes what new names there are in some directories safe, as far as that is asked for.
void sync_all(const Conversion& c, const std::set<std::string>& directories) {
  if (c.options.no_sync || c.options.dry_run) return;
  for (const std::string& directory : directories) sync_directory(directory);
}

ExitCode convert_one(const Conversion& c, PluginRegistry& registry) {
  const ConvertOptions& o = c.options;
  const ConvertJob& job = c.jobs.front();
  ConsoleSink problems;
  const bool to_stderr = job.out == "-" && !o.dry_run;
  DiffWriter diff(
      [&](const std::string& line) {
        if (to_stderr) {
          say(line);
        } else {
          print(line + "\n");
        }
      },
      c.names.names.get());
  const bool json_wanted = o.json || o.jsonl;
  JsonText changes(o.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
  changes.begin_array();
  std::optional<ConversionAccount> account;
  RunReport report;
  try {
    report = run_job(c, job, registry, listeners(o, diff, changes), problems, account);
  } catch (const Error& error) {
    // What stands in the way of a conversion is a result, too.
    if (json_wanted && account) print_refusal(c, job, *account, error.diagnostic());
    throw;
  }
  if (report.committed) sync_all(c, c.made_in);
  changes.end_array();
  if (!json_wanted) {
    if (o.explain) print(bold(shown(job.in)) + ": " + account_text(*report.conversion));
    finish_stdout();  // the diff ends before the summary begins
    if (!o.explain) say(report_text(report, job, o));
    return ExitCode::ok;
  }
  JsonText json(o.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
  json.begin_object();
  json.member("schema", "stateferry/convert/1");
  write_run_members(json, report, job, o);
  if (o.diff) {
    json.key("changes");
    json.raw(changes.text());
  }
  json.end_object();
  print_json(json);
  return ExitCode::ok;
}

// ---------------------------------------------------------------------------- many inputs

// Runs one job so that nothing is said before its turn.
void run_quietly(const Conversion& c, const ConvertJob& job, PluginRegistry& registry,
                 Outcome& outcome) {
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
    outcome.failure.emplace();
    outcome.failure->code = "E-INTERNAL";
    outcome.failure->message = error.what();
    outcome.failure->subject = job.in;
  }
  changes.end_array();
  outcome.changes = changes.text();
}

void write_outcome(JsonText& json, const Conversion& c, const ConvertJob& job,
                   const Outcome& outcome, bool with_schema) {
  json.begin_object();
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
  json.end_object();
}

// Tells one outcome; true when it is a failure.
bool tell(const Conversion& c, const ConvertJob& job, const Outcome& outcome) {
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
  Workers(const Conversion& c, const Context& context, std::vector<Outcome>& outcomes)
      : c_(c), context_(context), outcomes_(outcomes) {
    unsigned n = c.options.jobs != 0 ? c.options.jobs : std::thread::hardware_concurrency();
    n = std::max(1U, std::min<unsigned>(n, static_cast<unsigned>(outcomes.size())));
    for (unsigned i = 0; i < n; ++i) threads_.emplace_back([this] { work(); });
  }
  /// Waits for one outcome.
  void await(std::size_t i) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return outcomes_[i].done; });
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
      const std::lock_guard lock(mutex_);
      outcomes_[i].done = true;
      changed_.notify_one();
    }
  }

  const Conversion& c_;
  const Context& context_;
  std::vector<Outcome>& outcomes_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::jthread> threads_;
};

// The names of all results, made durable at once: one sync per directory, not one per file.
void sync_results(const Conversion& c, const std::vector<Outcome>& outcomes) {
  std::set<std::string> directories = c.made_in;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].report || !outcomes[i].report->committed) continue;
    directories.insert(fs::path(c.jobs[i].out).parent_path().string());
  }
  sync_all(c, directories);
}

ExitCode convert_many(const Conversion& c, const Context& context) {
  const ConvertOptions& o = c.options;
  std::vector<Outcome> outcomes(c.jobs.size());
  ExitCode exit = ExitCode::ok;
  std::uint64_t failed = 0;
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/convert-many/1");
  json.key("runs");
  json.begin_array();
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
  json.end_array();
  json.end_object();
  if (o.json) print_json(json);
  say(count_of(outcomes.size(), "input") + ", " + grouped(failed) + " failed");
  return exit;
}

ExitCode convert(const ConvertOptions& o, const Context& context) {
  check_usage(o);
  std::set<std::string> made_in;
  const std::vector<ConvertJob> jobs = jobs_of(o, made_in);
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  std::optional<LoadedRules> rules;
  if (!o.rules.empty()) {
    rules = load_rules(o.rules, o.set, false, registry, problems);
    if (!rules || !rules->pipeline) {
      return problems.exit() == ExitCode::ok ? ExitCode::bad_rules : problems.exit();
    }
  }
  Pipeline pipeline = rules ? *rules->pipeline : Pipeline{};
  pipeline.output = output_format(o, pipeline.output, registry);
  const Conversion conversion{o,    pipeline, rules ? &rules->file : nullptr,
                              jobs, made_in,  load_operator_names(o.uids)};
  declare_files(o, jobs);
  if (!o.record.empty()) run_files().writes("--record", local_path(o.record));
  run_files().check();
  return jobs.size() == 1 ? convert_one(conversion, registry) : convert_many(conversion, context);
}

}  // namespace

void declare_convert(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<ConvertOptions>();
  app.add_option("IN OUT", o->files,
                 "_metadata file or its directory, - for stdin; then the new file, an existing "
                 "directory, or - for stdout")
      ->required()
      ->type_name("");
  app.add_option("-r,--rules", o->rules, "the rule file")->type_name("FILE");
  add_set_option(app, o->set);
  app.add_option("--out-dir", o->out_dir,
                 "rewrite many inputs at once: each goes below DIR at its own path")
      ->type_name("DIR");
  app.add_option("-j,--jobs", o->jobs, "inputs to work on at once (default: one per processor)")
      ->type_name("N");
  app.add_option("--base-uri", o->base_uri, "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  add_default_scheme_option(app, o->default_scheme);
  add_uids_option(app, o->uids);
  app.add_option("--to", o->to, "write this format version")->type_name("N");
  CLI::Option* for_flink =
      app.add_option("--for-flink", o->for_flink, "write what this Flink can read")
          ->type_name("X.Y");
  app.add_option("--snapshot", o->snapshot,
                 "what the snapshot is, for files that don't say (V1-V3)")
      ->check(CLI::IsMember({"savepoint-canonical", "savepoint-native", "checkpoint", "unknown"}))
      ->type_name("savepoint-canonical|savepoint-native|checkpoint|unknown");
  app.add_option("--on-loss", o->on_loss, "what happens when the format can't hold something")
      ->check(CLI::IsMember({"fail", "report"}))
      ->type_name("fail|report");
  const CLI::Option* explain =
      app.add_option("--explain-target", o->for_flink,
                     "only say what --for-flink X.Y would do; writes nothing")
          ->type_name("X.Y")
          ->excludes(for_flink);
  app.add_flag("--dry-run", o->dry_run, "do everything but write");
  app.add_flag("--diff", o->diff, "show each change, by operator");
  app.add_flag("--in-place", o->in_place, "put results in the inputs' places, keep backups");
  const CLI::Option* backup =
      app.add_option("--backup", o->backup, "suffix of the backup (default .bak)")
          ->type_name("SUFFIX");
  app.add_flag("--force", o->force, "replace an existing OUT or record");
  app.add_flag("--reencode", o->reencode, "decode and encode even when nothing changes");
  app.add_flag("--no-verify", o->no_verify, "don't read the result back before it is put in place");
  app.add_flag("--no-sync", o->no_sync, "don't wait for the disk");
  app.add_flag("--spool", o->spool,
               "with pipes: decide everything before the first byte of output");
  app.add_option("--record", o->record, "write what was done, as JSON")->type_name("FILE");
  app.add_flag("--json", o->json, "the run's data as one JSON document on stdout");
  app.add_flag("--jsonl", o->jsonl, "one JSON object per input and line");
  app.footer(
      "Examples:\n"
      "  stateferry convert -r rules/samples/bucket-to-bucket.yaml \\\n"
      "      --set from=s3://old-bucket/flink --set to=s3://new-bucket/flink \\\n"
      "      old new --diff\n"
      "  stateferry convert -r move.yaml --out-dir moved savepoints/*/_metadata\n"
      "  stateferry convert --for-flink 1.20 --on-loss report savepoint-b9888f for-1.20");
  app.callback([&, o, backup, explain] {
    o->backup_given = backup->count() > 0;
    o->explain = explain->count() > 0;
    o->dry_run |= o->explain;
    run = [&, o] { return convert(*o, context); };
  });
}

}  // namespace stateferry::cli
