#include "run/location_runner.hpp"

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kSamples = 10;

std::string sample(std::string_view uri, const Location& location) {
  return std::string(uri) + "  (" + location.path->text() + ")";
}

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

LocationStep::LocationStep(const Step& s, const RunOptions& options, StepCounts& c)
    : step(s),
      transform(dynamic_cast<const UriTransform*>(s.transform.get())),
      assertion(dynamic_cast<const Assertion*>(s.transform.get())),
      selection(s.where, options, options.operator_names.get()),
      counts(c) {}

void note_operator(RunState& state, const OperatorKey& op) {
  OperatorsSeen& seen = state.seen;
  if (seen.complete) return;
  seen.any = true;
  // A file that stores one of the two stores both.
  if (!op.uid.empty() || !op.name.empty()) seen.uids = seen.names = true;
  if (const OperatorNames* names = state.options.operator_names.get()) {
    const OperatorKey key = names->complete(op);
    seen.uids |= !key.uid.empty();
    seen.names |= !key.name.empty();
  }
  if (!state.operators_wanted.empty()) state.operators_wanted.erase(to_hex(op.id));
}

LocationRunner::LocationRunner(std::vector<LocationStep>& steps, RunState& state)
    : steps_(steps), state_(state) {
  for (const LocationStep& step : steps_) {
    has_uri_steps_ |= step.transform != nullptr;
    by_operator_ |= step.selection.by_operator();
  }
  said_.reserve(steps_.size());
  tells_each_ = state_.collisions != nullptr || state_.options.on_change;
}

void LocationRunner::enter_operator(const OperatorKey& op) {
  note_operator(state_, op);
  if (!by_operator_) return;
  for (DirectoryAnswer& answer : answers_) {
    count(answer);
    answer.directory.clear();
  }
}

bool LocationRunner::edit(const Location& location, Replacement& replacement) {
  DirectoryAnswer& last = answers_[last_answer_];
  if (last.answers(location)) return edit_by(last, location, replacement);
  if (DirectoryAnswer* answer = find_answer(location)) {
    return edit_by(*answer, location, replacement);
  }
  return edit_alone(location, replacement);
}

void LocationRunner::finish() {
  for (DirectoryAnswer& answer : answers_) count(answer);
}

// ---------------------------------------------------------------------------- by directory

void DirectoryProof::add(const std::string& directory, const std::string& target) {
  if (!holds_) return;
  const auto [at, is_new] = sources_.emplace(target, directory);
  holds_ = at->second == directory && sources_.size() <= kMost;
}

DirectoryAnswer* LocationRunner::find_answer(const Location& location) noexcept {
  for (std::size_t i = 0; i < kAnswers; ++i) {
    if (i == last_answer_ || !answers_[i].answers(location)) continue;
    last_answer_ = i;
    return &answers_[i];
  }
  return nullptr;
}

bool LocationRunner::edit_by(DirectoryAnswer& answer, const Location& location,
                             Replacement& replacement) {
  ++answer.uses;
  touched_ = answer.touched;
  if (tells_each_ || !touched_) {
    tell(answer, location);
  } else {
    replacement.directory = answer.directory;
  }
  if (!answer.changed) return false;
  replacement.head = answer.target;
  replacement.tail = location.text.substr(answer.directory.size());
  check_length(replacement.size(), location);
  return true;
}

void LocationRunner::tell(const DirectoryAnswer& answer, const Location& location) {
  current_.assign(answer.target).append(location.text.substr(answer.directory.size()));
  uri_ = current_;
  if (!touched_ && has_uri_steps_ && state_.touched == nullptr) count_untouched(location);
  if (state_.collisions != nullptr) note_collision(location);
  if (answer.changed && state_.options.on_change) {
    state_.options.on_change(Change{location, location.text, uri_});
  }
}

void LocationRunner::count(DirectoryAnswer& answer) {
  if (answer.uses == 0) return;
  RunReport& report = state_.report;
  report.locations += answer.uses;
  if (is_absolute(answer.kind)) report.absolute += answer.uses;
  if (answer.changed) report.changed_locations += answer.uses;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const StepAnswer& said = answer.steps[i];
    LocationStep& step = steps_[i];
    if (!said.selected) {
      if (is_absolute(answer.kind)) step.unselected += answer.uses;
      continue;
    }
    step.counts.selected += answer.uses;
    if (step.assertion != nullptr) {
      if (said.matches) step.matching += answer.uses;
    } else if (said.outcome == Outcome::changed) {
      step.counts.changed += answer.uses;
    } else if (said.outcome == Outcome::already) {
      step.counts.already += answer.uses;
    } else {
      step.counts.unmatched += answer.uses;
    }
  }
  answer.uses = 0;
}

// After a location was judged alone: whether what was said of it holds of its whole directory.
void LocationRunner::remember(const Location& location) {
  const std::string_view text = location.text;
  const std::size_t slash = text.rfind('/');
  const bool plain = slash != std::string_view::npos && is_plain_name(text.substr(slash + 1));
  DirectoryAnswer& answer = answers_[next_answer_];
  count(answer);
  answer.directory.clear();
  if (plain) {
    answer.kind = location.kind;
    answer.roles = location.roles;
    answer.directory.assign(text.substr(0, slash + 1));
    if (!ask_steps(location, answer)) answer.directory.clear();
  }
  if (answer.directory.empty()) {
    if (location.kind != LocationKind::directory) proof_.give_up();
    return;
  }
  if (location.kind != LocationKind::directory) proof_.add(answer.directory, answer.target);
  last_answer_ = next_answer_;
  next_answer_ = (next_answer_ + 1) % kAnswers;
}

void LocationRunner::fail_two_faced(const LocationStep& step, const Location& location) {
  throw PluginError("E-PLUGIN-FAILED",
                    "step '" + step.step.id + "' says of a directory something else than of '" +
                        std::string(location.text) + "' in it",
                    "this is a fault of the plugin that has " + step.step.uses);
}

// False when some step can't say, or what it says is not simple enough to be remembered.
bool LocationRunner::ask_steps(const Location& location, DirectoryAnswer& answer) {
  answer.target = answer.directory;
  answer.steps.assign(steps_.size(), {});
  answer.touched = !is_absolute(location.kind);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    StepAnswer& said = answer.steps[i];
    if (!ask_step(steps_[i], location, answer, said)) return false;
    if (said.outcome != Outcome::unmatched) answer.touched = true;
    if (said != said_[i]) fail_two_faced(steps_[i], location);
  }
  const std::string_view name = location.text.substr(answer.directory.size());
  if (uri_ != answer.target + std::string(name)) fail_two_faced(steps_.back(), location);
  answer.changed = answer.target != answer.directory;
  return true;
}

bool LocationRunner::ask_step(LocationStep& step, const Location& location, DirectoryAnswer& answer,
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

// ---------------------------------------------------------------------------- one by one

bool LocationRunner::edit_alone(const Location& location, Replacement& replacement) {
  ++state_.report.locations;
  const bool absolute = is_absolute(location.kind);
  if (absolute) ++state_.report.absolute;

  uri_ = location.text;
  plain_ = plain_before_(uri_);
  if (!plain_) decode(absolute);
  // ASCII and in Flink's form, since it needed no other text.
  const bool as_it_came = uri_.data() == location.text.data();
  bool changed = false;
  touched_ = !absolute;
  said_.clear();
  for (LocationStep& step : steps_) {
    const StepAnswer said = apply(step, location);
    said_.push_back(said);
    if (said.outcome == Outcome::already) touched_ = true;
    if (said.outcome == Outcome::changed) touched_ = changed = true;
  }
  if (!touched_ && has_uri_steps_ && state_.touched == nullptr) count_untouched(location);
  if (state_.collisions != nullptr) note_collision(location);

  const bool replaced = changed && take_result(location, replacement);
  if (absolute) {
    if (as_it_came) {
      remember(location);
    } else if (location.kind != LocationKind::directory) {
      proof_.give_up();
    }
  }
  return replaced;
}

bool LocationRunner::take_result(const Location& location, Replacement& replacement) {
  // The steps are asked once more about the directory; the answer must outlive that.
  replacement_ = plain_ || is_ascii(uri_) ? std::string(uri_) : from_utf8(uri_);
  check_length(replacement_.size(), location);
  if (replacement_ == location.text) return false;
  ++state_.report.changed_locations;
  if (state_.options.on_change) {
    const std::string before = to_utf8(location.text);
    state_.options.on_change(Change{location, before, uri_});
  }
  replacement.head = replacement_;
  return true;
}

void LocationRunner::check_length(std::size_t bytes, const Location& location) {
  if (bytes <= kMaxUtfBytes) return;
  throw RuleError("E-RULE-TEXT-LENGTH",
                  "the new text of a location takes " + std::to_string(bytes) +
                      " bytes; Flink's format holds at most 65535: of " +
                      to_utf8(location.text).substr(0, 100) + "…  (" + location.path->text() + ")",
                  "choose a shorter target");
}

void LocationRunner::note_collision(const Location& location) {
  if (!is_absolute(location.kind) || location.kind == LocationKind::directory) return;
  const bool spelled = state_.collisions->watches(uri_);
  state_.collisions->add(location.text, uri_, spelled ? location.path->text() : std::string());
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

StepAnswer LocationRunner::apply(LocationStep& step, const Location& location) {
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

StepAnswer LocationRunner::check_assertion(LocationStep& step, const Location& location) {
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

void LocationRunner::judge_state(const Location& place) {
  uri_ = {};
  for (LocationStep& step : steps_) {
    if (step.assertion == nullptr || !step.selection.selects(place, uri_)) continue;
    ++step.counts.selected;
    check_assertion(step, place);
  }
}

void LocationRunner::check_result(const LocationStep& step, const Location& location) {
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

void LocationRunner::count_untouched(const Location& location) {
  ++state_.report.untouched;
  state_.report.untouched_roots.add(uri_, location.kind == LocationKind::directory);
  if (state_.report.untouched_samples.size() < kSamples) {
    state_.report.untouched_samples.push_back(sample(uri_, location));
  }
}

}  // namespace stateferry
