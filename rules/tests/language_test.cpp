// The rule language as its sections declare it: for each key that the schema knows, and for each
// kind of value, a file is made that has it; what is printed of it must say it, and read back as
// the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "sections.hpp"
#include "stateferry/rules/resolved.hpp"
#include "stateferry/rules/schema.hpp"
#include "support.hpp"
#include "yaml_document.hpp"

namespace stateferry::test {
namespace {

using rules::Json;

const Json& schema() {
  static const Json schema =
      Json::parse(rule_schema({"test", {{"acme", "1.0.0"}}, {{"acme.move", "moves", {}}}, {1, 2}}));
  return schema;
}

const Json& resolved(const Json& part) {
  if (part.contains("allOf") && part["allOf"][0].contains("$ref"))
    return resolved(part["allOf"][0]);
  if (!part.contains("$ref")) return part;
  const std::string path = part["$ref"];
  return schema().at(Json::json_pointer(path.substr(1)));
}

/// A text that the schema of texts takes, as no generator of texts for patterns is at hand.
Json text_for(const Json& part) {
  if (!part.contains("pattern")) return "key";
  const std::regex pattern(part["pattern"].get<std::string>());
  for (const char* text : {"key", "KEY", "acme.move", "s3://bucket/dir", ">=1.2", ">=1", "1.18",
                           "0280cff30166c8fe8bb88cc69f845dc0"}) {
    if (std::regex_search(text, pattern)) return text;
  }
  ADD_FAILURE() << "no text matches " << part["pattern"];
  return "";
}

std::vector<Json> examples(const Json& unresolved);

/// What a map must have besides `key`.
Json base_of(const Json& map, const std::string& key) {
  std::vector<std::string> needed = map.value("required", std::vector<std::string>());
  std::vector<std::vector<std::string>> one_of;
  const Json alternatives = map.value("anyOf", Json::array());
  for (const Json& alternative : alternatives) {
    one_of.push_back(alternative["required"]);
  }
  const bool is_one = std::any_of(one_of.begin(), one_of.end(), [&](const auto& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  });
  if (!one_of.empty() && !is_one) {
    needed.insert(needed.end(), one_of.front().begin(), one_of.front().end());
  }
  Json base = Json::object();
  for (const std::string& other : needed) {
    if (other != key) base[other] = examples(map["properties"][other]).front();
  }
  return base;
}

std::vector<Json> examples_of_map(const Json& map) {
  std::vector<Json> all;
  const Json properties = map.value("properties", Json::object());
  for (const auto& [key, part] : properties.items()) {
    for (const Json& example : examples(part)) {
      Json value = base_of(map, key);
      value[key] = example;
      all.push_back(std::move(value));
    }
  }
  if (map["additionalProperties"].is_object()) {
    for (const Json& example : examples(map["additionalProperties"]))
      all.push_back({{"key", example}});
  }
  return all;
}

/// At least one value of each kind that may stand there.
std::vector<Json> examples(const Json& unresolved) {
  const Json& part = resolved(unresolved);
  if (part.contains("enum")) return part["enum"];
  if (part.value("pattern", "") == "\\$\\{") return {};  // a variable
  const std::string type = part.value("type", "");
  if (type == "object") return examples_of_map(part);
  if (type == "integer") return {1};
  if (type == "boolean") return {true, false};
  std::vector<Json> all;
  if (type == "array") {
    for (const Json& item : examples(part["items"])) all.push_back(Json::array({item}));
    if (all.size() > 1) all.push_back(Json::array({all[0][0], all[1][0]}));
    return all;
  }
  const Json alternatives = part.value("anyOf", Json::array());
  for (const Json& alternative : alternatives) {
    const auto more = examples(alternative);
    all.insert(all.end(), more.begin(), more.end());
  }
  if (!all.empty()) return all;
  if (part.contains("not") || type == "string") return {text_for(part)};
  return {Json{{"key", "value"}}};  // anything
}

/// The keys of the user's own say where things come from, and that differs.
void forget_annotations(ParamNode& node) {
  std::erase_if(node.entries,
                [](const ParamEntry& entry) { return entry.key.scalar.starts_with("x-"); });
  for (ParamNode& item : node.items) forget_annotations(item);
  for (ParamEntry& entry : node.entries) forget_annotations(entry.value);
}

struct Printed {
  bool valid = false;
  std::string text;
};

/// The rules, and the tests, which `rules explain` leaves out.
ParamNode with_tests(const RuleFile& file) {
  ParamNode root = resolved_rules(file, nullptr, nullptr);
  ParamNode tests;
  for (const TestSpec& test : file.tests) {
    tests.kind = ParamNode::Kind::list;
    tests.items.push_back(rules::Fields{rules::declare_test}.print({test, {}, {}, nullptr}));
  }
  ParamNode key;
  key.add("type", ParamNode::of("string"));
  ParamNode vars;
  vars.add("key", key);
  root.add("vars", vars);
  if (!file.tests.empty()) root.add("tests", std::move(tests));
  forget_annotations(root);
  return root;
}

Printed printed(const std::string& text) {
  const Parsed parsed = parse(text);
  if (!parsed.file || !parsed.file->valid) return {false, parsed.messages};
  return {true, rule_file_text(with_tests(*parsed.file))};
}

/// Whether all texts of `example` are in `text`.
bool is_said(const Json& example, const std::string& text) {
  if (example.is_array()) {
    return std::all_of(example.begin(), example.end(),
                       [&](const Json& item) { return is_said(item, text); });
  }
  return example.is_string() && text.find(example.get<std::string>()) != std::string::npos;
}

/// Tries each key of the map `section`, which `in_file` makes a whole file of.
void try_keys(const Json& unresolved, const std::function<Json(const Json&)>& in_file,
              const std::set<std::string>& left_out = {}) {
  const Json& section = resolved(unresolved);
  for (const auto& [key, part] : section["properties"].items()) {
    if (left_out.count(key) != 0) continue;
    int tried = 0;
    const Json base = base_of(section, key);
    const Printed without = printed(in_file(base).dump());
    for (const Json& example : examples(part)) {
      Json with = base;
      with[key] = example;
      const Printed once = printed(in_file(with).dump());
      if (!once.valid) continue;  // a word that goes with others only
      ++tried;
      const Printed again = printed(once.text);
      EXPECT_EQ(again.text, once.text) << in_file(with);
      if (example == part.value("default", Json())) continue;
      EXPECT_TRUE(!without.valid || once.text != without.text || is_said(example, once.text))
          << in_file(with) << "\nis printed as\n"
          << once.text;
    }
    EXPECT_GT(tried, 0) << key << ": " << printed(in_file(base).dump()).text;
  }
}

const Json& properties() {
  return schema()["properties"];
}

Json file_with(const std::string& key, const Json& value) {
  Json file{{"rules", "v1"},
            {"vars", {{"key", {{"type", "string"}}}}},
            {"steps", Json::array({{{"id", "key"}, {"uses", "acme.move"}}})}};
  file[key] = value;
  return file;
}

TEST(Language, EachKeyOfTheFileIsPrintedAndReadBack) {
  try_keys(schema(),
           [](const Json& value) {
             Json file = file_with("rules", "v1");
             file.update(value);
             return file;
           },
           {"rules", "vars", "include", "require", "steps", "output", "tests"});
}

TEST(Language, EachKeyOfAStepIsPrintedAndReadBack) {
  try_keys(schema()["definitions"]["step"],
           [](Json value) {
             value["id"] = value.value("id", "key");
             value["uses"] = "acme.move";
             return file_with("steps", Json::array({value}));
           },
           {"uses"});
}

TEST(Language, EachKeyOfWhereIsPrintedAndReadBack) {
  try_keys(schema()["definitions"]["where"], [](const Json& value) {
    Json step{{"id", "key"}, {"uses", "acme.move"}};
    if (!value.empty()) step["where"] = value;
    return file_with("steps", Json::array({step}));
  });
}

TEST(Language, EachKeyOfRequireAndOutputIsPrintedAndReadBack) {
  for (const char* name : {"require", "output"}) {
    try_keys(properties()[name], [&](const Json& value) { return file_with(name, value); });
  }
}

TEST(Language, EachKeyOfATestIsPrintedAndReadBack) {
  try_keys(schema()["definitions"]["test"],
           [](const Json& value) { return file_with("tests", Json::array({value})); });
}

/// A declaration, read and printed.
ParamNode declared(const ParamNode& vars, std::size_t* problems_found) {
  rules::Problems problems;
  std::vector<rules::VarDeclaration> declarations;
  rules::read_declarations(vars, declarations, problems);
  *problems_found = problems.count();
  ParamNode printed;
  for (const rules::VarDeclaration& one : declarations) {
    printed.add(one.spec.name, rules::Fields{rules::declare_variable}.print(one));
  }
  return printed;
}

TEST(Language, EachKeyOfAVariableIsPrintedAndReadBack) {
  for (const auto& [key, part] : schema()["definitions"]["variable"]["properties"].items()) {
    for (const Json& example : examples(part)) {
      rules::Problems problems;
      std::size_t nodes = rules::kMaxNodes;
      const Json vars{{"key", {{key, example}}}};
      const auto tree = rules::read_yaml(rules::make_source("vars", vars.dump()), nodes, problems);
      std::size_t found = 0;
      const ParamNode once = declared(*tree, &found);
      EXPECT_EQ(found, 0U) << vars;
      const ParamNode& fields = once.entries.front().value;
      if (example == part.value("default", Json())) {
        EXPECT_TRUE(fields.entries.empty()) << vars;
        continue;
      }
      ASSERT_EQ(fields.entries.size(), 1U) << vars;
      EXPECT_EQ(fields.entries.front().key.scalar, key);
      EXPECT_EQ(rule_file_text(declared(once, &found)), rule_file_text(once)) << vars;
    }
  }
}

}  // namespace
}  // namespace stateferry::test
