// failover: what to start a mirrored job with, after looking at all of it; the source may be gone.
#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/job_directory.hpp"
#include "stateferry/transfer/mirror_failover.hpp"
#include "stateferry/transfer/mirror_store.hpp"
#include "stateferry/transfer/self_contain.hpp"
#include "stateferry/transfer/shell_word.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"
#include "support/snapshot_transfer.hpp"
#include "support/times.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;  // its snapshot is DST
  std::string job;
  std::string own;
  bool last = false;
  bool dry_run = false;
  bool json = false;
};

// What a job is to be started with.
struct Start {
  std::string job;
  std::string uri;           // directory
  std::string mode;          // empty: its Flink knows none
  std::string why;           // of the mode
  std::int64_t written = 0;  // by the source, in seconds since 1970
  std::vector<RestoreMode> modes;
  std::vector<std::string> lost;  // mirrored ones that CLAIM in place may break
};

bool goes_on(const std::vector<RestoreMode>& modes, std::string_view name) {
  for (const RestoreMode& mode : modes) {
    if (mode.name == name) return mode.goes_on;
  }
  return false;
}

bool has_modes(const std::vector<RestoreMode>& modes) {
  for (const RestoreMode& mode : modes) {
    if (mode.name == "NO_CLAIM") return true;
  }
  return false;
}

void choose_mode(const Options& o, const MirroredJob& job, const FailoverChoice& choice,
                 Start& start) {
  if (!o.own.empty()) {
    start.mode = "CLAIM";
    start.why = "the clone is the job's own: it may delete of it what it likes";
  } else if (o.last) {
    start.mode = "CLAIM";
    start.why = "the job takes over the files that are mirrored, and deletes them in time";
    for (const MirroredCheckpoint& one : job.state.checkpoints) {
      if (one.directory != choice.checkpoint.directory) start.lost.push_back(one.directory);
    }
  } else if (goes_on(start.modes, "NO_CLAIM")) {
    start.mode = "NO_CLAIM";
    start.why = "the job deletes nothing of the mirror, so all that is kept stays restorable";
  } else if (has_modes(start.modes)) {
    throw Error({.code = "E-MIRROR-MODE",
                 .message = "the job can't go on from the mirror in NO_CLAIM mode",
                 .subject = start.uri,
                 .hint =
                     "--own DIR makes a clone for CLAIM mode, and --last takes the mirrored one "
                     "itself in CLAIM mode"});
  }
  // What an old release does is not known of all: its modes don't exist.
}

// The chosen one as a directory of its own in the same store, by what self-contain does.
void clone(const Options& o, SnapshotRun& run, const Context& context, const MirroredJob& job,
           Snapshot snapshot, Start& start) {
  SnapshotTransfer m = begin_transfer(std::move(snapshot), run);
  const std::string dir = without_slash(uri_of_argument(o.own));
  m.target = m.new_base =
      place_below(job.name.empty() ? dir : join_uri(dir, job.name), m.snapshot.base, {});
  refuse_target_inside(m.snapshot.references, m.new_base, m.stores);
  std::vector<PlanRow> parts;
  DirectoryNames names =
      names_in_one_directory(m.snapshot.document, m.snapshot.references, m.new_base, true);
  Pipeline pipeline;
  pipeline.steps.push_back(relative_by_names(names));
  pipeline.steps.push_back(unmerging(m.new_base, parts, m.stores.default_file_system()));
  pipeline.steps.push_back(anchoring(m.new_base));
  rewrite(m, pipeline);
  m.rows = names.rows;
  m.rows.insert(m.rows.end(), parts.begin(), parts.end());
  m.source_root = local_root(m.rows, &PlanRow::source);
  look_first(m);
  ProgressDisplay display(o.in.stores, context.global);
  carry_out(m, display);
  start.uri = m.new_base;
  start.modes = m.modes;
}

std::string yaml(const std::string& text) {
  return json_string(text);
}

std::string report_text(const Start& s, const FailoverChoice& c, const Options& o) {
  const std::int64_t age = seconds_now() - s.written;
  std::string text = "job        " + shown(s.job) + "\n" + "checkpoint " +
                     shown(c.checkpoint.directory) + ", of " + iso_time(s.written) + ", " +
                     std::to_string(age) + " s ago: what the job did later is lost\n" +
                     "verified   " + count_of(c.files, "file") + ", " + human_size(c.bytes) +
                     ": all there\n";
  for (const std::string& line : c.passed_over) text += "passed     " + shown(line) + "\n";
  if (!s.mode.empty()) text += "mode       " + s.mode + ": " + s.why + "\n";
  if (!s.lost.empty()) {
    text += "lost       what was mirrored before can't be restored any more when the job has run: ";
    for (const std::string& one : s.lost) text += (&one == s.lost.data() ? "" : ", ") + shown(one);
    text += "\n";
  }
  if (o.dry_run) text += "dry run: nothing was noted, so a mirror goes on writing there\n";
  text += "\n# on the command line\nflink run -s " + shown(shell_word(s.uri)) + " ...\n";
  text +=
      "\n# configuration, since Flink 1.20\nexecution.state-recovery.path: " + yaml(s.uri) + "\n";
  if (!s.mode.empty()) text += "execution.state-recovery.claim-mode: " + s.mode + "\n";
  text += "# before\nexecution.savepoint.path: " + yaml(s.uri) + "\n";
  if (!s.mode.empty()) text += "execution.savepoint-restore-mode: " + s.mode + "\n";
  text += "\n# a FlinkDeployment\nspec:\n  job:\n    initialSavepointPath: " + yaml(s.uri) + "\n";
  text +=
      "\n# a FlinkStateSnapshot, for flinkStateSnapshotReference\n"
      "apiVersion: flink.apache.org/v1beta1\nkind: FlinkStateSnapshot\nmetadata:\n"
      "  name: failover\nspec:\n  savepoint:\n    alreadyExists: true\n"
      "    disposeOnDelete: false\n    path: " +
      yaml(s.uri) + "\n";
  return text;
}

void write_report(JsonText& json, const Start& s, const FailoverChoice& c) {
  json.member("job", s.job);
  json.member("start-from", s.uri);
  json.member("checkpoint", c.checkpoint.directory);
  json.member("source-time", s.written);
  json.member("files", c.files);
  json.member("bytes", c.bytes);
  json.member("mode", s.mode);
  json.values("passed-over", c.passed_over);
  json.values("lost-in-claim-mode", s.lost);
  json.object("configuration", [&] {
    json.member("execution.state-recovery.path", s.uri);
    json.member("execution.savepoint.path", s.uri);
    if (s.mode.empty()) return;
    json.member("execution.state-recovery.claim-mode", s.mode);
    json.member("execution.savepoint-restore-mode", s.mode);
  });
}

void fail_over(const Options& o, SnapshotRun& run, const Context& context, MirroredJob& job,
               JsonText& json) {
  // First of all: from now on nothing changes there.
  if (!o.dry_run)
    note_failover(run.stores, job, job.state.failover ? job.state.failover->checkpoint : "");
  FailoverChoice choice = choose_for_failover(run.stores, run.registry, run.problems, job);
  Start start;
  start.job = job.name.empty() ? std::string(last_name(job.uri)) : job.name;
  start.uri = choice.snapshot.base;
  start.written = choice.checkpoint.source.written / kNanoseconds;
  start.modes = restore_modes(restore_traits(choice.snapshot.document));
  choose_mode(o, job, choice, start);
  if (!o.own.empty() && !o.dry_run) {
    clone(o, run, context, job, std::move(choice.snapshot), start);
  }
  if (!o.dry_run) note_failover(run.stores, job, choice.checkpoint.directory);
  if (o.json) {
    json.object([&] { write_report(json, start, choice); });
  } else {
    print(report_text(start, choice, o));
  }
}

ExitCode failover(const Options& o, const Context& context) {
  if (o.last && !o.own.empty()) {
    throw Error("E-ARG-USAGE", "--own and --last exclude each other", "leave one away");
  }
  SnapshotRun run(o.in, context);
  const std::string target = without_slash(uri_of_argument(o.in.snapshot));
  std::vector<MirroredJob> jobs = mirrored_jobs(run.stores, target);
  if (!o.job.empty()) {
    std::erase_if(jobs, [&](const MirroredJob& job) { return job.name != o.job; });
    if (jobs.empty()) {
      throw Error("E-MIRROR-EMPTY", "no mirrored job of this name is there: " + o.job,
                  "'stateferry mirror status' lists them");
    }
  }
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/failover/1");
  json.member("dry-run", o.dry_run);
  json.key("jobs");
  json.begin_array();
  ExitCode exit = ExitCode::ok;
  for (MirroredJob& job : jobs) {
    try {
      fail_over(o, run, context, job, json);
    } catch (const Error& error) {
      say(error.diagnostic());  // the other jobs are wanted all the more
      if (exit == ExitCode::ok) exit = exit_of(error.code());
    }
  }
  json.end_array();
  json.end_object();
  if (o.json) print_json(json);
  return exit;
}

}  // namespace

void declare_failover(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("DST", o->in.snapshot, "where 'stateferry mirror' writes to")
      ->required()
      ->type_name("");
  app.add_option("JOB", o->job, "name of a job's directory there (default: all)")->type_name("");
  app.add_option(
         "--own", o->own,
         "clone the checkpoint below DIR in the same store, for CLAIM mode: the job owns it")
      ->type_name("DIR");
  app.add_flag("--last", o->last,
               "take the mirrored one itself in CLAIM mode: the job deletes what older ones need");
  app.add_flag("--dry-run", o->dry_run, "look and print, and note nothing: for drills");
  app.add_flag("--json", o->json, "one JSON document");
  add_store_options(app, o->in.stores, true);
  app.footer("Example:\n  stateferry failover s3://new/flink --dry-run");
  app.callback([&, o] { run = [&, o] { return failover(*o, context); }; });
}

}  // namespace stateferry::cli
