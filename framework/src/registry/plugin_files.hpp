// The plugin files that a registry has found, and which of them are open.
//
// A file is opened when something of it is asked for, and stays so while this or an object made by
// it lives. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/path_trust.hpp"
#include "registry/plugin_loader.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/plugin_registry.hpp"

namespace stateferry {

/// See the head of this file.
class PluginFiles {
 public:
  PluginFiles();

  /// See PluginRegistry::add_directory().
  void add_directory(const std::filesystem::path& directory, bool required);

  /// All of them, sorted by kind and name, with their state.
  std::vector<PluginInfo> list() const;
  /// Names of those of a kind, in the order in which they were found.
  std::vector<std::string> names(PluginKind kind) const;

  /// Opens the one plugin of this name; null when there is none. Throws PluginError: two have the
  /// name, or it is refused.
  std::shared_ptr<LoadedPlugin> open(PluginKind kind, std::string_view name);
  /// Opens all whose names are their own; refusals are in list().
  void open_all();
  /// Where the plugin that is open under this name lies.
  std::string file_of(PluginKind kind, std::string_view name) const;

 private:
  struct Found {
    PluginKind kind;
    std::string name;
    std::filesystem::path file;
    std::filesystem::path real;  // what is opened: `file` without links
    std::shared_ptr<LoadedPlugin> plugin;
    std::optional<Diagnostic> refused;
  };

  std::vector<const Found*> named(PluginKind kind, std::string_view name) const;
  static void open(Found& found);

  PathTrust trust_;
  std::vector<Found> files_;
};

}  // namespace stateferry
