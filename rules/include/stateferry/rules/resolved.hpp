// A rule file as it is run: includes spliced, variables replaced, defaults said, secrets hidden.
// And the text of a rule file that was made by a program.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "stateferry/host/pipeline.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry {

/// What stands in the place of a text that holds a secret.
inline constexpr std::string_view kHiddenSecret = "(secret)";

/// The rules as the tree of one rule file without includes, variables and tests. Where everything
/// comes from is said under keys of the user's own (`x-files`, `x-vars`, `x-at`), what a transform
/// does under `x-does`. Texts that refer to a variable without a value stay as they are written.
/// `pipeline` is what build_pipeline() made of the file, or null; `summary_of` tells what a
/// transform does and may be null.
ParamNode resolved_rules(const RuleFile& file, const Pipeline* pipeline,
                         const std::function<std::string(std::string_view)>& summary_of);

/// The text of a rule file with this tree, which must be a map: YAML in block style, that reads
/// back as the same tree. A `${` that is no variable is written `$${` where variables are replaced.
std::string rule_file_text(const ParamNode& root);

}  // namespace stateferry
