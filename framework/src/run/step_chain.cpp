#include "run/step_chain.hpp"

#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry {
namespace {

// Of inline state: its name or the URI in it that is the fault, where there is one.
std::string inline_sample(const Assertion& assertion, std::string_view name,
                          const Location& location) {
  const auto is_fault = [&](std::string_view text) {
    return assertion.matches(text) == assertion.matching_is_fault();
  };
  if (!name.empty() && is_fault(name)) return sample(name, location);
  std::string path = location.path->text();
  constexpr std::string_view kName = ".handle_name";
  if (path.ends_with(kName)) path.replace(path.size() - kName.size(), kName.size(), ".data");
  std::string fault;
  find_uris(location.state, [&](const FoundUri& found) {
    if (!fault.empty()) return;
    const std::string uri = normalize_flink_path(found.text).value_or(found.text);
    if (is_fault(uri)) fault = uri;
  });
  return (fault.empty() ? std::string("inline state") : "'" + fault + "' in inline state") + "  (" +
         path + ")";
}

}  // namespace

std::string sample(std::string_view uri, const Location& location) {
  return std::string(uri) + "  (" + location.path->text() + ")";
}

LocationStep::LocationStep(const Step& s, const RunOptions& options, StepCounts& c)
    : step(s),
      transform(dynamic_cast<const UriTransform*>(s.transform.get())),
      assertion(dynamic_cast<const Assertion*>(s.transform.get())),
      selection(s.where, options, options.operator_names.get()),
      counts(c) {}

StepChain::StepChain(std::vector<LocationStep>& steps) : steps_(steps) {
  for (const LocationStep& step : steps_) {
    has_uri_steps_ |= step.transform != nullptr;
    by_operator_ |= step.selection.by_operator();
  }
  said_.reserve(steps_.size());
}

bool StepChain::run(const Location& location) {
  const bool absolute = is_absolute(location.kind);
  uri_ = location.text;
  plain_ = plain_before_(uri_);
  if (!plain_) decode(absolute);
  // ASCII and in Flink's form, since it needed no other text.
  as_it_came_ = uri_.data() == location.text.data();
  bool changed = false;
  touched_ = !absolute;
  said_.clear();
  for (LocationStep& step : steps_) {
    const StepAnswer said = apply(step, location);
    said_.push_back(said);
    if (said.outcome == Outcome::already) touched_ = true;
    if (said.outcome == Outcome::changed) touched_ = changed = true;
  }
  return changed;
}

void StepChain::decode(bool absolute) {
  if (!is_ascii(uri_)) {
    decoded_ = to_utf8(uri_);
    uri_ = decoded_;
  }
  // Another tool may have written `file:///x`; steps see what Flink would have written.
  if (!absolute || is_normal_flink_path(uri_)) return;
  if (auto normal = normalize_flink_path(uri_)) {
    current_ = std::move(*normal);
    uri_ = current_;
  }
}

StepAnswer StepChain::apply(LocationStep& step, const Location& location) {
  if (!step.selection.selects(location, uri_)) {
    if (is_absolute(location.kind)) ++step.unselected;
    return {};
  }
  ++step.counts.selected;
  if (step.assertion != nullptr) return check_assertion(step, location);
  result_.clear();
  Outcome outcome =
      guarded_call(step.step.uses, [&] { return step.transform->rewrite(uri_, result_); });
  if (outcome == Outcome::changed && result_ == uri_) outcome = Outcome::already;
  switch (outcome) {
    case Outcome::unmatched:
      ++step.counts.unmatched;
      break;
    case Outcome::already:
      ++step.counts.already;
      break;
    case Outcome::changed:
      check_result(step, location);
      ++step.counts.changed;
      current_.swap(result_);
      uri_ = current_;
      break;
  }
  return {true, false, outcome};
}

StepAnswer StepChain::check_assertion(LocationStep& step, const Location& location) {
  const bool is_inline = location.kind == LocationKind::bytes;
  const bool matches = guarded_call(step.step.uses, [&] {
    return is_inline ? step.assertion->matches_inline(uri_, location.state)
                     : step.assertion->matches(uri_);
  });
  if (matches) ++step.matching;
  if (matches == step.assertion->matching_is_fault() && step.fault_samples.size() < kSamples) {
    step.fault_samples.push_back(is_inline ? inline_sample(*step.assertion, uri_, location)
                                           : sample(uri_, location));
  }
  return {true, matches, Outcome::unmatched};
}

void StepChain::judge_state(const Location& place) {
  uri_ = {};
  for (LocationStep& step : steps_) {
    if (step.assertion == nullptr || !step.selection.selects(place, uri_)) continue;
    ++step.counts.selected;
    check_assertion(step, place);
  }
}

void StepChain::check_result(const LocationStep& step, const Location& location) {
  plain_ = plain_after_(result_);
  if (plain_ || !is_absolute(location.kind)) return;
  if (is_normal_flink_path(result_)) {
    if (has_scheme(result_)) return;
    // Without a scheme as it was before: Flink's default file system stays the one that is meant.
    const bool was_bare = location.text.starts_with('/') && !location.text.starts_with("//");
    if (was_bare && result_.starts_with('/') && !result_.starts_with("//")) return;
  }
  const auto normal = normalize_flink_path(result_);
  Diagnostic d;
  d.code = "E-RULE-NOT-PATH";
  d.message = "step '" + step.step.id + "' makes '" + result_ + "' of '" + std::string(uri_) +
              "', which is not a path as Flink writes it";
  d.mark = step.step.mark;
  d.place = BytePlace{std::nullopt, location.path->text()};
  if (normal && *normal != result_) {
    d.hint = "Flink would write '" + *normal + "'";
  } else {
    d.hint = "a location is scheme://authority/path";
  }
  throw RuleError(std::move(d));
}

// ---------------------------------------------------------------------------- by directory

void StepChain::fail_inconsistent(const LocationStep& step, const Location& location) {
  throw PluginError("E-PLUGIN-FAILED",
                    "step '" + step.step.id + "' says of a directory something else than of '" +
                        std::string(location.text) + "' in it",
                    "this is a fault of the plugin that has " + step.step.uses);
}

bool StepChain::ask_directory(const Location& location, DirectoryAnswer& answer) {
  answer.target = answer.directory;
  answer.steps.assign(steps_.size(), {});
  answer.touched = !is_absolute(location.kind);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    StepAnswer& said = answer.steps[i];
    if (!ask_step(steps_[i], location, answer, said)) return false;
    if (said.outcome != Outcome::unmatched) answer.touched = true;
    if (said != said_[i]) fail_inconsistent(steps_[i], location);
  }
  const std::string_view name = location.text.substr(answer.directory.size());
  if (uri_ != answer.target + std::string(name)) fail_inconsistent(steps_.back(), location);
  answer.changed = answer.target != answer.directory;
  return true;
}

bool StepChain::ask_step(LocationStep& step, const Location& location, DirectoryAnswer& answer,
                         StepAnswer& said) {
  const auto selected = step.selection.selects_directory(location, answer.target);
  if (!selected) return false;
  said.selected = *selected;
  if (!said.selected) return true;
  const std::string_view directory = answer.target;
  if (step.assertion != nullptr) {
    const auto matches =
        guarded_call(step.step.uses, [&] { return step.assertion->matches_directory(directory); });
    if (!matches) return false;
    said.matches = *matches;
    // The first faults are named one by one.
    return said.matches != step.assertion->matching_is_fault() ||
           step.fault_samples.size() >= kSamples;
  }
  result_.clear();
  const auto outcome = guarded_call(
      step.step.uses, [&] { return step.transform->rewrite_directory(directory, result_); });
  if (!outcome) return false;
  said.outcome = *outcome;
  if (said.outcome != Outcome::changed) return true;
  if (!result_.ends_with('/') || !plain_after_(result_ + "xxxxxxxxxxxxxxxxx")) return false;
  if (result_ == answer.target) said.outcome = Outcome::already;
  answer.target.swap(result_);
  return true;
}

}  // namespace stateferry
