// The keys of the rule language as JSON Schema. What each means is said again here, shortly, for
// the pop-ups of editors; docs/user/rules.md is the reference.
#include <algorithm>
#include <utility>

#include "schema/schema_parts.hpp"
#include "sections.hpp"
#include "stateferry/diag/codes.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "stateferry/rules/schema.hpp"

namespace stateferry::rules {
namespace {

Json reference(const std::string& definition) {
  return {{"$ref", "#/definitions/" + definition}};
}

// Keys beside a $ref mean nothing in draft-07, so a description needs a schema around it.
Json described_reference(std::string_view description, const std::string& definition) {
  return described(description, {{"allOf", Json::array({reference(definition)})}});
}

/// `if` for a map in which `key` is `value`.
Json when(const std::string& key, const Json& value, Json then) {
  return {{"if", {{"properties", {{key, {{"const", value}}}}}, {"required", {key}}}},
          {"then", std::move(then)}};
}

Json property(const std::string& key, Json schema) {
  return {{"properties", {{key, std::move(schema)}}}};
}

// --- words --------------------------------------------------------------------------------------

template <class Value, class NameOf>
std::vector<Word> words_of(const Value& values, NameOf name_of) {
  std::vector<Word> words;
  for (const auto value : values) words.push_back({std::string(name_of(value))});
  return words;
}

std::vector<Word> roles() {
  return words_of(kAllRoles, role_name);
}

std::vector<Word> location_kinds() {
  return {{"file", "an absolute path of a file"},
          {"relative-file", "a path relative to the directory of _metadata"},
          {"bytes", "the name of an inline handle, which Flink never opens"},
          {"segment-file", "the physical file of a segment"},
          {"directory", "the directories of merged files"}};
}

std::vector<Word> scopes() {
  return {{"exclusive", "below the directory of _metadata"},
          {"shared", "below its sibling 'shared'"},
          {"taskowned", "below its sibling 'taskowned'"},
          {"foreign", "anywhere else"}};
}

std::vector<Word> snapshot_types() {
  return {{"savepoint"}, {"checkpoint"}, {"unknown", "versions 1 to 3 don't say what they are"}};
}

std::vector<Word> error_codes() {
  std::vector<Word> words;
  for (const CodeInfo& info : all_codes()) {
    if (info.code.starts_with("E-"))
      words.push_back({std::string(info.code), std::string(info.meaning)});
  }
  return words;
}

std::string meaning_of_count(const std::string& name) {
  if (name == "selected") return "locations that satisfy 'where'";
  if (name == "changed") return "locations that got a new text";
  if (name == "already") return "locations that lie below the step's target";
  if (name == "unmatched") return "locations that are none of the step's business; 0 guards a move";
  return "changed + already";
}

// --- values that several sections share ---------------------------------------------------------

constexpr std::string_view kHashPattern = R"(^[0-9a-fA-F]{32}$|\$\{)";
constexpr std::string_view kHashHint = "must be the 32 hexadecimal digits of an operator's hash";

Json bound_schema() {
  static constexpr const char* kOne = "(<=|>=|<|>|=)?[0-9]+";
  const std::string pattern = "^ *" + std::string(kOne) + "( +" + kOne + R"()* *$|\$\{)";
  return {{"anyOf", Json::array({{{"type", "integer"}, {"minimum", 0}},
                                 {{"type", "string"},
                                  {"pattern", pattern},
                                  {"patternErrorMessage",
                                   "must be a bound such as 0, \">=1\" or \">=1 <=5\""}}})}};
}

Json texts_schema() {
  return one_or_many(text_schema());
}

Json counts_schema(const Json& value) {
  Json properties = Json::object();
  for (const std::string& name : count_names()) {
    properties[name] = described(meaning_of_count(name), value);
  }
  return properties;
}

Json expect_schema() {
  return map_schema(counts_schema(reference("bound")), {}, Variable::yes);
}

Json where_operator_schema() {
  Json map = map_schema(
      {{"uid", described("globs over uids; an exact uid also matches by its hash", texts_schema())},
       {"uid-hash", described("hashes", one_or_many(text_schema(kHashPattern, kHashHint)))},
       {"name", described("globs over names", texts_schema())},
       {"state", described("globs over the names of registered operator states", texts_schema())}},
      {}, Variable::yes);
  map["minProperties"] = 1;
  map["not"] = {{"required", {"uid", "uid-hash"}}};
  return {{"anyOf", Json::array({std::move(map), texts_schema()})}};
}

Json where_schema() {
  const Json uri =
      map_schema({{"scheme", described("schemes, without ':'", texts_schema())},
                  {"glob", described("* stays within a segment, ** crosses /", texts_schema())}},
                 {}, Variable::yes);
  const auto any_of = [](const std::vector<Word>& words) {
    return one_or_many(choice_schema(words, Variable::yes));
  };
  return map_schema(
      {{"operator", described("uid:NAME, hash:32HEX, or a map of uid, uid-hash, name and state",
                              where_operator_schema())},
       {"role", described("what the location is for", any_of(roles()))},
       {"scope",
        described("where it lies, seen from the directory of _metadata", any_of(scopes()))},
       {"handle", described("its kind", any_of(location_kinds()))},
       {"uri", described("what its text is", uri)}},
      {}, Variable::yes);
}

// --- vars ---------------------------------------------------------------------------------------

Json var_types() {
  std::vector<Word> words;
  for (const VarType type :
       {VarType::string, VarType::uri_prefix, VarType::integer, VarType::boolean}) {
    words.push_back({std::string(var_type_name(type))});
  }
  return choice_schema(words, Variable::no);
}

// No variable may stand in another one's default.
Json default_of_type(const Json& type) {
  return property("default", {{"type", type}});
}

Json no_pattern(Json schema) {
  schema["properties"]["pattern"] = refuse("'pattern' is for texts only");
  return schema;
}

Json var_schema() {
  Json type = described("what the value must be", var_types());
  type["default"] = var_type_name(VarType::string);
  Json flag{{"type", "boolean"}, {"default", false}};
  Json schema = map_schema(
      {{"type", type},
       {"description", described("for people", text_schema())},
       {"default", described("the value when nothing else gives one", text_schema())},
       {"env", described("the one environment variable that may give the value",
                         text_schema("^[A-Za-z_][A-Za-z0-9_]*$",
                                     "must be the name of an environment variable, without $"))},
       {"required", described("without a value the file is an error", flag)},
       {"secret", described("the value is never printed, and may be used in 'with' only", flag)},
       {"pattern",
        described("a regular expression that must match the whole value", text_schema())}},
      {}, Variable::no);
  schema["allOf"] = Json::array(
      {when("required", true,
            property("default", refuse("a variable with a default can't be required"))),
       when("secret", true, property("default", refuse("a secret variable can't have a default"))),
       when("type", "integer", no_pattern(default_of_type("integer"))),
       when("type", "boolean", no_pattern(default_of_type("boolean"))),
       when("type", "uri-prefix", default_of_type("string"))});
  return schema;
}

Json vars_schema() {
  Json schema = open_map_schema(reference("variable"));
  schema["propertyNames"] = {
      {"pattern", "^x-|^[A-Za-z][A-Za-z0-9_-]*$"},
      {"patternErrorMessage", "must be letters, digits, - and _, beginning with a letter"}};
  return schema;
}

// --- plugins, require, output -------------------------------------------------------------------

Json plugins_schema(const std::vector<SchemaPlugin>& plugins) {
  static constexpr std::string_view kOne = R"((<=|>=|<|>|=)[0-9]+(\.[0-9]+){0,3})";
  const std::string pattern = "^ *" + std::string(kOne) + "( +" + std::string(kOne) + ")* *$";
  const Json range{{"type", "string"},
                   {"pattern", pattern},
                   {"patternErrorMessage", "must be a range of versions such as \">=1.2 <2\""}};
  Json properties = Json::object();
  for (const SchemaPlugin& plugin : plugins) {
    properties[plugin.name] = described(plugin.version + " is installed", range);
  }
  Json schema = map_schema(std::move(properties), {}, Variable::no);
  // One that isn't installed is told when the rules are run; this schema may be older than it.
  schema["additionalProperties"] = range;
  return schema;
}

Json require_schema() {
  return map_schema(
      {{"metadata-version", described("bound on the format version", reference("bound"))},
       {"snapshot", described("what the properties say it is",
                              one_or_many(choice_schema(snapshot_types(), Variable::yes)))},
       {"operators",
        described("operators that must be there: uid:NAME or hash:32HEX", texts_schema())}},
      {}, Variable::yes);
}

Json flink_release_schema() {
  Json releases = Json::array();
  for (const ReleaseInfo& info : all_releases()) releases.push_back(to_string(info.release));
  return {{"anyOf", Json::array({{{"enum", releases}},
                                 text_schema(R"(^[0-9]+\.[0-9]+(\.[0-9]+)?$)",
                                             "must be a Flink release such as \"1.18\"")})}};
}

Json output_word(std::string_view description, const std::vector<Word>& words,
                 const char* default_word) {
  Json schema = described(description, choice_schema(words, Variable::no));
  if (default_word != nullptr) schema["default"] = default_word;
  return schema;
}

Json output_schema(const std::vector<std::int32_t>& installed) {
  std::vector<Word> versions{{"keep"}};
  for (const std::int32_t version : installed) versions.push_back({std::to_string(version)});
  return map_schema(
      {{"metadata-version", output_word("format version of the result", versions, "keep")},
       {"flink",
        described("oldest Flink that must be able to read the result", flink_release_schema())},
       {"handles",
        output_word("how the result names files", {{"keep"}, {"absolute"}, {"relative"}}, "keep")},
       {"snapshot",
        output_word("what the result says it is, where the input doesn't say",
                    {{"unknown"}, {"savepoint-canonical"}, {"savepoint-native"}, {"checkpoint"}},
                    "unknown")},
       {"on-loss",
        output_word("what the target format can't hold",
                    {{"fail", "stops the run"}, {"report", "is told and recorded"}}, "fail")},
       {"untouched-uris",
        output_word("an absolute URI that no step matched; by default an error if a step is a URI "
                    "transform, else allowed",
                    {{"fail", "stops the run"}, {"warn", "is told"}, {"allow", "is fine"}},
                    nullptr)}},
      {}, Variable::no);
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
  Json schema = map_schema(
      {{"id", described("names the step in all messages; unique",
                        text_schema("^[A-Za-z0-9][A-Za-z0-9._-]*$",
                                    "must be letters, digits, -, _ and ., beginning with a letter "
                                    "or digit"))},
       {"uses",
        described("the transform: <plugin>.<transform>", choice_schema(names, Variable::no))},
       {"with", {{"description", "parameters of the transform"}}},
       {"where",
        described_reference("which locations the step is about; a list is 'any of'", "where")},
       {"expect", described_reference("bounds on the step's counts", "expect")},
       {"accept", described("hazards of the transform that are meant", texts_schema())}},
      {"id", "uses"}, Variable::no);
  if (!cases.empty()) schema["allOf"] = std::move(cases);
  return schema;
}

// --- tests --------------------------------------------------------------------------------------

Json test_operator_schema() {
  Json map =
      map_schema({{"uid", text_schema()},
                  {"uid-hash", text_schema(kHashPattern, kHashHint)},
                  {"name", text_schema()},
                  {"state", described("name of a registered operator state", text_schema())}},
                 {}, Variable::yes);
  return {{"anyOf", Json::array({std::move(map), text_schema()})}};
}

Json test_expect_schema() {
  const Json by_step = open_map_schema(reference("bound"));
  Json properties = counts_schema(by_step);
  properties["residual"] =
      described("bounds on the number of locations that still hold a text", by_step);
  return map_schema(std::move(properties), {}, Variable::yes);
}

Json test_uris_schema() {
  Json schema = open_map_schema({{"not", {{"type", {"object", "array"}}}}});
  schema["minProperties"] = 1;
  return described("what becomes of each URI; nothing where the steps leave it as it is", schema);
}

Json test_hashes_schema() {
  Json schema = open_map_schema(text_schema(kHashPattern, kHashHint));
  schema["minProperties"] = 1;
  return described("the hash that Flink makes of each uid", schema);
}

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
  Json schema = map_schema(
      {{"name", described("a sentence that says what must be so", text_schema())},
       {"vars", described("values of variables in this test", open_map_schema(text_schema()))},
       {"uris", test_uris_schema()},
       {"fixture", described("a snapshot, relative to this file", text_schema())},
       {"uid-hashes", test_hashes_schema()},
       {"base-uri", described("directory of _metadata", uri_schema())},
       {"role", described("of the URIs' locations; managed-keyed without it",
                          one_or_many(choice_schema(roles(), Variable::yes)))},
       {"scope", described("of the URIs' locations", choice_schema(scopes(), Variable::yes))},
       {"handle", described("of the URIs' locations; file without it",
                            choice_schema(location_kinds(), Variable::yes))},
       {"operator", described("that the URIs' locations belong to", test_operator_schema())},
       {"expect", described("bounds on counts, by step", test_expect_schema())},
       {"fails-with",
        described("the error that must stop the run", choice_schema(error_codes(), Variable::no))}},
      {"name"}, Variable::no);
  schema["anyOf"] = {
      {{"required", {"uris"}}}, {{"required", {"fixture"}}}, {{"required", {"uid-hashes"}}}};
  schema["not"] = impossible_tests();
  schema["dependencies"] = {
      {"role", {"uris"}}, {"scope", {"uris"}}, {"handle", {"uris"}}, {"operator", {"uris"}}};
  return schema;
}

// --- the whole file -----------------------------------------------------------------------------

Json list_of(const std::string& definition) {
  return {{"type", "array"}, {"items", reference(definition)}};
}

Json file_schema(const SchemaSource& source) {
  Json schema = map_schema(
      {{"rules", described("the version of the language, in quotes", {{"enum", {"v1"}}})},
       {"name", described("goes into the record of a run",
                          text_schema("^[a-z0-9][a-z0-9.-]*$",
                                      "must be lower-case letters, digits, - and ., beginning with "
                                      "a letter or digit"))},
       {"description", described("for people; may have several lines", text_schema())},
       {"vars", described("the inputs of the file", vars_schema())},
       {"include", described("rule files that run before this one's steps, relative to this file",
                             one_or_many(text_schema("^[^/]", "must be a relative path")))},
       {"plugins",
        described("versions of plugins that are needed", plugins_schema(source.plugins))},
       {"require", described("what the snapshot must be", require_schema())},
       {"steps", described("what is done, in this order", list_of("step"))},
       {"output", described("what the result must be", output_schema(source.versions))},
       {"tests", described("cases for the rules", list_of("test"))}},
      {"rules"}, Variable::no);
  schema["anyOf"] = {{{"required", {"steps"}}}, {{"required", {"include"}}}};
  return schema;
}

Json definitions(const SchemaSource& source) {
  return {{"bound", bound_schema()},
          {"variable", var_schema()},
          {"step", step_schema(source.transforms)},
          {"where", where_schema()},
          {"expect", expect_schema()},
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
