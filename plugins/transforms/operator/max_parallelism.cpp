// operator.max-parallelism: how far operators without keyed state may be scaled.
//
// Flink cuts keyed state into as many key groups as the maximum parallelism says, so for operators
// with keyed state the number is part of the state. For all others it is only a limit, and yet a
// job with another one doesn't start (Checkpoints.loadAndValidateCheckpoint).
#include <string>

#include "describe.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/holds_state.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::operators {
namespace {

// KeyGroupRangeAssignment.UPPER_BOUND_MAX_PARALLELISM.
constexpr std::int64_t kUpperBound = 32768;

class MaxParallelism final : public DocumentTransform {
 public:
  void configure(ParamBinder& params) override {
    std::int64_t value = 0;
    params.required("value", "the maximum parallelism from now on: 1 to 32768", value);
    if (!params.finish()) return;
    if (value < 1 || value > kUpperBound) {
      params.error("value", "E-RULE-VALUE",
                   "'value' must be from 1 to 32768, not " + std::to_string(value),
                   "32768 is the highest that Flink allows");
      return;
    }
    value_ = static_cast<std::int32_t>(value);
  }

  void apply(Document& document, DocumentContext& context) const override {
    List<OperatorState>& operators = document.root().operators;
    check(operators, context);
    for (std::uint32_t i = 0; i < operators.size(); ++i) {
      if (!context.selects(i)) continue;
      std::int32_t& max = operators[i].max_parallelism;
      if (max == value_) {
        context.already(i);
        continue;
      }
      context.changed(i, "max_parallelism", std::to_string(max), std::to_string(value_));
      max = value_;
    }
  }

  Inverse inverse(const InverseContext& /*context*/) const override {
    return NoInverse{"the rules don't say what the maximum parallelism was before"};
  }

 private:
  // An operator that has the value already needs nothing, whatever it holds.
  void check(const List<OperatorState>& operators, const DocumentContext& context) const {
    Diagnostic d;
    for (std::uint32_t i = 0; i < operators.size(); ++i) {
      const OperatorState& op = operators[i];
      if (!context.selects(i) || op.max_parallelism == value_) continue;
      if (holds_keyed_state(op)) {
        d.notes.push_back(describe(op, i) + " has keyed state, cut into " +
                          std::to_string(op.max_parallelism) + " key groups");
      } else if (value_ < op.parallelism) {
        d.notes.push_back(describe(op, i) + " has a parallelism of " +
                          std::to_string(op.parallelism));
      }
    }
    if (d.notes.empty()) return;
    d.code = "E-RULE-MAX-PARALLELISM";
    d.message = "the maximum parallelism can't become " + std::to_string(value_) +
                " for operators with keyed state, or below their parallelism";
    d.hint =
        "select the others by 'where: {operator: …}'; keyed state keeps its number of key "
        "groups for ever";
    throw RuleError(std::move(d));
  }

  std::int32_t value_ = 0;
};

}  // namespace

STATEFERRY_TRANSFORM(MaxParallelism, "operator.max-parallelism",
                     "sets how far operators without keyed state may be scaled")

}  // namespace stateferry::operators
