// The JSON Schema of rule files: what the sections declare, and between their keys what no
// declaration can say.
#include <utility>

#include "schema/schema_parts.hpp"
#include "sections.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "stateferry/rules/schema.hpp"

namespace stateferry::rules {
namespace {

/// `if` for a map in which `key` is `value`.
Json when(const std::string& key, const Json& value, Json then) {
  return {{"if", {{"properties", {{key, {{"const", value}}}}}, {"required", {key}}}},
          {"then", std::move(then)}};
}

Json property(const std::string& key, Json schema) {
  return {{"properties", {{key, std::move(schema)}}}};
}

Json bound_schema() {
  static constexpr const char* kOne = "(<=|>=|<|>|=)?[0-9]+";
  const std::string pattern = "^ *" + std::string(kOne) + "( +" + kOne + R"()* *$|\$\{)";
  return {{"anyOf", Json::array({{{"type", "integer"}, {"minimum", 0}},
                                 {{"type", "string"},
                                  {"pattern", pattern},
                                  {"patternErrorMessage",
                                   "must be a bound such as 0, \">=1\" or \">=1 <=5\""}}})}};
}

// --- vars ---------------------------------------------------------------------------------------

// No variable may stand in another one's default.
Json default_of_type(const Json& type) {
  return property("default", {{"type", type}});
}

Json no_pattern(Json schema) {
  schema["properties"]["pattern"] = refuse("'pattern' is for texts only");
  return schema;
}

Json var_schema() {
  Json schema = Fields{declare_variable}.schema(Variable::no);
  schema["allOf"] = Json::array(
      {when("required", true,
            property("default", refuse("a variable with a default can't be required"))),
       when("secret", true, property("default", refuse("a secret variable can't have a default"))),
       when("type", "integer", no_pattern(default_of_type("integer"))),
       when("type", "boolean", no_pattern(default_of_type("boolean"))),
       when("type", "uri-prefix", default_of_type("string"))});
  return schema;
}

// --- steps --------------------------------------------------------------------------------------

Json accept_schema(const std::vector<HazardSchema>& hazards) {
  std::vector<Word> words;
  for (const HazardSchema& hazard : hazards) words.push_back({hazard.name, hazard.help});
  return one_or_many(choice_schema(words, Variable::yes));
}

/// What a step must be when it uses `transform`.
Json step_with(const SchemaTransform& transform) {
  const TransformSchema& declared = transform.declared;
  Json with = described(transform.summary, parameters_schema(declared.params));
  const bool needs_some = with.contains("required");
  // `with:` and nothing behind it is a step without parameters.
  if (!needs_some) with["type"] = {"object", "null"};
  Json then{
      {"properties", {{"with", std::move(with)}, {"accept", accept_schema(declared.hazards)}}}};
  if (needs_some) then["required"] = {"with"};
  return when("uses", transform.name, std::move(then));
}

Json step_schema(const std::vector<SchemaTransform>& transforms) {
  std::vector<Word> names;
  Json cases = Json::array();
  for (const SchemaTransform& transform : transforms) {
    names.push_back({transform.name, transform.summary});
    cases.push_back(step_with(transform));
  }
  Json schema = Fields{declare_step}.schema(Variable::no);
  schema["properties"]["uses"].update(choice_schema(names, Variable::no));
  if (!cases.empty()) schema["allOf"] = std::move(cases);
  return schema;
}

// --- tests --------------------------------------------------------------------------------------

// Keys that say something of the run that others don't have, or have otherwise.
Json impossible_tests() {
  const std::vector<std::vector<std::string>> together = {{"uris", "fixture"},
                                                          {"uris", "uid-hashes"},
                                                          {"fixture", "uid-hashes"},
                                                          {"uid-hashes", "base-uri"},
                                                          {"uid-hashes", "expect"},
                                                          {"uid-hashes", "fails-with"},
                                                          {"fixture", "expect", "fails-with"}};
  Json cases = Json::array();
  for (const std::vector<std::string>& keys : together) cases.push_back({{"required", keys}});
  return {{"anyOf", std::move(cases)}};
}

Json test_schema() {
  Json schema = Fields{declare_test}.schema(Variable::no);
  schema["anyOf"] = {
      {{"required", {"uris"}}}, {{"required", {"fixture"}}}, {{"required", {"uid-hashes"}}}};
  schema["not"] = impossible_tests();
  return schema;
}

// --- the whole file -----------------------------------------------------------------------------

Json file_schema(const SchemaSource& source) {
  Json schema = Fields{declare_file}.schema(Variable::no);
  Json& plugins = schema["properties"]["plugins"];
  for (const SchemaPlugin& plugin : source.plugins) {
    plugins["properties"][plugin.name] =
        described(plugin.version + " is installed", plugins["additionalProperties"]);
  }
  std::vector<Word> versions{{"keep"}};
  for (const std::int32_t version : source.versions) versions.push_back({std::to_string(version)});
  schema["properties"]["output"]["properties"]["metadata-version"].update(
      choice_schema(versions, Variable::no));
  schema["anyOf"] = {{{"required", {"steps"}}}, {{"required", {"include"}}}};
  return schema;
}

Json definitions(const SchemaSource& source) {
  return {{"bound", bound_schema()},
          {"variable", var_schema()},
          {"step", step_schema(source.transforms)},
          {"where", Fields{declare_where}.schema(Variable::yes)},
          {"expect", Fields{declare_expect}.schema(Variable::yes)},
          {"test", test_schema()}};
}

std::string comment(const SchemaSource& source) {
  std::string text = "Written by 'rules schema' of " + source.generator + " for the plugins";
  for (const SchemaPlugin& plugin : source.plugins) {
    text += (&plugin == source.plugins.data() ? " " : ", ") + plugin.name + " " + plugin.version;
  }
  return text;
}

}  // namespace
}  // namespace stateferry::rules

namespace stateferry {

std::string rule_schema(const SchemaSource& source) {
  using rules::Json;
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"$comment", rules::comment(source)},
              {"title", "stateferry rule file"}};
  schema.update(rules::file_schema(source));
  schema["definitions"] = rules::definitions(source);
  return schema.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stateferry
