// The user's configuration file: YAML with the strictness of rule files.
#pragma once

#include <optional>
#include <string>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// The tree of a configuration file: a map or, for an empty file, a null node. `name` is its path
/// for messages. Problems go to `sink` (those of YAML itself as E-RULE-SYNTAX and its like, a file
/// that is no map as E-CONFIG); nothing is returned after one.
std::optional<ParamNode> parse_config(const std::string& name, std::string text,
                                      DiagnosticSink& sink);

}  // namespace stateferry
