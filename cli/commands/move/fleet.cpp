// move --snapshots: each snapshot of a list is a run of its own. All are looked at before the first
// is copied, so that no two of them are put in one place.
#include <optional>

#include "commands/commands.hpp"
#include "commands/move/move.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry::cli {
namespace {

void check_usage(const MoveArguments& o) {
  refuse_with_fleet("--as", !o.name.empty());
  refuse_with_fleet("--base-uri", !o.in.base_uri.empty());
  refuse_with_fleet("--emit-rules", !o.emit_rules.empty());
  refuse_with_fleet("--journal", !o.journal.empty());
  refuse_with_fleet("--delete-source", o.delete_source);
  refuse_with_fleet("--engine s3-batch", o.engine.name == "s3-batch");
}

// Where each goes, by its metadata alone.
void look_at_all(const MoveArguments& o, std::vector<FleetSnapshot>& snapshots, SnapshotRun& run) {
  FleetTargets targets;
  FleetProgress progress(snapshots.size());
  for (FleetSnapshot& one : snapshots) {
    run_one(one, [&] {
      one.argument = run.chosen(one.argument);
      const SnapshotReferences read = run.references(one.argument);
      const MovePlan plan = plan_move(read.references, move_request(o, one.target));
      targets.add_snapshot(read.pointer, join_uri(plan.new_base, "_metadata"));
      for_each_row(read.references, plan, {}, [&](const PlanRow& row) { targets.add(row); });
    });
    progress.step();
  }
}

// What all runs come to.
struct Totals {
  std::uint64_t moved = 0;
  std::uint64_t done_before = 0;
  CopyReport copied;

  void add(const SnapshotTransfer& m) {
    ++(m.was_there ? done_before : moved);
    copied.copied += m.copied.copied;
    copied.grown += m.copied.grown;
    copied.bytes += m.copied.bytes;
    copied.existed += m.copied.existed;
    copied.resumed += m.copied.resumed;
    copied.access_not_kept += m.copied.access_not_kept;
    copied.seconds += m.copied.seconds;
  }
};

class FleetReport {
 public:
  explicit FleetReport(const MoveArguments& o) : o_(o) {
    if (!o.json) return;
    document_.begin_object();
    document_.member("schema", "stateferry/move-many/1");
    document_.key("runs");
    document_.begin_array();
  }
  void done(const FleetSnapshot& one, const SnapshotTransfer& m, const MovePlan& plan) {
    totals_.add(m);
    if (machine()) {
      write([&](JsonText& json) { write_members(json, o_, m, plan, nullptr); });
      return;
    }
    say(shown(one.argument) + ": " + (m.was_there ? "was done before" : files_text(m, o_.dry_run)) +
        " -> " + shown(m.new_base));
  }
  void failed(const FleetSnapshot& one) {
    say_failure(one);
    if (machine()) write([&](JsonText& json) { write_failure(json, one); });
  }
  void end(std::uint64_t count, std::uint64_t failed) {
    if (o_.json) {
      document_.end_array();
      document_.end_object();
      print_json(document_);
    }
    say(count_of(count, "snapshot") + ": " + grouped(totals_.moved) +
        (o_.dry_run ? " to be moved, " : " moved, ") + grouped(totals_.done_before) +
        " done before, " + grouped(failed) + " failed" +
        (o_.dry_run ? "" : "; " + copy_text(totals_.copied)));
  }

 private:
  bool machine() const { return o_.json || o_.jsonl; }
  template <class F>
  void write(F&& members) {
    if (o_.json) {
      document_.object([&] { members(document_); });
      return;
    }
    JsonText line(JsonText::Style::compact);
    line.object([&] {
      line.member("schema", "stateferry/move/1");
      members(line);
    });
    print_json(line);
    finish_stdout();  // whoever reads it sees how far it is
  }

  const MoveArguments& o_;
  JsonText document_;
  Totals totals_;
};

}  // namespace

ExitCode move_fleet(const MoveArguments& o, const Context& context) {
  check_usage(o);
  std::vector<FleetSnapshot> snapshots = read_fleet(o.fleet, o.target, true);
  SnapshotRun run(o.in, context);
  look_at_all(o, snapshots, run);
  FleetReport report(o);
  for (FleetSnapshot& one : snapshots) {
    if (!one.failure) {
      run_one(one, [&] {
        move_snapshot(o, one.argument, one.target, run, context,
                      [&](const SnapshotTransfer& m, const MovePlan& plan, const DeletionReport*) {
                        report.done(one, m, plan);
                      });
      });
    }
    if (one.failure) report.failed(one);
  }
  report.end(snapshots.size(), failed_of(snapshots));
  return exit_of(snapshots);
}

}  // namespace stateferry::cli
