// From `-r FILE` and `--set` to a pipeline, with the plugins that are installed.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands/commands.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// The registry that the command line and the environment ask for. Says with -vv where it looks.
PluginRegistry open_registry(const Context& context);

/// The content of a rule file or one that it includes: of a local text file, or what comes from a
/// named pipe: up to 16 MiB. Throws IoError.
std::string read_text(const std::string& path);

/// Declares `--set`, which every command that reads rules has.
void add_set_option(CLI::App& app, std::vector<std::string>& set);

/// What rule files may depend on: --set, the environment, other local files, the codecs in
/// `registry`, which outlives what is returned.
RuleInputs rule_inputs(const std::vector<std::string>& set, PluginRegistry& registry);
/// The transforms and versions of the plugins in `registry`, which outlives what is returned.
TransformFactory transforms_of(PluginRegistry& registry);
VersionLookup versions_of(PluginRegistry& registry);

/// A rule file that was understood, with what it makes.
struct LoadedRules {
  RuleFile file;
  std::optional<Pipeline> pipeline;  ///< nothing when a problem was reported
};
/// Loads `path` with the values of --set. Problems go to `sink`. `allow_unset`: variables without a
/// value are no problem (for `rules check`). Nothing when the file is no readable map.
std::optional<LoadedRules> load_rules(const std::string& path, const std::vector<std::string>& set,
                                      bool allow_unset, PluginRegistry& registry,
                                      DiagnosticSink& sink);

/// A tree of rules as a JSON value: unquoted integers and booleans as such, secrets hidden.
void write_tree(JsonText& json, const ParamNode& node);

}  // namespace stateferry::cli
