// plan --snapshots: one plan of many snapshots, each file once. Nothing is printed before all of it
// is known: what reads the plan begins to copy.
#include <utility>

#include "commands/plan/plan.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/nameless_file.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry::cli {
namespace {

class FleetPlan {
 public:
  FleetPlan(const PlanOptions& o, SnapshotRun& run)
      : o_(o), run_(run), had_(needed_since(o, run)), spool_(nameless_file_sink("the plan")) {}

  // Adds one snapshot, or, when it can't be planned, nothing of it.
  void add(FleetSnapshot& one) {
    const PlanTotals before = totals_;
    targets_.next();
    text_.clear();
    const bool good = run_one(one, [&] { plan(one); });
    if (good) return flush();
    totals_ = before;
    targets_.forget_files();
  }
  void print() {
    writer_for(nullptr);  // of no snapshot, too, a plan has its header
    const auto written = spool_->written();
    const auto feed = written->open();
    std::vector<std::byte> buffer(std::size_t{1} << 18);
    while (const std::size_t got = feed->read(buffer)) {
      print_exactly({reinterpret_cast<const char*>(buffer.data()), got});
    }
    finish_stdout();
  }
  const PlanTotals& totals() const noexcept { return totals_; }

 private:
  void flush() {
    spool_->write(std::as_bytes(std::span(text_.data(), text_.size())));
    text_.clear();
  }
  void plan(const FleetSnapshot& one) {
    const PlannedSnapshot planned = plan_snapshot(o_, run_.chosen(one.argument), one.target, run_);
    const std::string new_base = planned.move       ? planned.move->new_base
                                 : planned.by_rules ? planned.by_rules->new_base
                                                    : std::string();
    if (!new_base.empty()) {
      targets_.add_snapshot(planned.snapshot.pointer, join_uri(new_base, "_metadata"));
    }
    PlanWriter& writer = writer_for(planned.decided());
    rows_of(o_, planned, had_, [&](const PlanRow& row) {
      if (!targets_.add(row)) return;
      totals_.add(row);
      writer.row(row);
    });
  }
  // Of the first snapshot that has come so far; rclone's format has one root and one target.
  PlanWriter& writer_for(const MovePlan* plan) {
    if (writer_ == nullptr) {
      writer_ = make_plan_writer(o_.plan_format(), plan != nullptr ? plan->root : std::string(),
                                 plan != nullptr ? plan->target : std::string(),
                                 [this](std::string_view text) { text_ += text; });
      flush();
    }
    return *writer_;
  }

  const PlanOptions& o_;
  SnapshotRun& run_;
  const NeededBytes had_;
  const std::unique_ptr<ByteSink> spool_;
  FleetTargets targets_;
  PlanTotals totals_;
  std::unique_ptr<PlanWriter> writer_;
  std::string text_;  // of the snapshot in hand
};

}  // namespace

ExitCode plan_fleet(const PlanOptions& o, const Context& context) {
  refuse_with_fleet("--as", !o.name.empty());
  refuse_with_fleet("--base-uri", !o.in.base_uri.empty());
  refuse_with_fleet("--json", o.json);
  std::vector<FleetSnapshot> snapshots = read_fleet(o.fleet, o.target, false);
  SnapshotRun run(o.in, context);
  FleetPlan plan(o, run);
  FleetProgress progress(snapshots.size());
  for (FleetSnapshot& one : snapshots) {
    plan.add(one);
    if (one.failure) say_failure(one);
    progress.step();
  }
  plan.print();
  say(plan.totals().text() + " of " + count_of(snapshots.size(), "snapshot") + ", " +
      grouped(failed_of(snapshots)) + " failed");
  return exit_of(snapshots);
}

}  // namespace stateferry::cli
