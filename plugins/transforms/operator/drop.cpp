// operator.drop: operators go, and their state with them.
#include <algorithm>
#include <vector>

#include "describe.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/holds_state.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/glob.hpp"

namespace stateferry::operators {
namespace {

class Drop final : public DocumentTransform {
 public:
  void configure(ParamBinder& params) override {
    std::vector<std::string> texts;
    params.list("operators",
                "the operators to drop: uid:GLOB, hash:32HEX or name:GLOB; bare 32 hex digits are "
                "a hash, other bare text is a uid",
                texts, /*is_required=*/true);
    params.optional("only-empty", "stop the run when one of them holds state, rather than lose it",
                    only_empty_);
    const bool accepted = params.hazard(
        "loses-state", "the state of the operators is not in the result, and can't be restored");
    if (!params.finish()) return;
    for (const std::string& text : texts) add(params, text);
    if (!accepted && !only_empty_) {
      params.error(
          "operators", "E-RULE-HAZARD", "dropping operators loses their state",
          "if that is meant, accept it with 'accept: [loses-state]'; for operators without "
          "state say 'only-empty: true' instead");
    }
  }

  void apply(Document& document, DocumentContext& context) const override {
    check_known(document, context);
    const List<OperatorState>& operators = document.root().operators;
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t i = 0; i < operators.size(); ++i) {
      if (context.selects(i) && is_meant(context.key(i))) chosen.push_back(i);
    }
    if (only_empty_) check_empty(operators, chosen);
    for (const std::uint32_t i : chosen) context.drop(i);
  }

  Inverse inverse(const InverseContext& /*context*/) const override {
    return NoInverse{"the state of the operators is not in the result"};
  }

 private:
  void add(ParamBinder& params, const std::string& text) {
    OperatorRefProblem problem;
    auto ref = parse_operator_ref(text, problem);
    if (ref && ref->by != OperatorRef::By::hash) {
      if (const auto bad = glob_problem(ref->text)) problem = {*bad, {}};
    }
    if (!problem.text.empty()) {
      params.error("operators", "E-RULE-VALUE", problem.text, problem.hint);
      return;
    }
    refs_.push_back(std::move(*ref));
  }

  // A pattern over what nobody knows would silently drop nothing.
  void check_known(const Document& document, const DocumentContext& context) const {
    if (document.root().operators.empty()) return;
    for (const OperatorRef& ref : refs_) {
      const bool by_name = ref.by == OperatorRef::By::name;
      const bool by_pattern = ref.by == OperatorRef::By::uid && is_glob_pattern(ref.text);
      if ((by_name && !context.knows_names()) || (by_pattern && !context.knows_uids())) {
        throw RuleError("E-RULE-NAMES",
                        "'" + ref.text + "' is a pattern on the " + (by_name ? "name" : "uid") +
                            " of operators, which this snapshot doesn't store",
                        "files before Flink 2.0 hold hashes only: give exact uids (they are "
                        "hashed) or hashes, or name the operators with --uids FILE");
      }
    }
  }

  bool is_meant(const OperatorKey& key) const {
    return std::any_of(refs_.begin(), refs_.end(),
                       [&](const OperatorRef& ref) { return ref.matches(key); });
  }

  // What is marked as finished counts as well: a job that still has the operator would run it anew.
  static void check_empty(const List<OperatorState>& operators,
                          const std::vector<std::uint32_t>& chosen) {
    Diagnostic d;
    for (const std::uint32_t i : chosen) {
      const OperatorState& op = operators[i];
      if (!holds_state(op) && !is_marked_finished(op)) continue;
      d.notes.push_back(describe(op, i) +
                        (holds_state(op) ? " holds state" : " is marked as finished"));
    }
    if (d.notes.empty()) return;
    d.code = "E-RULE-HOLDS-STATE";
    d.message = "'only-empty' is for operators without state, and these are not";
    d.hint =
        "leave them out, or drop them with their state: 'accept: [loses-state]' in the place "
        "of 'only-empty'";
    throw RuleError(std::move(d));
  }

  std::vector<OperatorRef> refs_;
  bool only_empty_ = false;
};

}  // namespace

STATEFERRY_TRANSFORM(Drop, "operator.drop", "takes operators out, with their state")

}  // namespace stateferry::operators
