#include "stateferry/rules/config_file.hpp"

#include <algorithm>

#include "problems.hpp"
#include "schema/schema_parts.hpp"
#include "stateferry/host/map_fields.hpp"
#include "yaml_document.hpp"

namespace stateferry {
namespace {

using rules::Json;

std::vector<std::string> keys_of(const std::vector<ConfigSection>& sections) {
  std::vector<std::string> keys;
  for (const ConfigSection& section : sections) {
    for (const ParamSchema& key : section.declared.params) keys.push_back(key.name);
  }
  return keys;
}

void check_keys(const ParamNode& root, const std::vector<std::string>& known,
                rules::Problems& problems) {
  for (const ParamEntry& entry : root.entries) {
    const std::string& key = entry.key.scalar;
    if (is_annotation(key) || std::find(known.begin(), known.end(), key) != known.end()) {
      continue;
    }
    problems.error(entry.key.mark, "E-CONFIG",
                   "unknown key '" + key + "'" + did_you_mean(key, known));
  }
}

}  // namespace

std::optional<ParamNode> parse_config(const std::string& name, std::string text,
                                      const std::vector<ConfigSection>& sections,
                                      DiagnosticSink& sink) {
  rules::Problems problems;
  const auto source = rules::make_source(name, std::move(text));
  std::size_t nodes = rules::kMaxNodes;
  auto root = rules::read_yaml(source, nodes, problems);
  if (root && root->kind != ParamNode::Kind::map && root->kind != ParamNode::Kind::null) {
    problems.error(root->mark, "E-CONFIG", "the configuration is no map of keys and values");
  } else if (root) {
    check_keys(*root, keys_of(sections), problems);
  }
  const bool good = problems.count() == 0;
  problems.report_to(sink, {source});
  return good ? std::move(root) : std::nullopt;
}

std::string config_schema(const std::string& generator,
                          const std::vector<ConfigSection>& sections) {
  std::vector<ParamSchema> keys;
  for (const ConfigSection& section : sections) {
    keys.insert(keys.end(), section.declared.params.begin(), section.declared.params.end());
  }
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "stateferry configuration"},
              {"$comment", "made by " + generator}};
  schema.update(rules::parameters_schema(keys));
  schema["type"] = Json::array({"object", "null"});
  return schema.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stateferry
