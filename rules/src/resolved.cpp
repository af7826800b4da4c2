#include "stateferry/rules/resolved.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "problems.hpp"

namespace stateferry {
namespace {

using Kind = ParamNode::Kind;

// --- trees --------------------------------------------------------------------------------------

ParamNode text(std::string_view value) {
  ParamNode node;
  node.kind = Kind::scalar;
  node.scalar = value;
  return node;
}

ParamNode quoted_text(std::string_view value) {
  ParamNode node = text(value);
  node.quoted = true;
  return node;
}

ParamNode list(const std::vector<std::string>& values) {
  ParamNode node;
  node.kind = Kind::list;
  for (const std::string& value : values) node.items.push_back(text(value));
  return node;
}

/// One text where there is only one.
ParamNode words(const std::vector<std::string>& values) {
  return values.size() == 1 ? text(values.front()) : list(values);
}

void add(ParamNode& map, std::string_view key, ParamNode value) {
  map.kind = Kind::map;
  map.entries.push_back({text(key), std::move(value)});
}

void add_some(ParamNode& map, std::string_view key, ParamNode value) {
  if (value.kind != Kind::null) add(map, key, std::move(value));
}

ParamNode bound_tree(const CountBound& bound) {
  if (bound.least == bound.most) return text(std::to_string(bound.least));
  std::string range;
  if (bound.least > 0) range = ">=" + std::to_string(bound.least);
  if (bound.most != UINT64_MAX) {
    range += (range.empty() ? "" : " ") + ("<=" + std::to_string(bound.most));
  }
  return quoted_text(range.empty() ? ">=0" : range);
}

// --- where --------------------------------------------------------------------------------------

ParamNode operator_tree(const Selector& where) {
  std::vector<std::string> hashes;
  for (const OperatorId& id : where.operator_uid_hash) hashes.push_back(to_hex(id));
  ParamNode node;
  if (where.operator_name.empty() && where.state_name.empty()) {
    // As names: only so can uids and hashes stand beside each other.
    std::vector<std::string> names;
    for (const std::string& uid : where.operator_uid) names.push_back("uid:" + uid);
    for (const std::string& hash : hashes) names.push_back("hash:" + hash);
    if (!names.empty()) node = words(names);
    return node;
  }
  if (!where.operator_uid.empty()) add(node, "uid", words(where.operator_uid));
  if (!hashes.empty()) add(node, "uid-hash", words(hashes));
  if (!where.operator_name.empty()) add(node, "name", words(where.operator_name));
  if (!where.state_name.empty()) add(node, "state", words(where.state_name));
  return node;
}

template <class T, class Name>
ParamNode words_of(const std::vector<T>& values, Name name) {
  std::vector<std::string> names;
  for (const T value : values) names.emplace_back(name(value));
  return names.empty() ? ParamNode() : words(names);
}

// --- the file -----------------------------------------------------------------------------------

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
    add(one, "type", text(var_type_name(var.type)));
    if (var.origin != VarOrigin::unset) {
      add(one, "value", quoted_text(var.secret ? kHiddenSecret : std::string_view(var.value)));
    }
    add(one, "from", text(origin_text(var)));
    add(node, var.name, std::move(one));
  }
  return node;
}

/// Several files may ask for one plugin: all their bounds must hold.
ParamNode plugins_tree(const std::vector<PluginRange>& plugins) {
  ParamNode node;
  for (const PluginRange& plugin : plugins) {
    const auto same =
        std::find_if(node.entries.begin(), node.entries.end(),
                     [&](const ParamEntry& entry) { return entry.key.scalar == plugin.name; });
    if (same == node.entries.end()) {
      add(node, plugin.name, quoted_text(plugin.range.text));
    } else {
      same->value.scalar += " " + plugin.range.text;
    }
  }
  return node;
}

ParamNode require_tree(const Requirements& require) {
  ParamNode node;
  if (require.metadata_version) {
    add(node, "metadata-version", bound_tree(*require.metadata_version));
  }
  add_some(node, "snapshot", words_of(require.snapshot, snapshot_type_name));
  std::vector<std::string> operators;
  for (const auto& [id, written] : require.operators) operators.push_back(written);
  if (!operators.empty()) add(node, "operators", words(operators));
  return node;
}

/// Without annotations, which say nothing about what is done.
ParamNode with_tree(const ParamNode& with) {
  ParamNode node = with;
  std::erase_if(node.entries,
                [](const ParamEntry& entry) { return entry.key.scalar.starts_with("x-"); });
  return node;
}

ParamNode expect_tree(const std::map<std::string, CountBound>& expect) {
  ParamNode node;
  for (const auto& [name, bound] : expect) add(node, name, bound_tree(bound));
  return node;
}

ParamNode step_tree(const StepSpec& step,
                    const std::function<std::string(std::string_view)>& summary_of) {
  ParamNode node;
  add(node, "id", text(step.id));
  add(node, "uses", text(step.uses));
  if (summary_of) add(node, "x-does", text(summary_of(step.uses)));
  if (step.mark) add(node, "x-at", text(rules::place_text(step.mark)));
  add_some(node, "with", with_tree(step.with));
  add_some(node, "where", selector_tree(step.where));
  add_some(node, "expect", expect_tree(step.expect));
  if (!step.accept.empty()) add(node, "accept", list(step.accept));
  return node;
}

/// Whatever is not as it would be without a word.
void add_format(ParamNode& node, const OutputFormat& format) {
  const OutputFormat usual;
  if (format.version) add(node, "metadata-version", text(std::to_string(*format.version)));
  if (format.flink) add(node, "flink", quoted_text(to_string(*format.flink)));
  if (format.handles != usual.handles) add(node, "handles", text(handle_form_name(format.handles)));
  if (format.snapshot != usual.snapshot) {
    add(node, "snapshot", text(declared_kind_name(format.snapshot)));
  }
  if (format.on_loss != usual.on_loss) add(node, "on-loss", text(on_loss_name(format.on_loss)));
}

ParamNode output_tree(const RuleFile& file, const Pipeline* pipeline) {
  Untouched untouched = file.output.untouched_uris;
  if (untouched == Untouched::automatic && pipeline != nullptr) {
    untouched = pipeline->untouched_policy();
  }
  ParamNode node;
  add_format(node, file.output.format);
  if (untouched == Untouched::automatic) return node;
  add(node, "untouched-uris",
      text(untouched == Untouched::fail   ? "fail"
           : untouched == Untouched::warn ? "warn"
                                          : "allow"));
  return node;
}

}  // namespace

ParamNode selector_tree(const Selector& where) {
  ParamNode node;
  add_some(node, "operator", operator_tree(where));
  std::vector<Role> roles;
  for (const Role role : kAllRoles) {
    if (any(where.roles, role)) roles.push_back(role);
  }
  add_some(node, "role", words_of(roles, role_name));
  add_some(node, "scope", words_of(where.scopes, scope_name));
  add_some(node, "handle", words_of(where.handles, location_kind_name));
  ParamNode uri;
  if (!where.uri_schemes.empty()) add(uri, "scheme", words(where.uri_schemes));
  if (!where.uri_globs.empty()) add(uri, "glob", words(where.uri_globs));
  add_some(node, "uri", std::move(uri));
  return node;
}

ParamNode resolved_rules(const RuleFile& file, const Pipeline* pipeline,
                         const std::function<std::string(std::string_view)>& summary_of) {
  ParamNode root;
  add(root, "rules", quoted_text("v1"));
  if (!file.name.empty()) add(root, "name", text(file.name));
  if (!file.description.empty()) add(root, "description", quoted_text(file.description));
  std::vector<std::string> files;
  for (const auto& source : file.sources) files.push_back(source->name);
  if (!files.empty()) add(root, "x-files", list(files));
  add_some(root, "x-vars", vars_tree(file.vars));
  add_some(root, "plugins", plugins_tree(file.plugins));
  add_some(root, "require", require_tree(file.require));
  ParamNode steps;
  steps.kind = Kind::list;
  for (const StepSpec& step : file.steps) steps.items.push_back(step_tree(step, summary_of));
  add(root, "steps", std::move(steps));
  add_some(root, "output", output_tree(file, pipeline));
  return root;
}

}  // namespace stateferry
