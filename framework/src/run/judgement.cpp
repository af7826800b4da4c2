#include "run/judgement.hpp"

#include <algorithm>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"

namespace stateferry {

void Judgement::judge_version(const Dialect& dialect) {
  const auto& version = pipeline_.require.metadata_version;
  if (!version || version->holds(static_cast<std::uint64_t>(dialect.format_version))) return;
  unmet("E-RULE-REQUIRE",
        "the rules require metadata version " + version->text + ", the snapshot has " +
            std::to_string(dialect.format_version),
        version->mark);
  fail_if_unmet();
}

void Judgement::unmet(const char* code, std::string message, SourceMark mark,
                      std::vector<std::string> notes, std::string hint) {
  Diagnostic d;
  d.code = code;
  d.message = std::move(message);
  d.mark = std::move(mark);
  if (!d.mark) d.subject = subject_;
  d.notes = std::move(notes);
  d.hint = std::move(hint);
  unmet_.push_back(std::move(d));
}
// Reports all, throws the first.
void Judgement::fail_if_unmet() {
  if (unmet_.empty()) return;
  for (std::size_t i = 1; i < unmet_.size(); ++i) diagnostics_.report(unmet_[i]);
  throw RuleError(unmet_.front());
}

void Judgement::judge() {
  judge_requirements();
  judge_steps();
  judge_untouched();
  fail_if_unmet();
}

void Judgement::judge_requirements() {
  const Requirements& require = pipeline_.require;
  if (!require.snapshot.empty() && std::find(require.snapshot.begin(), require.snapshot.end(),
                                             found_.report.snapshot) == require.snapshot.end()) {
    std::string wanted;
    for (const SnapshotType type : require.snapshot) {
      wanted += (wanted.empty() ? "" : " or ") + std::string(snapshot_type_name(type));
    }
    unmet("E-RULE-REQUIRE",
          "the rules require a snapshot of kind " + wanted + ", this one is " +
              std::string(snapshot_type_name(found_.report.snapshot)),
          require.mark);
  }
  for (const auto& [id, text] : require.operators) {
    if (found_.operators_missing.contains(to_hex(id))) {
      unmet("E-RULE-REQUIRE", "the snapshot has no operator '" + text + "' (" + to_hex(id) + ")",
            require.mark);
    }
  }
}

void Judgement::judge_steps() {
  for (const Step& step : pipeline_.steps) judge_names(step);
  for (const LocationStep& step : found_.steps) {
    if (step.assertion == nullptr) continue;
    const std::string complaint = guarded_call(step.step.uses, [&] {
      return step.assertion->verdict(step.counts.selected, step.matching);
    });
    if (!complaint.empty()) {
      unmet("E-RULE-ASSERT", "step '" + step.step.id + "': " + complaint, step.step.mark,
            step.fault_samples);
    }
  }
  for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) judge_counts(i);
}

void Judgement::judge_names(const Step& step) {
  const char* const unknown = found_.seen.unknown_of(step.where);
  if (unknown == nullptr) return;
  unmet("E-RULE-NAMES",
        "step '" + step.id + "' selects operators by a pattern on " + unknown +
            ", which this snapshot doesn't store",
        step.mark, {}, kNamesHint);
}

void Judgement::judge_counts(std::size_t i) {
  const StepCounts& counts = found_.report.steps[i];
  for (const auto& [key, bound] : pipeline_.steps[i].expect) {
    const std::uint64_t count = key == "selected"    ? counts.selected
                                : key == "changed"   ? counts.changed
                                : key == "already"   ? counts.already
                                : key == "unmatched" ? counts.unmatched
                                                     : counts.matched();
    if (bound.holds(count)) continue;
    std::vector<std::string> notes;
    // With the usual policy these are listed once, below.
    if (key == "unmatched" && pipeline_.untouched_policy() != Untouched::fail) {
      notes = found_.report.untouched_samples;
    }
    if (pipeline_.untouched_policy() == Untouched::allow) {
      for (std::string& note : missed_prefixes()) notes.push_back(std::move(note));
    }
    unmet("E-RULE-EXPECT",
          "step '" + counts.id + "' expects " + key + " to be " + bound.text + ", but it is " +
              std::to_string(count) + " (selected " + std::to_string(counts.selected) +
              ", changed " + std::to_string(counts.changed) + ", already " +
              std::to_string(counts.already) + ", unmatched " + std::to_string(counts.unmatched) +
              ")",
          bound.mark, std::move(notes));
  }
}

// What steps looked for in vain, and where the URIs lie that nobody has matched.
std::vector<std::string> Judgement::missed_prefixes() const {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
    const Step& step = pipeline_.steps[i];
    const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
    const StepCounts& counts = found_.report.steps[i];
    if (transform == nullptr || counts.selected == 0 || counts.matched() > 0) continue;
    const auto moves = guarded_call(step.uses, [&] { return transform->moves(); });
    if (!moves || moves->empty()) continue;
    std::string note = "step '" + step.id + "' found nothing below " + moves->front().from;
    if (moves->size() > 1) {
      note += " and " + std::to_string(moves->size() - 1) + " more prefixes";
    }
    const auto roots = found_.report.untouched_roots.nearest_to(moves->front().from);
    for (std::size_t k = 0; k < roots.size() && k < kShown; ++k) {
      note += (k == 0 ? "; the snapshot's URIs lie below " : ", ") + roots[k].uri;
    }
    if (roots.size() > kShown) note += " and elsewhere";
    notes.push_back(std::move(note));
  }
  return notes;
}

void Judgement::judge_untouched() {
  const Untouched policy = pipeline_.untouched_policy();
  if (found_.report.untouched == 0 || policy == Untouched::allow) return;
  std::vector<std::string> notes = found_.report.untouched_samples;
  if (found_.report.untouched > notes.size()) {
    notes.push_back("… and " + std::to_string(found_.report.untouched - notes.size()) + " more");
  }
  for (std::string& note : missed_prefixes()) notes.push_back(std::move(note));
  const std::string message =
      std::to_string(found_.report.untouched) +
      (found_.report.untouched == 1 ? " absolute URI is" : " absolute URIs are") +
      " matched by no step and below no target";
  const char* hint =
      "add a step for them, or say 'untouched-uris: allow' under 'output' if they are to stay";
  if (policy == Untouched::fail) {
    unmet("E-RULE-UNMATCHED-URI", message, {}, std::move(notes), hint);
    return;
  }
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-RULE-UNMATCHED-URI";
  d.message = message;
  d.subject = subject_;
  d.notes = std::move(notes);
  diagnostics_.report(std::move(d));
}

}  // namespace stateferry
