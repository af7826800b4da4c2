#include <algorithm>
#include <unordered_map>
#include <utility>

#include "interpolation.hpp"
#include "sections.hpp"
#include "text_checks.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

namespace {

std::optional<ValueProblem> problem_with_id(const std::string& text) {
  if (is_step_id(text)) return std::nullopt;
  return ValueProblem{"E-RULE-VALUE", "a step can't have the id '" + text + "'",
                      "letters, digits, '-', '_' and '.', beginning with a letter or digit"};
}
constexpr Text kStepId{problem_with_id, "^[A-Za-z0-9][A-Za-z0-9._-]*$",
                       "must be letters, digits, -, _ and ., beginning with a letter or digit"};

std::optional<ValueProblem> problem_with_uses(const std::string& text) {
  if (is_transform_name(text)) return std::nullopt;
  return ValueProblem{"E-RULE-VALUE", "'" + text + "' is not the name of a transform",
                      "a transform is named <plugin>.<transform>, such as uri.replace-prefix"};
}

/// The name of a transform. The schema gets the names of those that are installed from elsewhere.
struct Uses : Text {
  Json schema(Variable) const { return Json::object(); }
};
constexpr Uses kUses{{problem_with_uses}};

/// Parameters, as they stand: what they are is for the transform to say.
struct With {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            StepSpec& step) const {
    if (node.kind == Kind::null) return true;  // a transform may need no parameters
    step.bindable = expect_kind(node, subject, Kind::map, problems);
    if (step.bindable) step.with = node;
    return step.bindable;
  }
  // Without annotations, which say nothing about what is done.
  ParamNode print(const StepSpec& step) const {
    ParamNode node = step.with;
    std::erase_if(node.entries,
                  [](const ParamEntry& entry) { return is_annotation(entry.key.scalar); });
    return node;
  }
  Json schema(Variable) const { return Json::object(); }
};

struct Accept {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            StepSpec& step) const {
    for (const ParamNode* item : read_texts(node, subject, problems)) {
      step.accept.push_back(item->scalar);
      step.accept_marks.push_back(item->mark);
    }
    return true;
  }
  ParamNode print(const StepSpec& step) const {
    ParamNode list;
    for (const std::string& hazard : step.accept) {
      list.kind = Kind::list;
      list.items.push_back(plain_text(hazard));
    }
    return list;
  }
  Json schema(Variable) const { return one_or_many(text_schema()); }
};

/// One of the bounds of `expect`.
struct BoundOf {
  std::string_view count;

  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::map<std::string, CountBound>& expect) const {
    CountBound bound;
    if (!read_bound(node, subject, bound, problems)) return false;
    expect.emplace(count, std::move(bound));
    return true;
  }
  ParamNode print(const std::map<std::string, CountBound>& expect) const {
    const auto found = expect.find(std::string(count));
    return found == expect.end() ? ParamNode() : kBound.print(found->second);
  }
  Json schema(Variable variable) const { return kBound.schema(variable); }
};

}  // namespace

void declare_expect(Section& section, std::map<std::string, CountBound>& expect) {
  for (const CountName& count : kCounts) {
    section.key(count.name, count.meaning, BoundOf{count.name}, expect);
  }
}

void declare_step(Section& section, StepSpec& step) {
  section.key("id", "names the step in all messages; unique", Marked{kStepId, step.mark}, step.id,
              required("an id names the step in all messages"));
  section.key("uses", "the transform: <plugin>.<transform>", Marked{kUses, step.uses_mark},
              step.uses, required("the name of a transform: uri.replace-prefix"));
  section.key("with", "parameters of the transform", With{}, step);
  section.variables(Variable::yes);
  section.key("where", "which locations the step is about; a list is 'any of'",
              Defined{Fields{declare_where}, "where"}, step.where);
  section.key("expect", "bounds on the step's counts", Defined{Fields{declare_expect}, "expect"},
              step.expect);
  section.key("accept", "hazards of the transform that are meant", Accept{}, step);
}

namespace {

/// One element of `steps`; nothing when it is no map.
std::optional<StepSpec> read_step(const ParamNode& node, const SectionContext& context) {
  StepSpec step;
  step.mark = node.mark;
  step.uses_mark = node.mark;
  const auto replace = [&](ParamNode& value, bool is_with) {
    Expansion expansion{context.variables, context.allow_unset ? Unset::allowed : Unset::told};
    expansion.allow_secrets = is_with;
    expansion.is_data = is_with;
    expand(value, expansion, context.problems);
    for (std::string& name : expansion.unset) {
      if (std::find(step.unset.begin(), step.unset.end(), name) == step.unset.end()) {
        step.unset.push_back(std::move(name));
      }
    }
  };
  Section section(node, node.kind == Kind::map ? "this step" : "a step", context.problems,
                  [&](ParamNode& value) { replace(value, false); });
  declare_step(section, step);
  replace(step.with, true);
  section.finish();
  if (step.uses.empty()) step.bindable = false;
  if (!section.is_map()) return std::nullopt;
  return step;
}

}  // namespace

void read_steps(const ParamNode& steps, const SectionContext& context,
                std::vector<StepSpec>& result) {
  if (!expect_kind(steps, "'steps'", Kind::list, context.problems)) return;
  std::unordered_map<std::string, SourceMark> ids;
  for (const StepSpec& step : result) ids.emplace(step.id, step.mark);
  for (const ParamNode& node : steps.items) {
    auto step = read_step(node, context);
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
