#include "run/location_runner.hpp"

#include <algorithm>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {

void note_operator(RunState& state, const OperatorKey& op) {
  if (state.seen.complete) return;
  state.seen.add(op, state.options.operator_names.get());
  if (!state.operators_wanted.empty()) state.operators_wanted.erase(to_hex(op.id));
}

LocationRunner::LocationRunner(std::vector<LocationStep>& steps, RunState& state)
    : steps_(steps),
      state_(state),
      chain_(steps),
      tells_each_(state.collisions != nullptr || state.options.on_change) {}

void LocationRunner::enter_operator(const OperatorKey& op) {
  note_operator(state_, op);
  if (!chain_.by_operator()) return;
  ++epoch_;
  for (DirectoryAnswer& answer : answers_) {
    count(answer);
    answer.directory.clear();
  }
}

bool LocationRunner::edit(const Location& location, Replacement& replacement) {
  replacement.epoch = epoch_;
  DirectoryAnswer& last = answers_[last_answer_];
  if (last.answers(location)) return edit_by(last, location, replacement);
  if (DirectoryAnswer* answer = find_answer(location)) {
    return edit_by(*answer, location, replacement);
  }
  const bool replaced = edit_alone(location, replacement);
  replacement.epoch = epoch_;
  return replaced;
}

void LocationRunner::repeated(std::string_view directory, std::uint64_t n) noexcept {
  const auto answer = std::find_if(answers_.begin(), answers_.end(), [&](const DirectoryAnswer& a) {
    return a.directory.data() == directory.data();
  });
  if (answer != answers_.end()) answer->uses += n;
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
  result_.assign(answer.target).append(location.text.substr(answer.directory.size()));
  account_for(location, result_);
  if (answer.changed && state_.options.on_change) {
    state_.options.on_change(Change{location, location.text, result_});
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
  if (!answer.directory.empty()) ++epoch_;
  answer.directory.clear();
  if (plain) {
    answer.kind = location.kind;
    answer.roles = location.roles;
    answer.directory.assign(text.substr(0, slash + 1));
    if (!chain_.ask_directory(location, answer)) answer.directory.clear();
  }
  if (answer.directory.empty()) {
    if (location.kind != LocationKind::directory) proof_.give_up();
    return;
  }
  if (location.kind != LocationKind::directory) proof_.add(answer.directory, answer.target);
  last_answer_ = next_answer_;
  next_answer_ = (next_answer_ + 1) % kAnswers;
}

// ---------------------------------------------------------------------------- one by one

bool LocationRunner::edit_alone(const Location& location, Replacement& replacement) {
  ++state_.report.locations;
  const bool absolute = is_absolute(location.kind);
  if (absolute) ++state_.report.absolute;

  const bool changed = chain_.run(location);
  touched_ = chain_.touched();
  account_for(location, chain_.text());
  const bool replaced = changed && take_result(location, replacement);
  if (absolute) {
    if (chain_.as_it_came()) {
      remember(location);
    } else if (location.kind != LocationKind::directory) {
      proof_.give_up();
    }
  }
  return replaced;
}

bool LocationRunner::take_result(const Location& location, Replacement& replacement) {
  // The steps are asked once more about the directory; the answer must outlive that.
  const std::string_view text = chain_.text();
  replacement_ = chain_.is_plain() || is_ascii(text) ? std::string(text) : from_utf8(text);
  check_length(replacement_.size(), location);
  if (replacement_ == location.text) return false;
  ++state_.report.changed_locations;
  if (state_.options.on_change) {
    const std::string before = to_utf8(location.text);
    state_.options.on_change(Change{location, before, text});
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

// Counts a URI that no step matched, and shows the result to the check for collisions.
void LocationRunner::account_for(const Location& location, std::string_view result) {
  const bool directory = location.kind == LocationKind::directory;
  if (!touched_ && chain_.has_uri_steps() && state_.touched == nullptr) {
    RunReport& report = state_.report;
    ++report.untouched;
    report.untouched_roots.add(result, directory);
    if (report.untouched_samples.size() < StepChain::kSamples) {
      report.untouched_samples.push_back(sample(result, location));
    }
  }
  if (state_.collisions == nullptr || !is_absolute(location.kind) || directory) return;
  const bool spelled = state_.collisions->watches(result);
  state_.collisions->add(location.text, result, spelled ? location.path->text() : std::string());
}

}  // namespace stateferry
