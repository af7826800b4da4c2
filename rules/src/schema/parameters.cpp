// From what configure() declares to JSON Schema.
#include <cstddef>
#include <utility>

#include "schema/schema_parts.hpp"
#include "yaml_document.hpp"

namespace stateferry::rules {
namespace {

using Type = ParamSchema::Type;

Json scalar_schema(const ParamSchema& param) {
  if (!param.allowed.empty()) {
    std::vector<Word> words;
    for (const std::string& word : param.allowed) words.push_back({word});
    return choice_schema(words, Variable::yes);
  }
  switch (param.type) {
    case Type::uri_prefix:
      return uri_prefix_schema();
    case Type::integer:
      return integer_schema();
    case Type::boolean:
      return boolean_schema();
    default:
      return text_schema();
  }
}

Json param_schema(const ParamSchema& param);

/// The element of a list or map; text where the declaration has none.
Json element_schema(const ParamSchema& param) {
  return param.children.empty() ? text_schema() : param_schema(param.children.front());
}

Json list_schema(const ParamSchema& param) {
  const Json element = element_schema(param);
  Json list{{"type", "array"}, {"items", element}};
  if (param.required) list["minItems"] = 1;
  const bool is_of_maps = !param.children.empty() && param.children.front().type == Type::group;
  // A single text counts as a list of one.
  return is_of_maps ? list : Json{{"anyOf", Json::array({std::move(list), element})}};
}

// Keys and values of a map parameter are of one type.
Json dictionary_schema(const ParamSchema& param) {
  const Json element = element_schema(param);
  Json schema{{"type", "object"}, {"additionalProperties", element}};
  if (element.contains("pattern")) schema["propertyNames"] = {{"pattern", element["pattern"]}};
  if (param.required) schema["minProperties"] = 1;
  return schema;
}

Json schema_by_type(const ParamSchema& param) {
  switch (param.type) {
    case Type::list:
      return list_schema(param);
    case Type::map:
      return dictionary_schema(param);
    case Type::group:
      return parameters_schema(param.children);
    case Type::text_or_map:
      return {
          {"anyOf", Json::array({text_schema(),
                                 {{"type", "object"}, {"additionalProperties", text_schema()}}})}};
    default:
      return scalar_schema(param);
  }
}

Json value_of(const ParamNode& node, Type type) {
  if (node.kind == ParamNode::Kind::list) {
    Json values = Json::array();
    for (const ParamNode& item : node.items) values.push_back(value_of(item, Type::string));
    return values;
  }
  if (type != Type::integer && type != Type::boolean) return node.scalar;
  return Json::parse(node.scalar, nullptr, /*allow_exceptions=*/false);
}

/// A default, which is declared as it would stand in YAML.
Json default_of(const ParamSchema& param) {
  Problems problems;
  std::size_t nodes_left = kMaxNodes;
  const auto node = read_yaml(make_source("default", param.default_text), nodes_left, problems);
  return node ? value_of(*node, param.type) : Json(param.default_text);
}

Json param_schema(const ParamSchema& param) {
  Json schema = described(param.help, schema_by_type(param));
  if (!param.default_text.empty()) schema["default"] = default_of(param);
  return schema;
}

}  // namespace

Json parameters_schema(const std::vector<ParamSchema>& params) {
  Json properties = Json::object();
  std::vector<std::string> required;
  for (const ParamSchema& param : params) {
    properties[param.name] = param_schema(param);
    if (param.required) required.push_back(param.name);
  }
  return map_schema(std::move(properties), std::move(required), Variable::yes);
}

}  // namespace stateferry::rules
