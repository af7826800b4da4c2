#include "commands/plan/plan.hpp"

#include <optional>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::cli {
namespace {

void check_usage(const PlanOptions& o) {
  if (!o.target.empty() && !o.rules.empty()) {
    throw Error("E-ARG-USAGE", "DST and --rules exclude each other", "leave one away");
  }
  if (o.target.empty() && !o.fleet.given() &&
      (!o.root.empty() || !o.maps.empty() || !o.name.empty() || !o.scheme.empty())) {
    throw Error("E-ARG-USAGE", "--root, --as, --map and --scheme need a target directory",
                "name it behind the snapshot");
  }
  if (o.json && o.jsonl) {
    throw Error("E-ARG-USAGE", "--json and --jsonl exclude each other", "leave one away");
  }
}

// ------------------------------------------------------------------------------ output

void tell(const PlanOptions& o, const SnapshotReferences& snapshot, const MovePlan* plan,
          const PlanTotals& totals) {
  if (plan != nullptr) {
    say("root      " + shown(plan->root) + "\n" + "goes to   " + shown(plan->target) + "\n" +
        schemes_text(schemes_kept(snapshot.references, *plan), *plan, "schemes   ") + "_metadata " +
        shown(join_uri(plan->new_base, "_metadata")));
  }
  std::string text = totals.text();
  if (!o.since.empty()) text += ", without those of " + shown(o.since);
  say(text + " (" + count_of(snapshot.references.files.size(), "file") + " in the snapshot)");
}

// Prints rows as one JSON document, as they come.
class JsonRows {
 public:
  JsonRows(const SnapshotReferences& snapshot, const MovePlan* plan)
      : writer_(make_plan_writer(PlanFormat::jsonl, {}, {}, [this](std::string_view line) {
          print_exactly(first_ ? "\n    " : ",\n    ");
          print_exactly(line.substr(0, line.size() - 1));
          first_ = false;
        })) {
    print_exactly("{\n  \"schema\": \"stateferry/plan/1\",\n  \"snapshot\": " +
                  json_string(snapshot.pointer));
    if (plan != nullptr) {
      print_exactly(",\n  \"root\": " + json_string(plan->root) +
                    ",\n  \"target\": " + json_string(plan->target) +
                    ",\n  \"metadata\": " + json_string(join_uri(plan->new_base, "_metadata")));
    }
    print_exactly(",\n  \"files\": [");
  }
  void row(const PlanRow& row) { writer_->row(row); }
  static void end() { print_exactly("\n  ]\n}\n"); }

 private:
  bool first_ = true;
  std::unique_ptr<PlanWriter> writer_;
};

ExitCode plan(const PlanOptions& o, const Context& context) {
  check_usage(o);
  if (o.fleet.given()) return plan_fleet(o, context);
  SnapshotRun run(o.in, context);
  const PlannedSnapshot planned = plan_snapshot(o, run.snapshot(), o.target, run);
  const NeededBytes had = needed_since(o, run);
  const MovePlan* const decided = planned.decided();
  std::optional<JsonRows> document;
  std::unique_ptr<PlanWriter> writer;
  if (o.json) {
    document.emplace(planned.snapshot, decided);
  } else {
    writer = make_plan_writer(o.plan_format(), decided ? decided->root : std::string(),
                              decided ? decided->target : std::string(),
                              [](std::string_view text) { print_exactly(text); });
  }
  PlanTotals totals;
  rows_of(o, planned, had, [&](const PlanRow& r) {
    totals.add(r);
    if (document) {
      document->row(r);
    } else {
      writer->row(r);
    }
  });
  if (document) JsonRows::end();
  finish_stdout();
  tell(o, planned.snapshot, decided, totals);
  return ExitCode::ok;
}

}  // namespace

void declare_plan(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<PlanOptions>();
  CLI::Option* const snapshot = add_snapshot_argument(app, o->in);
  CLI::Option* const target =
      app.add_option("DST", o->target, "the directory that the snapshot is to go below")
          ->type_name("");
  add_fleet_options(app, o->fleet, snapshot, target);
  app.add_option("-r,--rules", o->rules, "take the targets from a rule file")->type_name("FILE");
  app.add_option("--set", o->set, "value of a variable of the rule file (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--root", o->root, "the directory that keeps its layout below DST")
      ->type_name("URI");
  add_as_option(app, o->name);
  add_scheme_option(app, o->scheme);
  app.add_option("--map", o->maps, "what lies below FROM goes below TO instead (repeatable)")
      ->type_name("FROM=TO")
      ->allow_extra_args(false);
  add_place_options(app, o->in);
  app.add_option("--since", o->since, "leave out what this earlier snapshot needs, too")
      ->type_name("METADATA");
  app.add_option("--into", o->into, "only files that go into this directory itself")
      ->type_name("DIR");
  app.add_option("--format", o->format, "how to write the plan (default csv)")
      ->check(CLI::IsMember({"csv", "jsonl", "rclone", "s5cmd", "distcp", "s3-batch"}))
      ->type_name("csv|jsonl|rclone|s5cmd|distcp|s3-batch");
  app.add_flag("--json", o->json, "one JSON document");
  app.add_flag("--jsonl", o->jsonl, "the same as --format jsonl");
  add_store_options(app, o->in.stores, false);
  app.footer(
      "Examples:\n"
      "  stateferry plan s3://old/flink/job/chk-9 s3://new/flink/job >plan.csv\n"
      "  stateferry plan --base-uri s3://old/flink/job/chk-9 saved/_metadata s3://new/flink/job "
      "\\\n"
      "      --format s5cmd | s5cmd run\n"
      "  stateferry plan --snapshots list --root s3://old/flink s3://new/flink >plan.csv");
  app.callback([&, o] {
    run = [&, o] {
      o->fleet.take_target(o->in.snapshot, o->target);
      return plan(*o, context);
    };
  });
}

}  // namespace stateferry::cli
