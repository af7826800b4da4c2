// mirror status: what a mirror has noted at its target, read there alone: the source may be gone.
#include <fmt/format.h>

#include "commands/commands.hpp"
#include "commands/mirror/mirror.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/job_directory.hpp"
#include "stateferry/transfer/mirror_jobs.hpp"
#include "stateferry/transfer/restore_modes.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/table.hpp"
#include "support/times.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;  // its snapshot is DST
  std::string max_lag;
  bool json = false;
};

struct Row {
  MirroredJob job;
  std::vector<RestoreMode> modes;    // of the newest
  std::optional<Diagnostic> damage;  // why there are none
};

std::int64_t written(const MirroredCheckpoint& one) {
  return one.source.written / kNanoseconds;
}

Row read_row(MirroredJob job, SnapshotRun& run) {
  Row row{std::move(job), {}, {}};
  if (row.job.state.checkpoints.empty()) return row;
  const std::string directory = join_uri(row.job.uri, row.job.state.checkpoints.front().directory);
  try {
    Snapshot newest = read_snapshot(join_uri(directory, "_metadata"), directory, run.stores,
                                    run.registry, run.problems);
    row.modes = restore_modes(restore_traits(newest.document));
  } catch (const Error& error) {
    row.damage = error.diagnostic();
  }
  return row;
}

// Behind the source, as far as was seen; it is older by now if the mirror stands still.
bool is_late(const Row& row, std::int64_t max_lag, std::int64_t now) {
  const MirrorState& state = row.job.state;
  return state.behind > 0 && state.lag + (now - state.looked) > max_lag;
}

std::string modes_of(const Row& row) {
  if (row.damage) return "damaged: " + row.damage->code;
  std::string text;
  for (const RestoreMode& mode : row.modes) {
    if (mode.goes_on) text += (text.empty() ? "" : ", ") + std::string(mode.name);
  }
  return text;
}

std::string note_of(const MirrorState& state) {
  if (state.failover) return "failed over from " + state.failover->checkpoint;
  if (!state.broken.empty()) return "source broken: " + state.broken;
  if (state.given_up_in_a_row > 0) {
    return grouped(state.given_up_in_a_row) +
           " given up: " + (state.given_up.empty() ? "" : state.given_up.front().why);
  }
  return {};
}

void print_table(const std::vector<Row>& rows, std::int64_t now) {
  Table table({"JOB", "NEWEST", "WRITTEN", ">AGE", ">BEHIND", ">LAG", ">LAG BYTES", ">KEPT",
               "GOES ON IN", "NOTE"});
  for (const Row& row : rows) {
    const MirrorState& state = row.job.state;
    const MirroredCheckpoint* const newest =
        state.checkpoints.empty() ? nullptr : &state.checkpoints.front();
    table.row({row.job.name.empty() ? std::string(last_name(row.job.uri)) : row.job.name,
               newest != nullptr ? newest->directory : "none",
               newest != nullptr ? iso_time(written(*newest)) : "",
               newest != nullptr ? std::to_string(now - written(*newest)) + " s" : "",
               grouped(state.behind), std::to_string(state.lag) + " s", human_size(state.lag_bytes),
               grouped(state.checkpoints.size()), modes_of(row), note_of(state)});
  }
  print(table.text());
}

void write_row(JsonText& json, const Row& row) {
  json.member("job", row.job.name.empty() ? std::string(last_name(row.job.uri)) : row.job.name);
  json.member("uri", row.job.uri);
  write_state_members(json, row.job.state);
  if (row.damage) json.object("damage", [&] { write_diagnostic_members(json, *row.damage); });
  json.object("restore-modes", [&] {
    for (const RestoreMode& mode : row.modes) {
      json.object(mode.name, [&] {
        json.member("restores", mode.restores);
        json.member("goes-on", mode.goes_on);
        if (!mode.why.empty()) json.member("why", mode.why);
      });
    }
  });
}

void print_document(const std::vector<Row>& rows, const std::optional<MirrorLease>& lease,
                    std::int64_t now, bool ok) {
  cli::print_document("stateferry/mirror-status/1", [&](JsonText& json) {
    json.member("ok", ok);
    json.member("now", now);
    json.key("lease");
    if (lease) {
      json.object([&] {
        json.member("name", lease->name);
        json.member("holder", lease->holder);
        json.member("until", lease->until);
      });
    } else {
      json.null();
    }
    json.objects("jobs", rows, [&](const Row& row) { write_row(json, row); });
  });
}

ExitCode status(const Options& o, const Context& context) {
  const std::int64_t max_lag = o.max_lag.empty() ? INT64_MAX : seconds_of("--max-lag", o.max_lag);
  SnapshotRun run(o.in, context);
  const std::string target = without_slash(uri_of_argument(o.in.snapshot));
  std::vector<Row> rows;
  for (MirroredJob& job : mirrored_jobs(run.stores, target)) {
    rows.push_back(read_row(std::move(job), run));
  }
  const std::optional<MirrorLease> lease = read_lease(run.stores, target);
  const std::int64_t now = seconds_now();
  bool ok = true;
  for (const Row& row : rows) {
    ok &= row.job.state.broken.empty() && !row.damage && !is_late(row, max_lag, now);
  }
  if (o.json) {
    print_document(rows, lease, now, ok);
  } else {
    print_table(rows, now);
    finish_stdout();
    say(lease && lease->until > now
            ? "mirrored by '" + shown(lease->name) + "', " + shown(lease->holder)
            : std::string("no mirror is at work there"));
  }
  return ok ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

void write_state_members(JsonText& json, const MirrorState& state) {
  json.member("mirror", state.mirror);
  json.member("source", state.source);
  json.key("newest");
  if (state.checkpoints.empty()) {
    json.null();
  } else {
    const MirroredCheckpoint& newest = state.checkpoints.front();
    json.object([&] {
      json.member("name", newest.source.name);
      json.member("directory", newest.directory);
      json.member("source-time", written(newest));
      json.member("mirrored", newest.mirrored);
      json.member("files", newest.files);
      json.member("bytes", newest.bytes);
      json.member("files-copied", newest.copied_files);
      json.member("bytes-copied", newest.copied_bytes);
    });
  }
  json.member("checkpoints", std::uint64_t{state.checkpoints.size()});
  json.member("lag-checkpoints", state.behind);
  json.member("lag-seconds", state.lag);
  json.member("lag-bytes", state.lag_bytes);
  json.member("looked", state.looked);
  json.member("source-broken", state.broken);
  json.member("given-up-in-a-row", state.given_up_in_a_row);
  json.member("given-up-why", state.given_up.empty() ? "" : state.given_up.front().why);
  json.member("failed-over", state.failover.has_value());
}

void declare_mirror_status(CLI::App& mirror, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  CLI::App* app = mirror.add_subcommand(
      "status", "how far a mirror is behind, and from what jobs can be started");
  app->add_option("DST", o->in.snapshot, "where a mirror writes to")->required()->type_name("");
  app->add_option("--max-lag", o->max_lag, "being further behind is a finding (exit code 1)")
      ->type_name("TIME");
  app->add_flag("--json", o->json, "one JSON document");
  add_store_options(*app, o->in.stores, false);
  app->footer("Example:\n  stateferry mirror status s3://new/flink --max-lag 10m");
  app->callback([&, o] { run = [&, o] { return status(*o, context); }; });
}

}  // namespace stateferry::cli
