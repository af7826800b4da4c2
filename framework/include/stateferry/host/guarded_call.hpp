// The boundary to plugin code: whatever a plugin throws leaves as an error of the framework.
#pragma once

#include <exception>
#include <string_view>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

/// What is told of an exception that is no Error: E-SYSTEM where it is the system that refused
/// something, such as memory or a thread; else E-INTERNAL.
STATEFERRY_API Diagnostic diagnostic_of(const std::exception& error);

/// Turns the exception in flight into an Error that the framework owns. For guarded_call.
[[noreturn]] STATEFERRY_API void rethrow_as_error(std::string_view what);

/// Calls into a plugin. An Error keeps its kind and text, with a note that names `what` where it
/// has no place of its own; what the system refused becomes a LimitError (E-SYSTEM), anything else
/// a PluginError (E-PLUGIN-FAILED). The library must stay loaded until this returns.
template <class F>
auto guarded_call(std::string_view what, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (...) {
    rethrow_as_error(what);
  }
}

}  // namespace stateferry
