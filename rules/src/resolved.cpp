#include "stateferry/rules/resolved.hpp"

#include <utility>
#include <vector>

#include "sections.hpp"

namespace stateferry {
namespace {

using rules::Fields;
using rules::plain_text;

std::string origin_text(const VarSpec& var) {
  switch (var.origin) {
    case VarOrigin::unset:
      return "nowhere: it has no value";
    case VarOrigin::default_value:
      return "default";
    case VarOrigin::environment:
      return "environment variable " + var.env;
    case VarOrigin::command_line:
      return "--set";
    case VarOrigin::test:
      break;
  }
  return "test";
}

ParamNode vars_tree(const std::vector<VarSpec>& vars) {
  ParamNode node;
  for (const VarSpec& var : vars) {
    ParamNode one;
    one.add("type", plain_text(var_type_name(var.type)));
    if (var.origin != VarOrigin::unset) {
      one.add("value",
              ParamNode::of(std::string(var.secret ? kHiddenSecret : std::string_view(var.value))));
    }
    one.add("from", plain_text(origin_text(var)));
    node.add(var.name, std::move(one));
  }
  return node;
}

ParamNode step_tree(const StepSpec& step,
                    const std::function<std::string(std::string_view)>& summary_of) {
  ParamNode node = Fields{rules::declare_step}.print(step);
  ParamNode told;  // by us, behind id and name of the transform
  if (summary_of) told.add("x-does", plain_text(summary_of(step.uses)));
  if (step.mark) told.add("x-at", plain_text(place_text(step.mark)));
  node.entries.insert(node.entries.begin() + 2, told.entries.begin(), told.entries.end());
  return node;
}

ParamNode output_tree(OutputSpec output, const Pipeline* pipeline) {
  if (output.untouched_uris == Untouched::automatic && pipeline != nullptr) {
    output.untouched_uris = pipeline->untouched_policy();
  }
  return Fields{rules::declare_output}.print(output);
}

ParamNode list_of_steps(const std::vector<StepSpec>& specs,
                        const std::function<std::string(std::string_view)>& summary_of) {
  ParamNode steps;
  steps.kind = ParamNode::Kind::list;
  for (const StepSpec& spec : specs) steps.items.push_back(step_tree(spec, summary_of));
  return steps;
}

ParamNode files_tree(const RuleFile& file) {
  ParamNode files;
  files.kind = ParamNode::Kind::list;
  for (const auto& source : file.sources) files.items.push_back(plain_text(source->name));
  return files;
}

/// Null for an empty map or text: there is nothing to say.
const ParamNode* unless_empty(const ParamNode& node) {
  return node.entries.empty() && node.scalar.empty() ? nullptr : &node;
}

}  // namespace

ParamNode resolved_rules(const RuleFile& file, const Pipeline* pipeline,
                         const std::function<std::string(std::string_view)>& summary_of) {
  const ParamNode version = ParamNode::of("v1");
  const ParamNode name = plain_text(file.name);
  const ParamNode description = ParamNode::of(file.description);
  const ParamNode plugins = rules::print_plugins(file.plugins);
  const ParamNode require = Fields{rules::declare_require}.print(file.require);
  const ParamNode steps = list_of_steps(file.steps, summary_of);
  const ParamNode output = output_tree(file.output, pipeline);
  rules::FileKeys head;
  head.rules = &version;
  head.name = unless_empty(name);
  head.description = unless_empty(description);
  rules::FileKeys body;
  body.plugins = unless_empty(plugins);
  body.require = unless_empty(require);
  body.steps = &steps;
  body.output = unless_empty(output);
  ParamNode root = Fields{rules::declare_file}.print(head);
  if (!file.sources.empty()) root.add("x-files", files_tree(file));
  if (!file.vars.empty()) root.add("x-vars", vars_tree(file.vars));
  for (ParamEntry& entry : Fields{rules::declare_file}.print(body).entries) {
    root.entries.push_back(std::move(entry));
  }
  return root;
}

}  // namespace stateferry
