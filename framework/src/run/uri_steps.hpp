// What the URI steps of a pipeline say of texts that no handle has: where the snapshot's own
// directory goes, and URIs in inline state, which nothing rewrites.
#pragma once

#include <string>

#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// The directory of `_metadata` once the steps have moved what they move; empty when `base` is.
/// Throws Error.
std::string moved_base(const Pipeline& pipeline, const std::string& base);

/// Counts a URI in inline state, and whether the steps would have changed it in a handle. `names`
/// may be null.
void note_inline_uri(RunReport& report, const Pipeline& pipeline, const OperatorNames* names,
                     const Location& place, const FoundUri& uri);

/// Warns of what note_inline_uri() has noted where the state moves: because it is said, or because
/// locations have changed. `subject` names the input.
void warn_of_inline_uris(const RunReport& report, bool state_moves, const std::string& subject,
                         DiagnosticSink& sink);

/// Says which operators go on with places that the steps have replaced: a warning, or with `fail`
/// an Error (E-RESIDUAL). Nothing where no state moves.
void judge_residuals(const RunReport& report, bool state_moves, bool fail,
                     const std::string& subject, DiagnosticSink& sink);

}  // namespace stateferry
