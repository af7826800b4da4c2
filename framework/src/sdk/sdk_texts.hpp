// Texts that cross the C interface for plugins: what a plugin says is checked, what it is given is
// kept.
#pragma once

#include <deque>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/sdk/transform.h"

namespace stateferry {

/// A text as the interface has it; views `text`.
inline stateferry_sdk_text sdk_text(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

/// A text of a plugin; `what` names it in the error. Throws PluginError for a null pointer in front
/// of bytes, for what is longer than any text could be, and for what is no UTF-8.
std::string_view checked_text(stateferry_sdk_text text, std::string_view what);

/// What a plugin was given and may look at as long as the instance lives. One thread.
class SdkKeptTexts {
 public:
  stateferry_sdk_text keep(std::string text);
  /// The texts side by side; null when there are none.
  const stateferry_sdk_text* keep(const std::vector<std::string>& texts);

 private:
  std::deque<std::string> texts_;
  std::deque<std::vector<stateferry_sdk_text>> lists_;
};

/// The first thing that went wrong in functions that a plugin called: nothing may be thrown through
/// the plugin, so it waits here until the plugin has returned.
class SdkTrouble {
 public:
  /// Runs `f`; what it throws is kept.
  template <class F>
  void guard(F&& f) noexcept {
    try {
      f();
    } catch (...) {
      if (!first_) first_ = std::current_exception();
    }
  }
  /// Throws what was kept.
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::exception_ptr first_;
};

/// A code that a plugin gave to what it reports: one of those that rules can have, else
/// E-RULE-VALUE.
std::string sdk_code(stateferry_sdk_text code);

/// The functions that plugins call.
const stateferry_sdk_host& sdk_host() noexcept;

}  // namespace stateferry
