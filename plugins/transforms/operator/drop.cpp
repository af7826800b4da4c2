// operator.drop: operators go, and their state with them.
#include <algorithm>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/uri/glob.hpp"
#include "transforms.hpp"

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
    const bool accepted = params.hazard(
        "loses-state", "the state of the operators is not in the result, and can't be restored");
    if (!params.finish()) return;
    for (const std::string& text : texts) add(params, text);
    if (!accepted) {
      params.error("operators", "E-RULE-HAZARD", "dropping operators loses their state",
                   "if that is meant, accept it with 'accept: [loses-state]'");
    }
  }

  void apply(Document& document, DocumentContext& context) const override {
    check_known(document, context);
    const std::uint32_t count = document.root().operators.size();
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!context.selects(i)) continue;
      const OperatorKey key = context.key(i);
      if (std::any_of(refs_.begin(), refs_.end(),
                      [&](const OperatorRef& ref) { return ref.matches(key); })) {
        context.drop(i);
      }
    }
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

  std::vector<OperatorRef> refs_;
};

}  // namespace

Transform* make_drop() {
  return new Drop;
}

}  // namespace stateferry::operators
