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
  /// What the plugin says of itself; of one of the C interface, what that comes to. Valid as long
  /// as this object.
  virtual const PluginDescriptor& descriptor() const noexcept = 0;
  /// The version of the C interface that it was built against; 0: the C++ interface.
  virtual std::uint32_t sdk() const noexcept { return 0; }
  /// The new transform of an entry; null when the entry is something else or the plugin has made
  /// nothing. Throws what the plugin throws.
  virtual std::unique_ptr<Transform> make_transform(std::size_t entry) const;
};

/// Opens `file` (absolute), whose name promises `kind` and `name`. Which interface it has, the
/// symbol that it exports says. Throws PluginError with one
/// sentence for each way to fail: E-PLUGIN-LOAD, E-PLUGIN-ENTRY, E-PLUGIN-ABI, E-PLUGIN-FAILED.
std::shared_ptr<LoadedPlugin> load_plugin(const std::filesystem::path& file, PluginKind kind,
                                          std::string_view name);

}  // namespace stateferry
