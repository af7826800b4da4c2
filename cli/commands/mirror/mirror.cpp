// mirror: rounds over all jobs of the source, each of which leaves the target whole.
#include "commands/mirror/mirror.hpp"

#include <chrono>
#include <thread>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/transfer/orphans.hpp"
#include "stateferry/transfer/self_contain.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"
#include "support/snapshot_transfer.hpp"

namespace stateferry::cli {
namespace {

MirrorOptions options_of(const MirrorArguments& o) {
  MirrorOptions options;
  options.source = without_slash(uri_of_argument(o.in.snapshot));
  options.target = without_slash(uri_of_argument(o.target));
  options.name = o.name.empty() ? host_name() : o.name;
  if (options.name.empty()) options.name = "stateferry";
  options.bare = !has_scheme(o.target);
  options.scheme = o.scheme;
  options.savepoints = o.savepoints;
  options.resume = o.resume;
  options.keep = o.keep;
  for (const std::string& directory : o.take_from) {
    options.take_from.push_back(without_slash(uri_of_argument(directory)));
  }
  options.copying = copy_options(o.in.stores);
  return options;
}

// The steps of -r come behind those that move the locations.
MirrorPipeline pipeline_maker(const MirrorArguments& o, SnapshotRun& run) {
  std::vector<Step> more;
  if (!o.rules.empty()) {
    const auto loaded = load_rules(o.rules, o.set, false, run.registry, run.problems);
    if (!loaded || !loaded->pipeline) {
      throw Error("E-RULE-FILE", "the rule file can't be used: " + o.rules);
    }
    more = loaded->pipeline->steps;
  }
  return [more](SnapshotTransfer& m, const std::string& rules) {
    Pipeline pipeline = pipeline_of(m, rules);
    // What later checkpoints take over must not depend on where they lie.
    if (restore_traits(m.snapshot.document).relative_reused) {
      pipeline.steps.push_back(anchoring(m.new_base.empty() ? m.target : m.new_base));
    }
    pipeline.steps.insert(pipeline.steps.end(), more.begin(), more.end());
    return pipeline;
  };
}

Diagnostic starvation(const JobRound& round, const StarvationAdvice& advice) {
  const std::uint64_t row = round.state.given_up_in_a_row;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-MIRROR-STARVED";
  d.message =
      count_of(row, "checkpoint") + " in a row were deleted at the source before they were copied";
  d.subject = round.state.source;
  if (advice.needed > 0) {
    d.notes.push_back("needed " + human_size(static_cast<std::uint64_t>(advice.needed)) +
                      "/s, had " + human_size(static_cast<std::uint64_t>(advice.had)) + "/s");
  }
  d.hint = advice.retain > 0
               ? "have the job retain at least " + grouped(advice.retain) +
                     " checkpoints (execution.checkpointing.num-retained), or copy faster"
               : "have the job retain more checkpoints (execution.checkpointing.num-retained), or "
                 "copy faster";
  return d;
}

// What there is to say of a job; empty where nothing has changed.
std::string text_of_round(const JobRound& r) {
  std::string text;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (r.resumed) add("goes on after its failover");
  if (r.mirrored > 0) {
    add(count_of(r.mirrored, "checkpoint") + " mirrored, the newest is " +
        r.state.checkpoints.front().directory + "; " + count_of(r.copied_files, "file") +
        " copied (" + human_size(r.copied_bytes) + ")");
  }
  if (r.given_up > 0) add(count_of(r.given_up, "checkpoint") + " gone before it was copied");
  if (r.retired > 0) {
    add(count_of(r.retired, "old checkpoint") + " deleted, " + count_of(r.deleted_files, "file"));
  }
  if (r.lag.checkpoints > 0) {
    add(count_of(r.lag.checkpoints, "checkpoint") + " and " +
        grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(r.lag.seconds, 0))) +
        " s behind");
  }
  return text.empty() ? text : shown(name_of(r)) + ": " + shown(text);
}

void print_round(const JobRound& r) {
  JsonText json(JsonText::Style::compact);
  json.object([&] {
    json.member("schema", "stateferry/mirror/1");
    json.member("job", name_of(r));
    json.member("up-to-date", r.up_to_date() && r.lag.checkpoints == 0);
    json.member("mirrored", r.mirrored);
    json.member("files-copied", r.copied_files);
    json.member("bytes-copied", r.copied_bytes);
    json.member("given-up", r.given_up);
    json.member("being-written", r.being_written);
    json.member("retired", r.retired);
    json.member("files-deleted", r.deleted_files);
    write_state_members(json, r.state);
    if (r.failure) json.object("failure", [&] { write_diagnostic_members(json, *r.failure); });
  });
  print_json(json);
  finish_stdout();
}

// The status that a round ends a run with.
ExitCode tell(const MirrorArguments& o, const RoundReport& report, SnapshotRun& run) {
  ExitCode exit = ExitCode::ok;
  const auto worse = [&](ExitCode code) { exit = exit == ExitCode::ok ? code : exit; };
  const std::int64_t max_lag = o.max_lag.empty() ? INT64_MAX : seconds_of("--max-lag", o.max_lag);
  for (const JobRound& r : report.jobs) {
    if (o.json) print_round(r);
    if (const std::string text = text_of_round(r); !text.empty() && !o.json) say(text);
    if (r.failure) {
      say(*r.failure);
      worse(exit_of(r.failure->code));
    }
    if (!r.state.broken.empty()) {
      say({.code = "E-MIRROR-SOURCE",
           .message = "the source is broken by itself: " + r.state.broken,
           .subject = r.state.source,
           .hint = "the job can't be restored from it at the source either: look at it with "
                   "'stateferry verify'"});
      worse(ExitCode::findings);
    }
    if (r.lag.seconds > max_lag) {
      say({.code = "E-MIRROR-LAG",
           .message = "the target is " + std::to_string(r.lag.seconds) + " s behind, more than " +
                      o.max_lag,
           .subject = r.state.source});
      worse(ExitCode::findings);
    }
    if (const auto advice = starvation_advice(r.state)) run.problems.report(starvation(r, *advice));
  }
  return exit;
}

void write_metrics(const std::string& path, const RoundReport& report) {
  if (path.empty()) return;
  const auto sink = atomic_file_sink(local_path(path), {.replace = true, .sync = false});
  const std::string text = metrics_text(report);
  sink->write(std::as_bytes(std::span(text.data(), text.size())));
  sink->commit();
}

RoundReport one_round(Mirror& mirror, TransferObserver& display) {
  const auto start = std::chrono::steady_clock::now();
  RoundReport report;
  report.jobs = mirror.round(display);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.at = seconds_now();
  return report;
}

void check_usage(const MirrorArguments& o) {
  if (o.in.snapshot.empty() || o.target.empty()) {
    throw Error("E-ARG-USAGE", "mirror takes SRC and DST",
                "such as: stateferry mirror s3://prod/checkpoints s3://spare/checkpoints");
  }
  seconds_of("--every", o.every);
  if (!o.metrics.empty()) {
    run_files().writes("--metrics", local_path(o.metrics));
    if (!o.rules.empty()) run_files().reads("--rules", local_path(o.rules));
    run_files().check();
  }
}

ExitCode mirror(const MirrorArguments& o, const Context& context) {
  check_usage(o);
  SnapshotRun run(o.in, context);
  const MirrorOptions options = options_of(o);
  const MirrorPipeline pipeline = pipeline_maker(o, run);
  refuse_nested_mirror(run.stores, options);
  LeaseKeeper lease(run.stores, options.target, options.name);
  Mirror mirror(run.registry, run.stores, run.problems, lease, options, pipeline);
  ProgressDisplay display(o.in.stores, context.global);
  const auto pause = std::chrono::seconds(seconds_of("--every", o.every));
  for (;;) {
    const auto next = std::chrono::steady_clock::now() + pause;
    RoundReport report;
    try {
      report = one_round(mirror, display);
    } catch (const Error& error) {
      report.failed = true;
      report.at = seconds_now();
      write_metrics(o.metrics, report);
      if (o.once || error.code() == "E-MIRROR-LEASE") throw;
      say(error.diagnostic());  // a store that is gone may come back
    }
    const ExitCode exit = tell(o, report, run);
    if (!report.failed) write_metrics(o.metrics, report);
    if (o.once) return exit;
    std::this_thread::sleep_until(next);
  }
}

}  // namespace

std::string name_of(const JobRound& round) {
  return round.job.empty() ? std::string(last_name(round.state.source)) : round.job;
}

std::int64_t seconds_of(const std::string& what, const std::string& text) {
  const auto seconds = parse_age(text);
  if (seconds && *seconds > 0) return *seconds;
  throw Error("E-ARG-USAGE", what + " takes a time, not '" + text + "'", "such as 30s, 5m or 2h");
}

void declare_mirror(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<MirrorArguments>();
  app.add_option("SRC", o->in.snapshot,
                 "a job's checkpoint directory, or the one that holds those of many jobs")
      ->type_name("");
  app.add_option("DST", o->target, "where the same layout is kept, in any store")->type_name("");
  app.add_flag("--once", o->once, "one round, for cron; else rounds until it is stopped");
  app.add_option("--every", o->every, "a round begins so long after the last (default 30s)")
      ->type_name("TIME");
  app.add_option("--keep", o->keep,
                 "delete all at DST but the newest N checkpoints of each job, and files that they "
                 "alone needed (default: nothing is deleted)")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  app.add_flag("--savepoints", o->savepoints, "mirror savepoints in a job's directory, too");
  app.add_option("--take-from", o->take_from,
                 "copy files from below DIR, too, where a checkpoint names them: they go below "
                 "DST/_outside (repeatable)")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("-r,--rules", o->rules, "what else is to be changed in _metadata")
      ->type_name("FILE");
  add_set_option(app, o->set);
  add_scheme_option(app, o->scheme);
  add_default_scheme_option(app, o->in.default_scheme);
  app.add_option("--name", o->name,
                 "of this mirror: one of the same name takes over its lease at once (default: the "
                 "host's name)")
      ->type_name("NAME");
  app.add_option("--metrics", o->metrics, "write figures for Prometheus there after each round")
      ->type_name("FILE");
  app.add_option("--max-lag", o->max_lag, "being further behind is a finding (exit code 1)")
      ->type_name("TIME");
  app.add_flag("--resume-after-failover", o->resume,
               "go on with jobs that were failed over to DST and run at SRC again");
  app.add_flag("--json", o->json, "a JSON document per job and round, one a line");
  add_store_options(app, o->in.stores, true);
  app.footer(
      "Example:\n"
      "  stateferry mirror --once s3://old/flink s3://new/flink --keep 3");
  declare_mirror_status(app, context, run);
  app.callback([&, o] {
    if (app.get_subcommands().empty()) run = [&, o] { return mirror(*o, context); };
  });
}

}  // namespace stateferry::cli
