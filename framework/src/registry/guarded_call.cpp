#include "stateferry/host/guarded_call.hpp"

#include <exception>
#include <string>

#include "stateferry/diag/error.hpp"

namespace stateferry {

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
