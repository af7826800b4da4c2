// One question to an instance of a plugin of the C interface, and what it says while it answers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sdk/sdk_texts.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/plugin/transform.hpp"

namespace stateferry {

/// What only few questions are answered with, so that a call for a location is made of few words.
struct SdkSaid {
  std::optional<Diagnostic> failure;
  std::vector<PrefixMove> moves;
  InverseStep step;
  std::optional<std::string> no_inverse;
  std::vector<ParamNode*> open;  ///< maps and lists of `step` that are not ended, outermost first
  SdkTrouble trouble;
};

/// See the head of this file.
struct SdkCall : stateferry_sdk_call {
  std::optional<SdkSaid> said;

  SdkCall() noexcept : stateferry_sdk_call{&sdk_host(), nullptr, 0, 0} {}
  /// With room for an answer's text.
  SdkCall(char* room, std::size_t capacity) noexcept
      : stateferry_sdk_call{&sdk_host(), room, capacity, 0} {}

  /// Throws what went wrong in functions that were called; nothing otherwise.
  void rethrow() const {
    if (said) said->trouble.rethrow();
  }
  /// Throws why the plugin says that it can't answer.
  [[noreturn]] void fail() const;
};

/// Sets the functions for calls.
void set_call_functions(stateferry_sdk_host& host) noexcept;

}  // namespace stateferry
