// From `-r FILE` and `--set` to a pipeline, with the plugins that are installed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/commands.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry::cli {

/// The registry that the command line and the environment ask for. Says with -vv where it looks.
PluginRegistry open_registry(const Context& context);

/// The content of a local text file. Throws IoError.
std::string read_text(const std::string& path);

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

}  // namespace stateferry::cli
