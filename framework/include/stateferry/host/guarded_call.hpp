// The boundary to plugin code: whatever a plugin throws leaves as an error of the framework, and
// when it crashes it is known whose call it was.
#pragma once

#include <exception>
#include <string_view>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

/// What is told of an exception that is no Error: E-SYSTEM where it is the system that refused
/// something, such as memory or a thread; else E-INTERNAL.
STATEFERRY_API Diagnostic diagnostic_of(const std::exception& error);

/// The plugin, or the transform of one, that this thread is calling; empty when none. For handlers
/// of signals: reading it is safe there. In the block of each thread from its start, so that to set
/// it takes two instructions.
extern STATEFERRY_API constinit thread_local std::string_view plugin_in_hand
    __attribute__((tls_model("initial-exec")));

/// Says that this thread calls a plugin, until the end of the scope. `what` must outlive it.
class PluginInHand {
 public:
  explicit PluginInHand(std::string_view what) noexcept : before_(plugin_in_hand) {
    plugin_in_hand = what;
  }
  ~PluginInHand() { plugin_in_hand = before_; }
  PluginInHand(const PluginInHand&) = delete;
  PluginInHand& operator=(const PluginInHand&) = delete;

 private:
  std::string_view before_;
};

/// Turns the exception in flight into an Error that the framework owns. For guarded_call.
[[noreturn]] STATEFERRY_API void rethrow_as_error(std::string_view what);

/// Calls into a plugin. An Error keeps its kind and text, with a note that names `what` where it
/// has no place of its own; what the system refused becomes a LimitError (E-SYSTEM), anything else
/// a PluginError (E-PLUGIN-FAILED). The library must stay loaded until this returns.
template <class F>
auto guarded_call(std::string_view what, F&& f) -> decltype(f()) {
  const PluginInHand in_hand(what);
  try {
    return f();
  } catch (...) {
    rethrow_as_error(what);
  }
}

}  // namespace stateferry
