#include "host/location_runner.hpp"

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kSamples = 10;

std::string sample(std::string_view uri, const Location& location) {
  return std::string(uri) + "  (" + location.path->text() + ")";
}

}  // namespace

LocationStep::LocationStep(const Step& s, std::string_view base_uri, StepCounts& c)
    : step(s),
      transform(dynamic_cast<const UriTransform*>(s.transform.get())),
      assertion(dynamic_cast<const Assertion*>(s.transform.get())),
      selection(s.where, base_uri),
      counts(c) {}

void note_operator(RunState& state, const OperatorKey& op) {
  if (!op.uid.empty() || !op.name.empty()) state.names_seen = true;
  if (!state.operators_wanted.empty()) state.operators_wanted.erase(to_hex(op.id));
}

LocationRunner::LocationRunner(std::vector<LocationStep>& steps, RunState& state)
    : steps_(steps), state_(state) {
  for (const LocationStep& step : steps_) has_uri_steps_ |= step.transform != nullptr;
}

void LocationRunner::enter_operator(const OperatorKey& op) {
  note_operator(state_, op);
}

bool LocationRunner::edit(const Location& location, std::string_view& replacement) {
  ++state_.report.locations;
  const bool absolute = is_absolute(location.kind);
  if (absolute) ++state_.report.absolute;

  uri_ = location.text;
  plain_ = plain_before_(uri_);
  if (!plain_) decode(absolute);
  bool changed = false;
  touched_ = !absolute;
  for (LocationStep& step : steps_) {
    switch (apply(step, location)) {
      case Outcome::unmatched:
        break;
      case Outcome::already:
        touched_ = true;
        break;
      case Outcome::changed:
        touched_ = changed = true;
        break;
    }
  }
  if (!touched_ && has_uri_steps_ && state_.touched == nullptr) count_untouched(location);
  if (state_.collisions != nullptr && absolute && location.kind != LocationKind::directory) {
    const bool spelled = state_.collisions->watches(uri_);
    state_.collisions->add(location.text, uri_, spelled ? location.path->text() : std::string());
  }
  if (!changed) return false;

  if (plain_ || is_ascii(uri_)) {
    replacement = uri_;
  } else {
    replacement_ = from_utf8(uri_);
    replacement = replacement_;
  }
  if (replacement.size() > kMaxUtfBytes) {
    throw RuleError(
        "E-RULE-TEXT-LENGTH",
        "a new location takes " + std::to_string(replacement.size()) +
            " bytes; Flink's format holds at most 65535: " + std::string(uri_.substr(0, 100)) + "…",
        "choose a shorter target");
  }
  if (replacement == location.text) return false;
  ++state_.report.changed_locations;
  if (state_.options.on_change) {
    const std::string before = to_utf8(location.text);
    state_.options.on_change(Change{location, before, uri_});
  }
  return true;
}

void LocationRunner::decode(bool absolute) {
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

Outcome LocationRunner::apply(LocationStep& step, const Location& location) {
  if (!step.selection.selects(location, uri_)) {
    if (is_absolute(location.kind)) ++step.unselected;
    return Outcome::unmatched;
  }
  ++step.counts.selected;
  if (step.assertion != nullptr) {
    const bool matches =
        guarded_call(step.step.uses, [&] { return step.assertion->matches(uri_); });
    if (matches) ++step.matching;
    if (matches == step.assertion->matching_is_fault() && step.fault_samples.size() < kSamples) {
      step.fault_samples.push_back(sample(uri_, location));
    }
    return Outcome::unmatched;
  }
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
  return outcome;
}

void LocationRunner::check_result(const LocationStep& step, const Location& location) {
  plain_ = plain_after_(result_);
  if (plain_ || !is_absolute(location.kind)) return;
  if (is_normal_flink_path(result_) && has_scheme(result_)) return;
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

void LocationRunner::count_untouched(const Location& location) {
  ++state_.report.untouched;
  if (state_.report.untouched_samples.size() < kSamples) {
    state_.report.untouched_samples.push_back(sample(uri_, location));
  }
}

}  // namespace stateferry
