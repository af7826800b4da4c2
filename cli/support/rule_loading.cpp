#include "support/rule_loading.hpp"

#include <cstdlib>
#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "support/files.hpp"

namespace stateferry::cli {

PluginRegistry open_registry(const Context& context) {
  const std::vector<std::filesystem::path> dirs(context.plugin_dirs.begin(),
                                                context.plugin_dirs.end());
  PluginRegistry registry = default_registry(dirs);
  for (const PluginInfo& plugin : registry.list()) debug("plugin file " + plugin.file.string());
  return registry;
}

std::string read_text(const std::string& path) {
  const auto source = file_source(path, path);
  const auto bytes = source->bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<LoadedRules> load_rules(const std::string& path, const std::vector<std::string>& set,
                                      bool allow_unset, PluginRegistry& registry,
                                      DiagnosticSink& sink) {
  RuleInputs inputs;
  inputs.set = set;
  inputs.allow_unset = allow_unset;
  inputs.env = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  inputs.read = read_text;
  auto file = load_rule_file(local_path(path), inputs, sink);
  if (!file) return std::nullopt;
  TransformFactory transforms;
  transforms.make = [&](std::string_view name) { return registry.make_transform(name); };
  const VersionLookup version = [&](std::string_view plugin) {
    return registry.version_of(plugin);
  };
  LoadedRules loaded{std::move(*file), std::nullopt};
  loaded.pipeline = build_pipeline(loaded.file, transforms, version, sink);
  return loaded;
}

}  // namespace stateferry::cli
