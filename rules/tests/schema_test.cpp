// The JSON Schema of rule files: what declarations become. Whether it agrees with `rules check` is
// the business of tests/schema.
#include "stateferry/rules/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

using namespace stateferry;
using nlohmann::json;

// Declares each kind of parameter, as a transform does.
struct Everything {
  void configure(ParamBinder& params) {
    std::string text = "a b";
    std::int64_t number = 12;
    bool flag = true;
    std::string word = "10";
    std::vector<std::string> texts{"x", "1", "true"};
    std::vector<ParamBinder::MapEntry> entries;
    params.optional("text", "a text", text);
    params.optional("number", "a number", number);
    params.optional("flag", "a flag", flag);
    params.one_of("word", "a word", {"10", "many"}, word);
    params.list("texts", "some texts", texts);
    params.map("map", "texts by text", entries);
    params.group_list("groups", "maps", [](ParamBinder& group) {
      std::string place;
      group.required_uri_prefix("place", "an URI", place);
    });
    params.hazard("danger", "it may hurt");
  }
};

json schema_of_everything() {
  Everything transform;
  const SchemaSource source{"a test",
                            {{"acme", "1.2.3"}},
                            {{"acme.do", "does \xFF it", describe_params(transform)}},
                            {1, 2, 12}};
  return json::parse(rule_schema(source));
}

json parameters() {
  return schema_of_everything()["definitions"]["step"]["allOf"][0]["then"]["properties"]["with"]
                               ["properties"];
}

TEST(Schema, DefaultsHaveTheTypeOfTheirParameter) {
  const json params = parameters();
  EXPECT_EQ(params["text"]["default"], "a b");
  EXPECT_EQ(params["number"]["default"], 12);
  EXPECT_EQ(params["flag"]["default"], true);
  EXPECT_EQ(params["word"]["default"], "10");
  EXPECT_EQ(params["texts"]["default"], json::array({"x", "1", "true"}));
  EXPECT_FALSE(params["groups"].contains("default"));
}

TEST(Schema, EachParameterHasItsHelp) {
  EXPECT_EQ(parameters()["number"]["description"], "a number");
  EXPECT_EQ(parameters()["groups"]["items"]["properties"]["place"]["description"], "an URI");
}

TEST(Schema, AWordThatLooksLikeANumberMayStandWithoutQuotes) {
  EXPECT_EQ(parameters()["word"]["anyOf"][0]["enum"], json::array({10, "10", "many"}));
}

TEST(Schema, MembersOfAListOfMapsAreRequiredInEachOfThem) {
  EXPECT_EQ(parameters()["groups"]["items"]["required"], json::array({"place"}));
  EXPECT_EQ(parameters()["groups"]["items"]["additionalProperties"], false);
}

TEST(Schema, HazardsAreWhatMayBeAccepted) {
  const json accept =
      schema_of_everything()["definitions"]["step"]["allOf"][0]["then"]["properties"]["accept"];
  EXPECT_EQ(accept["anyOf"][0]["anyOf"][0]["enum"], json::array({"danger"}));
  EXPECT_EQ(accept["anyOf"][0]["anyOf"][0]["enumDescriptions"], json::array({"it may hurt"}));
}

TEST(Schema, VersionsAreThoseThatHaveACodec) {
  const json version =
      schema_of_everything()["properties"]["output"]["properties"]["metadata-version"];
  EXPECT_THAT(version.dump(), testing::AllOf(testing::HasSubstr("\"12\""),
                                             testing::Not(testing::HasSubstr("\"7\""))));
}

TEST(Schema, TextThatIsNoUtf8IsReplaced) {
  const json uses = schema_of_everything()["definitions"]["step"]["properties"]["uses"];
  EXPECT_EQ(uses["enumDescriptions"][0], "does \xEF\xBF\xBD it");
}

TEST(Schema, WithoutPluginsNoTransformCanBeUsed) {
  const json schema = json::parse(rule_schema({"a test", {}, {}, {}}));
  EXPECT_FALSE(schema["definitions"]["step"].contains("allOf"));
  EXPECT_EQ(schema["definitions"]["step"]["properties"]["uses"]["enum"], json::array());
}

}  // namespace
