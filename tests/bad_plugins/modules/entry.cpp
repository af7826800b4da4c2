// A plugin whose entry function does what the build asks for.
#include <stdexcept>

#include "stateferry/plugin/plugin.hpp"

extern "C" STATEFERRY_API const stateferry::PluginDescriptor* stateferry_plugin_entry() {
  BAD_ENTRY;
}
