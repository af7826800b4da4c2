// Whether the cost of a conversion is acceptable, and the messages that tell it.
#pragma once

#include <string>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/conversion.hpp"

namespace stateferry {

/// Reports to `sink` what the target can't hold and what gets lost: one message for each reason,
/// whose notes are the operators. Losses are errors unless `on_loss` lets them be warnings. When
/// the result must not be written, the worst is thrown as CapabilityError instead of being
/// reported. `subject` names the input.
void judge_conversion(const ConversionAccount& account, OnLoss on_loss, const std::string& subject,
                      DiagnosticSink& sink);

}  // namespace stateferry
