// Parameters for plugins of the C interface: a ParamBinder behind functions of C.
#pragma once

#include <vector>

#include "sdk/sdk_texts.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// What configure() of a plugin gets. All that is pointed to outlives it, and groups share it.
struct SdkParams : stateferry_sdk_params {
  ParamBinder* binder = nullptr;
  SdkKeptTexts* kept = nullptr;
  SdkTrouble* trouble = nullptr;
  std::vector<SourceMark>* places = nullptr;  ///< by the numbers that plugins know

  SdkParams(ParamBinder& to, SdkKeptTexts& keep, SdkTrouble& troubles,
            std::vector<SourceMark>& marks) noexcept
      : stateferry_sdk_params{&sdk_host()},
        binder(&to),
        kept(&keep),
        trouble(&troubles),
        places(&marks) {}
};

/// Sets the functions for parameters.
void set_param_functions(stateferry_sdk_host& host) noexcept;

}  // namespace stateferry
