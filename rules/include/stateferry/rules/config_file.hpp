// The user's configuration file: YAML with the strictness of rule files. Its keys are those that
// the installed storages declare.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// A storage and the keys that its configure() declares.
struct ConfigSection {
  std::string storage;
  std::string summary;
  TransformSchema declared;
};

/// The tree of a configuration file: a map or, for an empty file, a null node. `name` is its path
/// for messages. Problems go to `sink` (those of YAML itself as E-RULE-SYNTAX and its like; as
/// E-CONFIG a file that is no map, and keys at the top that no section declares and that don't
/// begin with `x-`); nothing is returned after one. What stands below the keys the storages check
/// when they are configured.
std::optional<ParamNode> parse_config(const std::string& name, std::string text,
                                      const std::vector<ConfigSection>& sections,
                                      DiagnosticSink& sink);

/// JSON Schema (draft-07) of configuration files, as JSON text with a line end. `generator` names
/// the program and its version.
std::string config_schema(const std::string& generator, const std::vector<ConfigSection>& sections);

}  // namespace stateferry
