#include "support/config.hpp"

#include <cstdlib>
#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "support/console.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {

std::string config_path(const std::string& option) {
  if (!option.empty()) return option;
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  std::string path;
  if (xdg != nullptr && *xdg != '\0') {
    path = std::string(xdg) + "/stateferry/config.yaml";
  } else if (home != nullptr) {
    path = std::string(home) + "/.config/stateferry/config.yaml";
  }
  std::error_code error;
  return !path.empty() && std::filesystem::exists(path, error) ? path : std::string();
}

std::vector<ConfigSection> config_sections(PluginRegistry& registry) {
  std::vector<ConfigSection> sections;
  for (const std::string& name : registry.storage_names()) {
    try {
      const StorageOffer offer = registry.make_storage(name);
      sections.push_back({name, offer.summary,
                          guarded_call(name, [&] { return describe_params(*offer.storage); })});
    } catch (const PluginError&) {
      // Told when it is needed; until then it is nobody's business what its key holds.
      ParamSchema key;
      key.name = name;
      key.help = "of a plugin that can't be used: see 'stateferry plugins list'";
      key.type = ParamSchema::Type::text_or_map;
      sections.push_back({name, {}, {{std::move(key)}, {}}});
    }
  }
  return sections;
}

ParamNode load_config(const std::string& path, PluginRegistry& registry) {
  if (path.empty()) return {};
  ConsoleSink sink;
  run_files().reads("--config", path);
  auto config = parse_config(path, read_text_file(path, path), config_sections(registry), sink);
  if (!config) throw Error("E-CONFIG", "the configuration can't be used: " + path);
  return std::move(*config);
}

}  // namespace stateferry::cli
