// `where` of a rule step as a text of its own: what commands take on the command line.
#pragma once

#include <optional>
#include <string>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// Reads the keys of `where` from one YAML map, such as `{role: incremental-shared}` or
/// `operator: uid:orders`. `name` is what messages call the text. Problems go to `sink`, with their
/// places; then nothing is returned.
std::optional<Selector> parse_where(const std::string& name, std::string text,
                                    DiagnosticSink& sink);

}  // namespace stateferry
