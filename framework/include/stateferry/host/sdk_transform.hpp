// Transforms of plugins that were built against the C interface (sdk/transform.h), as the framework
// has them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/plugin/transform.hpp"
#include "stateferry/sdk/transform.h"

namespace stateferry {

/// Whether a module can be used: its version, the sizes of its structs, what it must hold, and that
/// its name is `name`. `module` may be null. Throws PluginError about the file `subject`:
/// E-PLUGIN-ABI where another stateferry might take it, E-PLUGIN-ENTRY otherwise.
STATEFERRY_API void check_sdk_module(const stateferry_sdk_module* module, std::string_view name,
                                     const std::string& subject);

/// A new, unconfigured transform. `transform` is of a module that was checked, and must outlive it.
/// `file` is where the plugin lies, for what is told of a crash; may be empty. Throws PluginError
/// when the plugin makes nothing.
STATEFERRY_API std::unique_ptr<Transform> make_sdk_transform(
    const stateferry_sdk_transform& transform, const std::string& file);

}  // namespace stateferry
