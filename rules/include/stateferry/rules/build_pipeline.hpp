// From a checked rule file to a pipeline that can be run.
//
// Here the rules meet the plugins, through two functions of the caller, so that this library knows
// neither registry nor plugin and tests need none.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/plugin/transform.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry {

/// Where transforms come from.
struct TransformFactory {
  /// A new, unconfigured transform. Throws Error (as PluginRegistry::make_transform does) or
  /// returns null when there is none of this name.
  std::function<std::shared_ptr<Transform>(std::string_view full_name)> make;
  /// All names, for suggestions; asked only when make() returned null. May be null.
  std::function<std::vector<std::string>()> names;
};

/// The version of an installed plugin namespace; empty when it isn't there. Throws Error when the
/// plugin can't be used.
using VersionLookup = std::function<std::string(std::string_view plugin)>;

/// Makes and configures the transform of each step and puts the pipeline together. Everything that
/// is wrong with plugin versions, transforms, parameters and hazards is reported to `sink`, in the
/// order of the file; nothing is thrown. Returns nothing after a problem, and for a file that is
/// not valid (its steps are still checked as far as they can be) or has steps with unset variables.
/// The pipeline holds its transforms and refers to nothing of `file`.
std::optional<Pipeline> build_pipeline(const RuleFile& file, const TransformFactory& transforms,
                                       const VersionLookup& plugin_version, DiagnosticSink& sink);

}  // namespace stateferry
