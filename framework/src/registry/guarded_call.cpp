#include "stateferry/host/guarded_call.hpp"

#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "stateferry/diag/error.hpp"

namespace stateferry {

Diagnostic diagnostic_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return {.code = "E-SYSTEM",
            .message = "the system gives no more memory",
            .hint =
                "raise the limit of this process or of its container, or take fewer at once "
                "with --jobs; then run the same command again"};
  }
  if (dynamic_cast<const std::system_error*>(&error) != nullptr) {
    return {.code = "E-SYSTEM",
            .message = std::string("the system refused: ") + error.what(),
            .hint = "once the reason is gone, run the same command again"};
  }
  return {.code = "E-INTERNAL",
          .message = error.what(),
          .hint = "this is a fault of stateferry; please report it with the command and the file"};
}

constinit thread_local std::string_view plugin_in_hand;

void rethrow_as_error(std::string_view what) {
  const auto name = [&](Diagnostic d) {
    if (d.subject.empty() && !d.mark && !d.place) d.notes.push_back("in " + std::string(what));
    return d;
  };
  // A copy with the type of ours: the exception in flight may belong to the plugin.
  try {
    throw;
  } catch (const FormatError& e) {
    FormatError copy(e.code(), e.what(), 0);
    copy.diagnostic() = e.diagnostic();
    throw copy;
  } catch (const CapabilityError& e) {
    CapabilityError copy(e.code(), e.what(), {});
    copy.diagnostic() = name(e.diagnostic());
    throw copy;
  } catch (const LimitError& e) {
    throw LimitError(name(e.diagnostic()));
  } catch (const RuleError& e) {
    throw RuleError(name(e.diagnostic()));
  } catch (const IoError& e) {
    IoError copy(e.code(), e.what(), {});
    copy.diagnostic() = e.diagnostic();
    throw copy;
  } catch (const PluginError& e) {
    throw PluginError(name(e.diagnostic()));
  } catch (const Error& e) {
    throw Error(name(e.diagnostic()));
  } catch (const std::bad_alloc& e) {
    throw LimitError(name(diagnostic_of(e)));
  } catch (const std::system_error& e) {
    throw LimitError(name(diagnostic_of(e)));
  } catch (const std::exception& e) {
    throw PluginError("E-PLUGIN-FAILED", std::string(what) + " failed: " + e.what(),
                      "this is a fault of the plugin; tell its authors");
  } catch (...) {
    throw PluginError("E-PLUGIN-FAILED",
                      std::string(what) + " threw something that is no exception",
                      "this is a fault of the plugin; tell its authors");
  }
}

}  // namespace stateferry
