#include "schema/schema_parts.hpp"

#include <algorithm>
#include <utility>

namespace stateferry::rules {
namespace {

constexpr const char* kVariablePattern = R"(\$\{)";
// What read_uri_prefix() takes at least: a scheme, and a slash of either kind behind it.
constexpr const char* kUriPattern = R"(^[A-Za-z][A-Za-z0-9+.-]*:[/\\]|\$\{)";
// Or a path without a scheme.
constexpr const char* kPrefixPattern = R"(^[A-Za-z][A-Za-z0-9+.-]*:[/\\]|^/(?!/)|\$\{)";

/// A word as JSON has it where it stands without quotes: `4` is a number there, and a text for us.
Json unquoted(const std::string& word) {
  Json value = Json::parse(word, nullptr, /*allow_exceptions=*/false);
  return value.is_number() || value.is_boolean() ? value : Json(word);
}

}  // namespace

Json reference(const std::string& definition) {
  return {{"$ref", "#/definitions/" + definition}};
}

Json described(std::string_view description, Json schema) {
  if (description.empty()) return schema;
  Json result{{"description", description}};
  result.update(std::move(schema));
  return result;
}

// Said by what it is not: for a type of that name editors would propose `true` and `false`.
Json text_schema() {
  return {{"not", {{"type", {"object", "array", "null"}}}}, {"errorMessage", "must be a text"}};
}

Json text_schema(std::string_view pattern, std::string_view hint) {
  return {{"not", {{"type", {"object", "array", "null"}}}},
          {"pattern", pattern},
          {"patternErrorMessage", hint}};
}

Json variable_schema() {
  return {{"type", "string"}, {"pattern", kVariablePattern}};
}

Json or_variable(Json schema) {
  return {{"anyOf", Json::array({std::move(schema), variable_schema()})}};
}

namespace {

Json uri_schema_of(const char* pattern) {
  return {{"type", "string"},
          {"pattern", pattern},
          {"patternErrorMessage", "must be an absolute URI such as s3://bucket/dir"}};
}

}  // namespace

Json uri_schema() {
  return uri_schema_of(kUriPattern);
}
Json uri_prefix_schema() {
  return uri_schema_of(kPrefixPattern);
}

Json integer_schema() {
  return or_variable({{"type", "integer"}});
}

Json boolean_schema() {
  return or_variable({{"type", "boolean"}});
}

Json choice_schema(const std::vector<Word>& words, Variable variable) {
  if (words.empty() && variable == Variable::yes) return variable_schema();
  Json values = Json::array();
  Json meanings = Json::array();
  const auto add = [&](const Json& value, const Word& word) {
    values.push_back(value);
    meanings.push_back(word.meaning);
  };
  for (const Word& word : words) {
    const Json plain = unquoted(word.text);
    if (!plain.is_string()) add(plain, word);
    add(word.text, word);
  }
  Json schema{{"enum", std::move(values)}};
  const bool explained =
      std::any_of(words.begin(), words.end(), [](const Word& w) { return !w.meaning.empty(); });
  if (explained) schema["enumDescriptions"] = std::move(meanings);
  return variable == Variable::yes ? or_variable(std::move(schema)) : schema;
}

Json one_or_many(const Json& element) {
  const Json many{{"type", "array"}, {"items", element}, {"minItems", 1}};
  return {{"anyOf", Json::array({element, many})}};
}

Json map_schema(Json properties, std::vector<std::string> required, Variable variable) {
  const char* free = variable == Variable::yes ? R"(^x-|\$\{)" : "^x-";
  Json schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["patternProperties"] = {{free, true}};
  schema["additionalProperties"] = false;
  return schema;
}

Json open_map_schema(const Json& value) {
  return {
      {"type", "object"}, {"patternProperties", {{"^x-", true}}}, {"additionalProperties", value}};
}

Json refuse(std::string_view why) {
  return {{"not", Json::object()}, {"errorMessage", why}};
}

}  // namespace stateferry::rules
