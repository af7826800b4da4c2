#include "commands/plan/plan.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/rule_loading.hpp"

namespace stateferry::cli {
namespace {

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

RuleTargets targets_by_rules(const PlanOptions& o, SnapshotReferences& snapshot, SnapshotRun& run) {
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

}  // namespace

PlanFormat PlanOptions::plan_format() const {
  return jsonl ? PlanFormat::jsonl : plan_format_from_name(format).value_or(PlanFormat::csv);
}

NeededBytes needed_since(const PlanOptions& o, SnapshotRun& run) {
  NeededBytes needed;
  if (o.since.empty()) return needed;
  const SnapshotReferences old =
      load_references(o.since, {}, run.stores, run.registry, run.problems);
  add_needed(old.references, needed);
  return needed;
}

PlannedSnapshot plan_snapshot(const PlanOptions& o, const std::string& snapshot,
                              const std::string& target, SnapshotRun& run) {
  PlannedSnapshot planned{run.references(snapshot), {}, {}};
  refuse_unsafe(planned.snapshot.references);
  if (!target.empty()) {
    MoveRequest request{without_slash(uri_of_argument(target)),
                        {},
                        parse_maps(o.maps),
                        o.name,
                        !has_scheme(target),
                        o.scheme};
    if (!o.root.empty()) request.root = uri_of_argument(o.root);
    planned.move = plan_move(planned.snapshot.references, request);
  }
  if (!o.rules.empty()) planned.by_rules = targets_by_rules(o, planned.snapshot, run);
  return planned;
}

void rows_of(const PlanOptions& o, const PlannedSnapshot& planned, const NeededBytes& had,
             const RowSink& sink) {
  const std::string into =
      o.into.empty() ? std::string() : canonical_uri(without_slash(uri_of_argument(o.into)));
  const RowSink row = [&](const PlanRow& r) {
    if (into.empty() || directory_of(canonical_uri(r.target)) == into) sink(r);
  };
  const References& references = planned.snapshot.references;
  const std::unordered_set<std::string> skip = files_within(references, had);
  if (planned.move) {
    for_each_row(references, *planned.move, skip, row);
  } else if (planned.by_rules) {
    rows_by_rules(references, *planned.by_rules, skip, row);
  } else {
    for_each_row(references, skip, row);
  }
}

void PlanTotals::add(const PlanRow& r) {
  ++files;
  bytes += r.bytes.value_or(r.at_least);
  at_least |= !r.bytes;
}

std::string PlanTotals::text() const {
  return count_of(files, "file") + ", " + (at_least ? "at least " : "") + human_size(bytes);
}

}  // namespace stateferry::cli
