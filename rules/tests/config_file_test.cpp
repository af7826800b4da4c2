// The configuration file: what is taken, what is told, and its schema.
#include "stateferry/rules/config_file.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support.hpp"

namespace stateferry::test {
namespace {

/// Declares a single key.
class Section {
 public:
  explicit Section(std::string key) : key_(std::move(key)) {}
  void configure(ParamBinder& params) {
    std::string text;
    params.optional(key_, "", text);
    params.finish();
  }

 private:
  std::string key_;
};

std::vector<ConfigSection> sections() {
  std::vector<ConfigSection> all;
  for (const char* key : {"remotes", "share"}) {
    Section section(key);
    all.push_back({key, "", describe_params(section)});
  }
  // One storage with two keys.
  Section second("rclone");
  const TransformSchema more = describe_params(second);
  all[0].declared.params.push_back(more.params.front());
  return all;
}

struct Config {
  std::optional<ParamNode> root;
  std::string messages;
};
Config parse(const std::string& text) {
  DiagnosticList list;
  auto root = parse_config("config.yaml", text, sections(), list);
  return {std::move(root), rendered(list)};
}

TEST(ConfigFile, IsAMapOrEmpty) {
  EXPECT_EQ(parse("").root.value().kind, ParamNode::Kind::null);
  EXPECT_EQ(parse("# nothing\n").root.value().kind, ParamNode::Kind::null);
  const Config fine = parse("remotes: a\nrclone: b\nshare: {c: [d]}\nx-mine: [e]\n");
  EXPECT_EQ(fine.messages, "");
  EXPECT_EQ(fine.root.value().entries.size(), 4U);
  for (const char* text : {"- a\n", "text\n"}) {
    const Config other = parse(text);
    EXPECT_FALSE(other.root) << text;
    EXPECT_NE(other.messages.find("the configuration is no map of keys and values [E-CONFIG]"),
              std::string::npos)
        << other.messages;
  }
}

TEST(ConfigFile, KeysThatNobodyDeclaresAreTold) {
  const Config parsed = parse("remots: a\nnothing-like-it: b\n");
  EXPECT_FALSE(parsed.root);
  EXPECT_EQ(parsed.messages,
            R"(config.yaml:1:1: error: unknown key 'remots', did you mean 'remotes'? [E-CONFIG]
  remots: a
  ^
config.yaml:2:1: error: unknown key 'nothing-like-it' [E-CONFIG]
  nothing-like-it: b
  ^
)");
}

TEST(ConfigFile, WhatIsNoYamlIsTold) {
  const Config parsed = parse("remotes: {\n");
  EXPECT_FALSE(parsed.root);
  EXPECT_NE(parsed.messages.find("[E-RULE-SYNTAX]"), std::string::npos) << parsed.messages;
}

TEST(ConfigFile, HasASchemaOfAllSections) {
  const auto schema = nlohmann::json::parse(config_schema("it 1", sections()));
  for (const char* key : {"remotes", "rclone", "share"}) {
    EXPECT_TRUE(schema.at("properties").contains(key)) << key;
  }
  EXPECT_EQ(schema.at("properties").size(), 3U);
  EXPECT_EQ(schema.at("type"), (nlohmann::json{"object", "null"}));
  EXPECT_EQ(schema.at("$comment"), "made by it 1");
}

}  // namespace
}  // namespace stateferry::test
