// Warns of rules that are valid and do nothing.
#pragma once

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// Reports steps that can never meet what they are for (W-RULE-NEVER) and prefixes that another one
/// takes everything from (W-RULE-SHADOWED). Says only what holds for every snapshot: no warning
/// doesn't mean that all steps have something to do.
void warn_of_idle_rules(const Pipeline& pipeline, DiagnosticSink& sink);

}  // namespace stateferry
