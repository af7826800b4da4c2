#include "run/document_runner.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/model/holds_state.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/uri/glob.hpp"

namespace stateferry {
namespace {

// Marks the operators that hold a registered state of one of the names.
class StateFinder final : public TreeVisitor {
 public:
  StateFinder(const std::vector<std::string>& globs, std::vector<bool>& found)
      : globs_(globs), found_(found) {}
  // Before its own location, and also where the handle has none.
  void handle(StreamStateHandle& /*handle*/, const Location& location) override {
    if (location.op == nullptr || found_[location.op->index]) return;
    for (const std::string_view name : location.state_names) {
      const std::string text = to_utf8(name);
      if (std::any_of(globs_.begin(), globs_.end(),
                      [&](const std::string& glob) { return glob_match(glob, text); })) {
        found_[location.op->index] = true;
      }
    }
  }

 private:
  const std::vector<std::string>& globs_;
  std::vector<bool>& found_;
};

}  // namespace

DocumentRunner::DocumentRunner(const Step& step, StepCounts& counts, RunState& state,
                               Document& document, DiagnosticSink& diagnostics)
    : step_(step), counts_(counts), state_(state), document_(document), diagnostics_(diagnostics) {
  OperatorKey key;
  for (const OperatorState& op : document.root().operators) {
    key.id = op.id;
    key.uid = op.uid;
    key.name = op.name;
    const OperatorNames* names = state.options.operator_names.get();
    keys_.push_back(names != nullptr ? names->complete(key) : key);
    ++key.index;
  }
  effects_.assign(keys_.size(), Effect::unselected);
}

void DocumentRunner::run() {
  select();
  const auto& transform = dynamic_cast<const DocumentTransform&>(*step_.transform);
  guarded_call(step_.uses, [&] { transform.apply(document_, *this); });
  count();
  show_changes();
  take_out_dropped();
}

void DocumentRunner::select() {
  const Selector& where = step_.where;
  Selection selection(where, state_.options, nullptr);
  std::vector<bool> has_state(keys_.size(), where.state_name.empty());
  if (!where.state_name.empty()) {
    StateFinder finder(where.state_name, has_state);
    walk(document_.root(), finder);
  }
  for (const OperatorKey& key : keys_) {
    if (has_state[key.index] && selection.selects_operator(&key)) {
      effects_[key.index] = Effect::unmatched;
    }
  }
}

bool DocumentRunner::selects(std::uint32_t op) const {
  return effects_.at(op) != Effect::unselected;
}

DocumentRunner::Effect& DocumentRunner::effect_of(std::uint32_t op) {
  if (!selects(op)) {
    throw PluginError("E-PLUGIN-FAILED",
                      "step '" + step_.id + "' touches operators[" + std::to_string(op) +
                          "], which its 'where' does not select",
                      "this is a fault of the plugin that has " + step_.uses);
  }
  return effects_[op];
}

void DocumentRunner::already(std::uint32_t op) {
  Effect& effect = effect_of(op);
  if (effect == Effect::unmatched) effect = Effect::already;
}

void DocumentRunner::changed(std::uint32_t op, std::string_view field, std::string_view before,
                             std::string_view after) {
  Effect& effect = effect_of(op);
  if (effect != Effect::dropped) effect = Effect::changed;
  if (state_.options.on_operator_change) {
    changes_.push_back({op, std::string(field), std::string(before), std::string(after)});
  }
}

void DocumentRunner::drop(std::uint32_t op) {
  Effect& effect = effect_of(op);
  if (effect == Effect::dropped) return;
  effect = Effect::dropped;
  if (!state_.options.on_operator_change) return;
  const bool lost = holds_state(document_.root().operators[op]);
  changes_.push_back({op, {}, to_hex(keys_[op].id), lost ? "with its state" : "it held no state"});
}

void DocumentRunner::count() {
  for (const Effect effect : effects_) {
    if (effect == Effect::unselected) continue;
    ++counts_.selected;
    if (effect == Effect::unmatched) ++counts_.unmatched;
    if (effect == Effect::already) ++counts_.already;
    if (effect == Effect::changed || effect == Effect::dropped) ++counts_.changed;
  }
  state_.report.changed_operators += counts_.changed;
}

void DocumentRunner::show_changes() const {
  for (const FieldChange& change : changes_) {
    state_.options.on_operator_change(
        {keys_[change.op], change.field, change.before, change.after});
  }
}

void DocumentRunner::take_out_dropped() {
  List<OperatorState>& operators = document_.root().operators;
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < operators.size(); ++i) {
    if (i < effects_.size() && effects_[i] == Effect::dropped) continue;
    if (kept != i) operators[kept] = operators[i];
    ++kept;
  }
  operators.truncate(kept);
}

}  // namespace stateferry
