// Opens one plugin file and checks the handshake. The only place that knows Boost.DLL.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "stateferry/plugin/abi.hpp"

namespace stateferry {

/// An open, accepted plugin. Objects made by it must hold it until they are gone.
class LoadedPlugin {
 public:
  virtual ~LoadedPlugin() = default;
  /// Valid as long as this object.
  virtual const PluginDescriptor& descriptor() const noexcept = 0;
};

/// Opens `file` (absolute), whose name promises `kind` and `name`. Throws PluginError with one
/// sentence for each way to fail: E-PLUGIN-LOAD, E-PLUGIN-ENTRY, E-PLUGIN-ABI, E-PLUGIN-FAILED.
std::shared_ptr<LoadedPlugin> load_plugin(const std::filesystem::path& file, PluginKind kind,
                                          std::string_view name);

}  // namespace stateferry
