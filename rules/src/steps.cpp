#include <algorithm>
#include <unordered_map>
#include <utility>

#include "interpolation.hpp"
#include "map_reader.hpp"
#include "sections.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "text_checks.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

const std::vector<std::string>& count_names() {
  static const std::vector<std::string> names = {"selected", "changed", "already", "unmatched",
                                                 "matched"};
  return names;
}

namespace {

/// One element of `steps`.
class StepReader {
 public:
  StepReader(const ParamNode& node, const Context& context)
      : node_(node), context_(context), problems_(context.problems) {}

  /// Nothing when it is no map.
  std::optional<StepSpec> run() {
    const bool is_map = node_.kind == Kind::map;
    MapReader reader(node_, is_map ? "this step" : "a step", problems_);
    step_.mark = node_.mark;
    step_.uses_mark = node_.mark;
    if (const auto* id = reader.need("id", "an id names the step in all messages")) read_id(*id);
    if (const auto* uses = reader.need("uses", "the name of a transform: uri.replace-prefix")) {
      read_uses(*uses);
    }
    if (const auto* with = reader.find("with")) read_with(*with);
    if (const auto* where = reader.find("where")) read_where(*where);
    if (const auto* expect = reader.find("expect")) read_expect(*expect);
    if (const auto* accept = reader.find("accept")) read_accept(*accept);
    reader.finish();
    if (step_.uses.empty()) step_.bindable = false;
    if (!is_map) return std::nullopt;
    return std::move(step_);
  }

 private:
  void read_id(const ParamNode& id) {
    std::string text;
    if (!read_text(id, "'id'", text, problems_)) return;
    if (!is_step_id(text)) {
      problems_.error(id.mark, "E-RULE-VALUE", "a step can't have the id '" + text + "'",
                      "letters, digits, '-', '_' and '.', beginning with a letter or digit");
      return;
    }
    step_.id = std::move(text);
    step_.mark = id.mark;
  }

  void read_uses(const ParamNode& uses) {
    step_.uses_mark = uses.mark;
    std::string text;
    if (!read_text(uses, "'uses'", text, problems_)) return;
    if (!is_transform_name(text)) {
      problems_.error(uses.mark, "E-RULE-VALUE", "'" + text + "' is not the name of a transform",
                      "a transform is named <plugin>.<transform>, such as uri.replace-prefix");
      return;
    }
    step_.uses = std::move(text);
  }

  /// A copy of `node` with its variables replaced.
  ParamNode expanded(const ParamNode& node) {
    Expansion expansion{context_.variables, unset_is()};
    ParamNode copy = node;
    expand(copy, expansion, problems_);
    note_unset(expansion);
    return copy;
  }

  Unset unset_is() const { return context_.allow_unset ? Unset::allowed : Unset::told; }

  void note_unset(const Expansion& expansion) {
    for (const std::string& name : expansion.unset) {
      if (std::find(step_.unset.begin(), step_.unset.end(), name) == step_.unset.end()) {
        step_.unset.push_back(name);
      }
    }
  }

  void read_with(const ParamNode& with) {
    if (with.kind == Kind::null) return;  // a transform may need no parameters
    if (!expect_kind(with, "'with'", Kind::map, problems_)) {
      step_.bindable = false;
      return;
    }
    Expansion expansion{context_.variables, unset_is()};
    expansion.allow_secrets = true;
    expansion.is_data = true;
    step_.with = with;
    expand(step_.with, expansion, problems_);
    note_unset(expansion);
  }

  void read_where(const ParamNode& where) {
    step_.where = read_selector(expanded(where), problems_);
  }

  void read_expect(const ParamNode& expect) {
    const ParamNode node = expanded(expect);
    MapReader reader(node, "'expect'", problems_);
    for (const std::string& name : count_names()) {
      CountBound bound;
      const ParamNode* value = reader.find(name);
      if (value != nullptr && read_bound(*value, "'" + name + "'", bound, problems_)) {
        step_.expect.emplace(name, std::move(bound));
      }
    }
    reader.finish();
  }

  void read_accept(const ParamNode& accept) {
    const ParamNode node = expanded(accept);
    for (const ParamNode* item : read_texts(node, "'accept'", problems_)) {
      step_.accept.push_back(item->scalar);
      step_.accept_marks.push_back(item->mark);
    }
  }

  const ParamNode& node_;
  const Context& context_;
  Problems& problems_;
  StepSpec step_;
};

}  // namespace

void read_steps(const ParamNode& steps, const Context& context, std::vector<StepSpec>& result) {
  if (!expect_kind(steps, "'steps'", Kind::list, context.problems)) return;
  std::unordered_map<std::string, SourceMark> ids;
  for (const StepSpec& step : result) ids.emplace(step.id, step.mark);
  for (const ParamNode& node : steps.items) {
    auto step = StepReader(node, context).run();
    if (!step) continue;
    const auto [earlier, is_new] = ids.emplace(step->id, step->mark);
    if (!is_new && !step->id.empty()) {
      context.problems.error(step->mark, "E-RULE-DUPLICATE",
                             "the step id '" + step->id + "' is there twice", {},
                             {"first at " + place_text(earlier->second)});
    }
    result.push_back(std::move(*step));
  }
}

}  // namespace stateferry::rules
