#include "support/rule_loading.hpp"

#include <cstdlib>
#include <filesystem>

#include "stateferry/diag/shown.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/rules/resolved.hpp"
#include "support/files.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {

PluginRegistry open_registry(const Context& context) {
  const std::vector<std::filesystem::path> dirs(context.plugin_dirs.begin(),
                                                context.plugin_dirs.end());
  PluginRegistry registry = default_registry(dirs);
  for (const PluginInfo& plugin : registry.list())
    debug("plugin file " + shown(plugin.file.string()));
  return registry;
}

std::string read_text(const std::string& path) {
  run_files().reads("a file that the rules include", path);
  return read_text_file(path, path);
}

void add_set_option(CLI::App& app, std::vector<std::string>& set) {
  app.add_option("--set", set,
                 "value of a variable, or of a parameter: steps.ID.with.KEY=VALUE (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

RuleInputs rule_inputs(const std::vector<std::string>& set, PluginRegistry& registry) {
  RuleInputs inputs;
  inputs.set = set;
  inputs.env = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  inputs.read = read_text;
  inputs.dialects = [&]() -> const Dialects& { return registry.dialects(); };
  return inputs;
}

TransformFactory transforms_of(PluginRegistry& registry) {
  TransformFactory transforms;
  transforms.make = [&](std::string_view name) { return registry.make_transform(name); };
  return transforms;
}

VersionLookup versions_of(PluginRegistry& registry) {
  return [&](std::string_view plugin) { return registry.version_of(plugin); };
}

std::optional<LoadedRules> load_rules(const std::string& path, const std::vector<std::string>& set,
                                      bool allow_unset, PluginRegistry& registry,
                                      DiagnosticSink& sink) {
  RuleInputs inputs = rule_inputs(set, registry);
  inputs.allow_unset = allow_unset;
  run_files().reads("the rule file", local_path(path));
  auto file = load_rule_file(local_path(path), inputs, sink);
  if (!file) return std::nullopt;
  LoadedRules loaded{std::move(*file), std::nullopt};
  loaded.pipeline =
      build_pipeline(loaded.file, transforms_of(registry), versions_of(registry), sink);
  return loaded;
}

namespace {

void write_scalar(JsonText& json, const ParamNode& node) {
  std::int64_t number = 0;
  bool flag = false;
  if (node.secret) {
    json.value(kHiddenSecret);
  } else if (!node.unresolved && !read_integer(node, number)) {
    json.value(number);
  } else if (!node.unresolved && !read_boolean(node, flag)) {
    json.value(flag);
  } else {
    json.value(node.scalar);
  }
}

}  // namespace

void write_tree(JsonText& json, const ParamNode& node) {
  switch (node.kind) {
    case ParamNode::Kind::null:
      json.null();
      return;
    case ParamNode::Kind::scalar:
      write_scalar(json, node);
      return;
    case ParamNode::Kind::list:
      json.begin_array();
      for (const ParamNode& item : node.items) write_tree(json, item);
      json.end_array();
      return;
    case ParamNode::Kind::map:
      json.object([&] {
        for (const auto& [key, value] : node.entries) {
          json.key(key.secret ? kHiddenSecret : std::string_view(key.scalar));
          write_tree(json, value);
        }
      });
      return;
  }
}

}  // namespace stateferry::cli
