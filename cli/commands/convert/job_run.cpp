#include "commands/convert/job_run.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "commands/convert/jobs.hpp"
#include "commands/convert/record.hpp"
#include "commands/convert/report_json.hpp"
#include "commands/convert/stored_job.hpp"
#include "stateferry/io/directory.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/file_access.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/files.hpp"
#include "support/run_files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

// Passes bytes on and digests them, for the record of a run.
class HashingSink final : public ByteSink {
 public:
  explicit HashingSink(ByteSink& inner) : inner_(inner) {}
  void write(std::span<const std::byte> bytes) override {
    inner_.write(bytes);
    sha256_->update(bytes);
  }
  void restart() override {
    inner_.restart();
    sha256_.emplace();
  }
  void commit() override { inner_.commit(); }
  bool discards() const noexcept override { return inner_.discards(); }
  std::unique_ptr<ByteSource> written() override { return inner_.written(); }
  std::uint64_t digest() const override { return inner_.digest(); }
  std::string name() const override { return inner_.name(); }
  std::string hex() { return sha256_->hex(); }

 private:
  ByteSink& inner_;
  std::optional<Sha256> sha256_{std::in_place};
};

// The directory that a result gets for itself; gone again unless the result is in it.
class NewDirectory {
 public:
  explicit NewDirectory(const ConvertOptions& o, const ConvertJob& job)
      : path_(o.dry_run || job.stored() ? std::string() : job.new_directory) {
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

std::unique_ptr<ByteSink> open_sink(const ConvertBatch& batch, const ConvertJob& job,
                                    ByteSource& source) {
  const ConvertOptions& o = batch.options;
  if (o.dry_run) return discarding_sink();
  if (job.out == "-") return descriptor_sink(STDOUT_FILENO, "<stdout>");
  if (job.stored()) return open_stored_output(batch, job, source);
  FileSinkOptions options;
  options.sync = !o.no_sync;
  options.sync_directory = batch.alone();
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

// A result that this run has made, gone again unless all that belongs to it is there, too: it would
// be in the way of the same command.
class NewResult {
 public:
  NewResult(const ConvertOptions& o, const ConvertJob& job) {
    const bool is_new = !o.dry_run && !o.in_place && !o.force && !job.stored() && job.out != "-";
    if (is_new && ::lstat(job.out.c_str(), &made_) == 0) path_ = job.out;
  }
  ~NewResult() {
    if (!path_.empty()) remove_if_still(path_, made_);
  }
  NewResult(const NewResult&) = delete;
  NewResult& operator=(const NewResult&) = delete;
  void keep() { path_.clear(); }

 private:
  std::string path_;
  struct stat made_ {};
};

std::string base_uri(const ConvertOptions& o, const ConvertJob& job) {
  if (o.base_uri.empty()) return directory_anywhere(job.in);
  const auto normal = normalize_flink_path(o.base_uri);
  if (!normal || !has_scheme(*normal)) {
    bad_usage("--base-uri '" + o.base_uri + "' is not an absolute URI",
              "give the directory of _metadata, such as s3://bucket/savepoints/savepoint-1");
  }
  return *normal;
}

// Opened before the run, so that a record that can't be written stops it.
std::unique_ptr<ByteSink> open_record(const ConvertOptions& o) {
  return atomic_file_sink(local_path(o.record), {.replace = o.force, .sync = !o.no_sync});
}

// What a result's access should be: that of the file that it replaces, else of the input.
std::optional<FileAccess> access_wanted(const ConvertOptions& o, const ConvertJob& job) {
  if (o.dry_run || job.out == "-" || job.in == "-" || job.stored()) return std::nullopt;
  const auto replaced = access_of(job.out);
  return replaced ? replaced : access_of(metadata_path(job.in));
}

void tell_access(const ConvertJob& job, const std::optional<FileAccess>& wanted,
                 DiagnosticSink& problems) {
  if (!wanted || access_of(job.out) == wanted) return;
  problems.report({.severity = Severity::warning,
                   .code = "W-ACCESS-NOT-KEPT",
                   .message = "the owner, group or mode could not be kept",
                   .subject = job.out,
                   .hint = "give the file to the user that Flink runs as"});
}

}  // namespace

ChangeListeners listeners(const ConvertOptions& o, DiffWriter& diff, JsonText& changes) {
  if (!o.diff) return {};
  if (o.json || o.jsonl) {
    return {[&](const Change& change) { write_change(changes, change); },
            [&](const OperatorChange& change) { write_change(changes, change); }};
  }
  return {[&](const Change& change) { diff.change(change); },
          [&](const OperatorChange& change) { diff.change(change); }};
}

std::string ConvertBatch::file_of(const ConvertJob& job) const {
  return job.file.empty() ? input_file(job.in) : job.file;
}

RunReport run_job(const ConvertBatch& batch, const ConvertJob& job, PluginRegistry& registry,
                  ChangeListeners told, DiagnosticSink& problems,
                  std::optional<ConversionAccount>& account) {
  const ConvertOptions& o = batch.options;
  const auto source = job.stored() ? open_stored_input(batch, job) : open_input(job.in);
  if (!o.record.empty()) source->spool();
  const NewDirectory directory(o, job);
  const auto sink = open_sink(batch, job, *source);
  RunOptions options;
  options.base_uri = base_uri(o, job);
  options.base_uri_said = !o.base_uri.empty();
  options.default_file_system = default_file_system(o.default_scheme);
  options.explain = o.explain;
  options.on_account = [&](const ConversionAccount& a) { account = a; };
  options.reencode = o.reencode;
  options.verify = !o.no_verify;
  options.spool = o.spool;
  options.fail_on_residual = o.fail_on_residual;
  options.commit = !o.dry_run;
  options.commit_unchanged = !o.in_place;
  options.operator_names = batch.names.names;
  options.on_change = std::move(told.location);
  options.on_operator_change = std::move(told.op);
  const auto access = access_wanted(o, job);
  const auto record = o.record.empty() ? nullptr : open_record(o);
  HashingSink hashing(*sink);
  ByteSink& target = record ? static_cast<ByteSink&>(hashing) : *sink;
  RunReport report = batch.pipeline.run(*source, target, registry, options, problems);
  std::optional<NewResult> result;
  if (report.committed) result.emplace(o, job);
  if (report.committed && !o.no_sync) directory.sync();
  if (record) {
    const RecordSums sums{sha256_hex(*source), report.committed ? hashing.hex() : std::string(),
                          batch.names.sha256};
    put_in_place(*record, record_text(report, job, o, batch.rules, sums, registry));
  }
  if (result) result->keep();
  if (report.committed) tell_access(job, access, problems);
  return report;
}

void sync_all(const ConvertBatch& batch, const std::set<std::string>& directories) {
  if (batch.options.no_sync || batch.options.dry_run) return;
  for (const std::string& directory : directories) sync_directory(directory);
}

}  // namespace stateferry::cli
