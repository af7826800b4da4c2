// What can be said of a run before the body of its input is read: by the steps and options alone.
#pragma once

#include <vector>

#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// Whether a step only changes or checks strings.
bool is_string_step(const Step& step);
/// Whether some step changes URIs.
bool has_uri_step(const std::vector<Step>& steps);

/// Whether no tree is needed.
bool splices(const Pipeline& pipeline, const RunOptions& options);

/// Whether one pass is enough to know that no two locations become one, in all but odd cases.
bool proves_as_it_goes(const Pipeline& pipeline, const RunOptions& options);

/// Whether the rules ask for something that only the end of the input decides.
bool must_judge_first(const Pipeline& pipeline, const RunOptions& options);

/// Throws RuleError where something must know the directory of _metadata, and nobody does.
void check_base_uri(const Pipeline& pipeline, const RunOptions& options);

}  // namespace stateferry
