#include <unordered_map>
#include <unordered_set>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/plan_file.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/rule_loading.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::string target;
  std::string rules;
  std::vector<std::string> set;
  std::string root;
  std::string name;
  std::string scheme;
  std::vector<std::string> maps;
  std::string since;
  std::string into;
  std::string format = "csv";
  bool json = false;
  bool jsonl = false;
};

void check_usage(const Options& o) {
  if (!o.target.empty() && !o.rules.empty()) {
    throw Error("E-ARG-USAGE", "DST and --rules exclude each other", "leave one away");
  }
  if (o.target.empty() &&
      (!o.root.empty() || !o.maps.empty() || !o.name.empty() || !o.scheme.empty())) {
    throw Error("E-ARG-USAGE", "--root, --as, --map and --scheme need a target directory",
                "name it behind the snapshot");
  }
  if (o.json && o.jsonl) {
    throw Error("E-ARG-USAGE", "--json and --jsonl exclude each other", "leave one away");
  }
}

// What an earlier move has taken along: canonical URIs.
std::unordered_set<std::string> files_of(const std::string& argument, SnapshotRun& run) {
  std::unordered_set<std::string> files;
  if (argument.empty()) return files;
  const SnapshotReferences old =
      load_references(argument, {}, run.stores, run.registry, run.problems);
  for (const Reference& file : old.references.files) files.insert(canonical_uri(file.uri));
  return files;
}

// ------------------------------------------------------------------------------ by rules

// Where a rule file sends the locations of a snapshot.
struct RuleTargets {
  std::unordered_map<std::string, std::string> of;
  std::string new_base;  // of _metadata; empty: the rules don't say
};

// The text that the URI steps of a pipeline make of one that no `where` looks at.
std::string rewritten(const Pipeline& pipeline, std::string uri) {
  for (const Step& step : pipeline.steps) {
    const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
    if (transform == nullptr || !step.where.empty()) continue;
    std::string result;
    if (guarded_call(step.uses, [&] { return transform->rewrite(uri, result); }) ==
        Outcome::changed) {
      uri = std::move(result);
    }
  }
  return uri;
}

RuleTargets targets_by_rules(const Options& o, SnapshotReferences& snapshot, SnapshotRun& run) {
  auto rules = load_rules(o.rules, o.set, false, run.registry, run.problems);
  if (!rules || !rules->pipeline) {
    throw Error("E-RULE-FILE", "no plan can be made by these rules: " + o.rules);
  }
  if (!rules->pipeline->only_strings()) {
    throw Error("E-ARG-USAGE", "a plan can follow steps that change texts (uri.*) only",
                "run 'convert' with the other steps first, and plan for its result");
  }
  RuleTargets targets;
  RunOptions options;
  const std::string& file_system = snapshot.references.default_file_system;
  options.base_uri = snapshot.base;
  options.default_file_system = file_system;
  options.commit = false;
  options.on_change = [&](const Change& change) {
    const auto before = normalize_flink_path(change.before);
    targets.of[with_default_file_system(before.value_or(std::string(change.before)), file_system)] =
        with_default_file_system(change.after, file_system);
  };
  const auto source = memory_source(snapshot.input->bytes(), snapshot.pointer);
  rules->pipeline->run(*source, *discarding_sink(), run.registry, options, run.problems);
  const std::string pointer = join_uri(snapshot.base, "_metadata");
  const std::string moved = rewritten(*rules->pipeline, pointer);
  if (moved != pointer) targets.new_base = directory_of(moved);
  return targets;
}

void rows_by_rules(const References& references, const RuleTargets& targets,
                   const std::unordered_set<std::string>& skip, const RowSink& sink) {
  for_each_row(references, skip, [&](const PlanRow& row) {
    PlanRow r = row;
    const auto at = targets.of.find(row.source);
    if (at != targets.of.end()) {
      r.target = at->second;
    } else if (!targets.new_base.empty() && below_prefix(row.source, references.base)) {
      r.target = join_prefix(targets.new_base, below_prefix(row.source, references.base).value());
    } else {
      return;  // it stays where it is
    }
    refuse_metadata_target(r, targets.new_base.empty() ? references.base : targets.new_base);
    sink(r);
  });
}

// ------------------------------------------------------------------------------ output

struct Totals {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  bool at_least = false;  // some sizes are not known exactly
};

void tell(const Options& o, const SnapshotReferences& snapshot, const MovePlan* plan,
          const Totals& totals) {
  if (plan != nullptr) {
    say("root      " + shown(plan->root) + "\n" + "goes to   " + shown(plan->target) + "\n" +
        schemes_text(schemes_kept(snapshot.references, *plan), *plan, "schemes   ") + "_metadata " +
        shown(join_uri(plan->new_base, "_metadata")));
  }
  std::string text = count_of(totals.files, "file") + ", " + (totals.at_least ? "at least " : "") +
                     human_size(totals.bytes);
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

ExitCode plan(const Options& o, const Context& context) {
  check_usage(o);
  SnapshotRun run(o.in, context);
  SnapshotReferences snapshot = run.references();
  const References& references = snapshot.references;
  refuse_unsafe(references);
  const auto skip = files_of(o.since, run);
  std::optional<MovePlan> move;
  if (!o.target.empty()) {
    MoveRequest request{without_slash(uri_of_argument(o.target)),
                        {},
                        parse_maps(o.maps),
                        o.name,
                        !has_scheme(o.target),
                        o.scheme};
    if (!o.root.empty()) request.root = uri_of_argument(o.root);
    move = plan_move(references, request);
  }
  std::optional<RuleTargets> by_rules;
  if (!o.rules.empty()) by_rules = targets_by_rules(o, snapshot, run);

  const MovePlan* const decided = move ? &*move : nullptr;
  const PlanFormat format =
      o.jsonl ? PlanFormat::jsonl : plan_format_from_name(o.format).value_or(PlanFormat::csv);
  std::optional<JsonRows> document;
  std::unique_ptr<PlanWriter> writer;
  if (o.json) {
    document.emplace(snapshot, decided);
  } else {
    writer = make_plan_writer(format, decided ? decided->root : std::string(),
                              decided ? decided->target : std::string(),
                              [](std::string_view text) { print_exactly(text); });
  }
  const std::string into =
      o.into.empty() ? std::string() : canonical_uri(without_slash(uri_of_argument(o.into)));
  Totals totals;
  const RowSink row = [&](const PlanRow& r) {
    if (!into.empty() && directory_of(canonical_uri(r.target)) != into) return;
    ++totals.files;
    totals.bytes += r.bytes.value_or(r.at_least);
    totals.at_least |= !r.bytes;
    if (document) {
      document->row(r);
    } else {
      writer->row(r);
    }
  };
  if (move) {
    for_each_row(references, *move, skip, row);
  } else if (by_rules) {
    rows_by_rules(references, *by_rules, skip, row);
  } else {
    for_each_row(references, skip, row);
  }
  if (document) JsonRows::end();
  finish_stdout();
  tell(o, snapshot, decided, totals);
  return ExitCode::ok;
}

}  // namespace

void declare_plan(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in);
  app.add_option("DST", o->target, "the directory that the snapshot is to go below")->type_name("");
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
      "      --format s5cmd | s5cmd run");
  app.callback([&, o] { run = [&, o] { return plan(*o, context); }; });
}

}  // namespace stateferry::cli
