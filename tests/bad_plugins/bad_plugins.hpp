// The modules of this folder, and registries over them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry_test/code_of.hpp"

namespace stateferry::test {

/// Folder with the one module of this name.
inline std::filesystem::path module_folder(std::string_view name) {
  return std::filesystem::path(STATEFERRY_TEST_BAD_PLUGINS) / name;
}

/// The module itself, a transform plugin unless it says otherwise.
inline std::filesystem::path module_file(std::string_view folder, std::string_view plugin) {
  return module_folder(folder) / ("stateferry_" + std::string(plugin) + ".so");
}

/// A registry over these folders and nothing else.
template <class... Folders>
PluginRegistry registry_over(const Folders&... folders) {
  PluginRegistry registry;
  (registry.add_directory(folders, true), ...);
  return registry;
}

}  // namespace stateferry::test
