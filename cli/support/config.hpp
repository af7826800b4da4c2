// The user's configuration: where it is, and what may stand in it.
#pragma once

#include <string>
#include <vector>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/rules/config_file.hpp"

namespace stateferry::cli {

/// The user's configuration: `option` (--config), else ~/.config/stateferry/config.yaml (below
/// XDG_CONFIG_HOME) if that exists; empty when there is none.
std::string config_path(const std::string& option);

/// The keys of all installed storages; opens their plugins. Of one that is refused, its name.
std::vector<ConfigSection> config_sections(PluginRegistry& registry);

/// Reads and checks a configuration as far as that can be done without its storages; a null node
/// for an empty `path`. Throws Error (E-CONFIG); more is said before.
ParamNode load_config(const std::string& path, PluginRegistry& registry);

}  // namespace stateferry::cli
