// The boundary to plugin code: whatever a plugin throws leaves as an error of the framework.
#pragma once

#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// Turns the exception in flight into an Error that the framework owns. For guarded_call.
[[noreturn]] STATEFERRY_API void rethrow_as_error(std::string_view what);

/// Calls into a plugin. An Error keeps its kind and text, with a note that names `what` where it
/// has no place of its own; anything else becomes a PluginError (E-PLUGIN-FAILED). The library must
/// stay loaded until this returns.
template <class F>
auto guarded_call(std::string_view what, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (...) {
    rethrow_as_error(what);
  }
}

}  // namespace stateferry
