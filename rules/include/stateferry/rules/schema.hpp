// JSON Schema (draft-07) of rule files, for editors and other programs that check or complete them.
//
// The parameters of transforms come from the declarations that bind them (ParamBinder), those of
// plugins from elsewhere included; the words of the language from the tables that parse them. The
// schema never refuses what `rules check` takes, but for maps whose keys are variables. It takes
// more than that: what no schema can say (unique ids, names of variables, collisions).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// An installed plugin namespace.
struct SchemaPlugin {
  std::string name;
  std::string version;
};

/// An installed transform: its full name, its summary, and what its configure() declares.
struct SchemaTransform {
  std::string name;
  std::string summary;
  TransformSchema declared;
};

/// What a schema is made of. `generator` names the program and its version, for the reader.
struct SchemaSource {
  std::string generator;
  std::vector<SchemaPlugin> plugins;
  std::vector<SchemaTransform> transforms;
  std::vector<std::int32_t> versions;  ///< format versions that have a codec, ascending
};

/// The schema as JSON text, indented, with a line end. The same source gives the same text. Text of
/// plugins that isn't UTF-8 has its bad bytes replaced.
std::string rule_schema(const SchemaSource& source);

}  // namespace stateferry
