// ParamBinder: one declaration that binds, checks and describes. The values come from YAML texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "stateferry/plugin/params.hpp"
#include "support.hpp"
#include "yaml_document.hpp"

namespace stateferry::test {
namespace {

/// The tree of `text`, as parameters.
ParamNode tree(const std::string& text) {
  rules::Problems problems;
  std::size_t nodes = rules::kMaxNodes;
  auto root = rules::read_yaml(rules::make_source("with.yaml", text), nodes, problems);
  EXPECT_TRUE(root.has_value());
  EXPECT_EQ(problems.count(), 0U);
  return root ? std::move(*root) : ParamNode{};
}

using Declare = std::function<void(ParamBinder&)>;

struct Bound {
  std::string messages;
  bool finished = false;
};

Bound binding(const ParamNode& with, const Declare& declare,
              const std::vector<std::string>& accepted = {}) {
  DiagnosticList list;
  ParamBinder binder(&with, with.mark, accepted, list);
  declare(binder);
  Bound bound;
  bound.finished = binder.finish();
  EXPECT_EQ(binder.finish(), bound.finished) << "a second call says the same";
  bound.messages = rendered(list);
  return bound;
}

Bound binding(const std::string& text, const Declare& declare,
              const std::vector<std::string>& accepted = {}) {
  return binding(tree(text), declare, accepted);
}

TEST(ParamBinderTest, Scalars) {
  std::string text = "default";
  std::string absent = "default";
  std::int64_t number = 0;
  bool flag = false;
  const Bound bound = binding("{text: 010, number: -12, flag: true}", [&](ParamBinder& p) {
    p.required("text", "", text);
    p.required("number", "", number);
    p.required("flag", "", flag);
    p.optional("absent", "", absent);
    EXPECT_TRUE(p.given("text"));
    EXPECT_FALSE(p.given("absent"));
    EXPECT_EQ(p.mark("number").column, 21);
    EXPECT_EQ(p.mark("absent").column, 1);
  });
  EXPECT_EQ(bound.messages, "");
  EXPECT_TRUE(bound.finished);
  EXPECT_EQ(text, "010") << "text is taken as it stands";
  EXPECT_EQ(number, -12);
  EXPECT_TRUE(flag);
  EXPECT_EQ(absent, "default");
}

TEST(ParamBinderTest, Integers) {
  const auto read = [](const std::string& yaml) {
    std::int64_t number = 42;
    const Bound bound =
        binding("{n: " + yaml + "}", [&](ParamBinder& p) { p.required("n", "", number); });
    EXPECT_EQ(number == 42, !bound.finished);
    return bound.finished ? std::to_string(number) : bound.messages;
  };
  EXPECT_EQ(read("0"), "0");
  EXPECT_EQ(read("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(read("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(
      read("9223372036854775808"),
      R"(with.yaml:1:5: error: parameter 'n' must be an integer of 64 bits, not '9223372036854775808' [E-RULE-VALUE]
  {n: 9223372036854775808}
      ^
)");
  EXPECT_EQ(read("010"),
            R"(with.yaml:1:5: error: parameter 'n' must be an integer, not '010' [E-RULE-TYPE]
  {n: 010}
      ^
  help: integers are decimal and have no leading zero
)");
  EXPECT_EQ(read("'10'"),
            R"(with.yaml:1:5: error: parameter 'n' must be an integer, not '10' [E-RULE-TYPE]
  {n: '10'}
      ^
  help: an integer stands without quotes, and a variable for one has 'type: integer'
)");
  for (const char* bad : {"0x10", "1_000", "1e3", "+1", "1.0", "yes", "-", "''", "0o7", "1:30"}) {
    EXPECT_NE(read(bad).find("'n' must be an integer"), std::string::npos) << bad;
  }
}

TEST(ParamBinderTest, Booleans) {
  const auto read = [](const std::string& yaml) {
    bool flag = false;
    return binding("{b: " + yaml + "}", [&](ParamBinder& p) { p.required("b", "", flag); })
        .messages;
  };
  EXPECT_EQ(read("true"), "");
  EXPECT_EQ(read("false"), "");
  EXPECT_EQ(read("yes"),
            R"(with.yaml:1:5: error: parameter 'b' must be true or false, not 'yes' [E-RULE-TYPE]
  {b: yes}
      ^
)");
  EXPECT_EQ(read("'true'"),
            R"(with.yaml:1:5: error: parameter 'b' must be true or false, not 'true' [E-RULE-TYPE]
  {b: 'true'}
      ^
  help: a boolean stands without quotes, and a variable for one has 'type: boolean'
)");
  for (const char* bad : {"True", "TRUE", "on", "1", "y", "''"}) EXPECT_NE(read(bad), "") << bad;
}

TEST(ParamBinderTest, UriPrefixes) {
  const auto read = [](const std::string& yaml) {
    std::string prefix;
    const Bound bound = binding("{u: " + yaml + "}",
                                [&](ParamBinder& p) { p.required_uri_prefix("u", "", prefix); });
    return bound.finished ? prefix : bound.messages;
  };
  EXPECT_EQ(read("\"s3://bucket/dir/\""), "s3://bucket/dir");
  EXPECT_EQ(read("\"s3://bucket/\""), "s3://bucket");
  EXPECT_EQ(read("\"s3://bucket\""), "s3://bucket");
  EXPECT_EQ(read("\"file:///data//x/\""), "file:/data/x");
  EXPECT_EQ(read("\"file:///\""), "file:/");
  EXPECT_EQ(read("\"hdfs://host:8020/a b%20/*\""), "hdfs://host:8020/a b%20/*");
  EXPECT_EQ(read("''"), R"(with.yaml:1:5: error: parameter 'u' must not be empty [E-RULE-VALUE]
  {u: ''}
      ^
)");
  EXPECT_EQ(read("/data/x/"), "/data/x") << "as some handles have it";
  EXPECT_EQ(read("/"), "/");
  EXPECT_EQ(
      read("//data"),
      R"(with.yaml:1:5: error: parameter 'u' must be an absolute URI such as s3://bucket/dir, not '//data' [E-RULE-VALUE]
  {u: //data}
      ^
)");
  EXPECT_EQ(
      read("data"),
      R"(with.yaml:1:5: error: parameter 'u' must be an absolute URI such as s3://bucket/dir, not 'data' [E-RULE-VALUE]
  {u: data}
      ^
)");
  EXPECT_EQ(
      read("'s3:data'"),
      R"(with.yaml:1:5: error: parameter 'u' must be an absolute URI such as s3://bucket/dir, not 's3:data' [E-RULE-VALUE]
  {u: 's3:data'}
      ^
  help: behind 's3:' a '/' must follow
)");
  EXPECT_EQ(
      read("'c:/data'"),
      R"(with.yaml:1:5: error: parameter 'u' must be an absolute URI such as s3://bucket/dir, not 'c:/data' [E-RULE-VALUE]
  {u: 'c:/data'}
      ^
)");
  EXPECT_EQ(read(""), R"(with.yaml:1:5: error: parameter 'u' has no value [E-RULE-TYPE]
  {u: }
      ^
)");
  EXPECT_EQ(read("{}"),
            R"(with.yaml:1:5: error: parameter 'u' must be an absolute URI, not a map [E-RULE-TYPE]
  {u: {}}
      ^
)");
  const std::string long_text(200, 'x');
  EXPECT_NE(read(long_text).find(std::string(120, 'x') + "...'"), std::string::npos);
  // Not in the middle of a character.
  EXPECT_NE(read(std::string(119, 'x') + "\u00e9" + long_text).find(std::string(119, 'x') + "...'"),
            std::string::npos);
}

TEST(ParamBinderTest, OneOf) {
  const auto read = [](const std::string& yaml) {
    std::string word = "fail";
    const Bound bound = binding(yaml, [&](ParamBinder& p) {
      p.one_of("mode", "", {"fail", "warn", "allow"}, word);
    });
    return bound.finished ? word : bound.messages;
  };
  EXPECT_EQ(read("{}"), "fail");
  EXPECT_EQ(read("{mode: warn}"), "warn");
  EXPECT_EQ(
      read("{mode: wran}"),
      R"(with.yaml:1:8: error: parameter 'mode' can't be 'wran', did you mean 'warn'? [E-RULE-VALUE]
  {mode: wran}
         ^
  help: one of fail, warn, allow
)");
}

TEST(ParamBinderTest, Lists) {
  std::vector<std::string> values = {"default"};
  EXPECT_EQ(binding("{l: a}", [&](ParamBinder& p) { p.list("l", "", values); }).messages, "");
  EXPECT_THAT(values, testing::ElementsAre("a"));
  EXPECT_EQ(binding("{l: [b, 1]}", [&](ParamBinder& p) { p.list("l", "", values, true); }).messages,
            "");
  EXPECT_THAT(values, testing::ElementsAre("b", "1"));
  EXPECT_EQ(
      binding("{l: [c, [d]]}", [&](ParamBinder& p) { p.list("l", "", values); }).messages,
      R"(with.yaml:1:9: error: an element of parameter 'l' must be a text, not a list [E-RULE-TYPE]
  {l: [c, [d]]}
          ^
)");
  EXPECT_EQ(binding("{l: {}}", [&](ParamBinder& p) { p.list("l", "", values); }).messages,
            R"(with.yaml:1:5: error: parameter 'l' must be a list, not a map [E-RULE-TYPE]
  {l: {}}
      ^
)");
  EXPECT_EQ(binding("{l: []}", [&](ParamBinder& p) { p.list("l", "", values, true); }).messages,
            R"(with.yaml:1:5: error: parameter 'l' must not be empty [E-RULE-VALUE]
  {l: []}
      ^
)");
  EXPECT_THAT(values, testing::ElementsAre("b", "1"));
}

TEST(ParamBinderTest, UriPrefixMap) {
  std::vector<ParamBinder::MapEntry> entries;
  const Declare declare = [&](ParamBinder& p) { p.uri_prefix_map("map", "", entries); };
  EXPECT_EQ(binding("map:\n  s3://b/: s3://d\n  s3://a: file:///c/\n", declare).messages, "");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].key, "s3://b");
  EXPECT_EQ(entries[1].value, "file:/c");
  EXPECT_EQ(entries[1].value_mark.column, 11);
  EXPECT_EQ(
      binding("map:\n  s3://a: s3://x\n  s3://a/: s3://y\n  a/: b/\n", declare).messages,
      R"(with.yaml:4:3: error: a key of parameter 'map' must be an absolute URI such as s3://bucket/dir, not 'a/' [E-RULE-VALUE]
    a/: b/
    ^
with.yaml:4:7: error: a value of parameter 'map' must be an absolute URI such as s3://bucket/dir, not 'b/' [E-RULE-VALUE]
    a/: b/
        ^
with.yaml:3:3: error: a key of parameter 'map' is there twice: 's3://a' [E-RULE-DUPLICATE]
    s3://a/: s3://y
    ^
  first at with.yaml:2:3
)");
  EXPECT_EQ(entries.size(), 2U) << "left alone";
  EXPECT_EQ(binding("map: {}\n", declare).messages,
            R"(with.yaml:1:6: error: parameter 'map' must not be empty [E-RULE-VALUE]
  map: {}
       ^
)");
  EXPECT_EQ(binding("{}\n", declare).messages,
            R"(with.yaml:1:1: error: missing parameter 'map' [E-RULE-MISSING]
  {}
  ^
)");
}

TEST(ParamBinderTest, Map) {
  std::vector<ParamBinder::MapEntry> entries;
  const Declare declare = [&](ParamBinder& p) { p.map("map", "", entries); };
  EXPECT_EQ(binding("map: {b: 1, x-a: 2}", declare).messages, "");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].key, "x-a");
  EXPECT_EQ(
      binding("map: {b: [1]}", declare).messages,
      R"(with.yaml:1:10: error: a value of parameter 'map' must be a text, not a list [E-RULE-TYPE]
  map: {b: [1]}
           ^
)");
  EXPECT_EQ(binding("{}", declare).messages, "");
}

TEST(ParamBinderTest, Groups) {
  std::string host;
  std::int64_t port = 0;
  std::vector<std::string> names;
  bool accepted = false;
  const Declare declare = [&](ParamBinder& p) {
    p.group("server", "", [&](ParamBinder& g) {
      g.required("host", "name of the host", host);
      g.optional("port", "", port);
      accepted = g.hazard("insecure", "");
    });
    p.group_list("files", "", [&](ParamBinder& g) {
      std::string name;
      g.required("name", "", name);
      if (g.finish()) names.push_back(name);
    });
  };
  EXPECT_EQ(binding("{server: {host: a, port: 1, x-a: b}, files: [{name: x}, {name: y}]}", declare,
                    {"insecure"})
                .messages,
            "");
  EXPECT_EQ(host, "a");
  EXPECT_EQ(port, 1);
  EXPECT_TRUE(accepted);
  EXPECT_THAT(names, testing::ElementsAre("x", "y"));
  EXPECT_EQ(
      binding("{server: {prot: 1}, files: [{name: x}, {}, z]}", declare).messages,
      R"(with.yaml:1:11: error: unknown parameter 'prot' in 'server', did you mean 'port'? [E-RULE-UNKNOWN]
  {server: {prot: 1}, files: [{name: x}, {}, z]}
            ^
with.yaml:1:10: error: missing parameter 'host' in 'server' [E-RULE-MISSING]
  {server: {prot: 1}, files: [{name: x}, {}, z]}
           ^
  help: host: name of the host
with.yaml:1:40: error: missing parameter 'name' in 'files' [E-RULE-MISSING]
  {server: {prot: 1}, files: [{name: x}, {}, z]}
                                         ^
with.yaml:1:44: error: an element of parameter 'files' must be a map, not a text [E-RULE-TYPE]
  {server: {prot: 1}, files: [{name: x}, {}, z]}
                                             ^
)");
  EXPECT_EQ(binding("{server: a, files: {}}", declare).messages,
            R"(with.yaml:1:10: error: parameter 'server' must be a map, not a text [E-RULE-TYPE]
  {server: a, files: {}}
           ^
with.yaml:1:20: error: parameter 'files' must be a list, not a map [E-RULE-TYPE]
  {server: a, files: {}}
                     ^
)");
  EXPECT_EQ(binding("{}", declare).messages, "");
}

TEST(ParamBinderTest, ParametersThatAreNoMap) {
  std::string text;
  EXPECT_EQ(binding("[a]", [&](ParamBinder& p) { p.required("text", "", text); }).messages,
            R"(with.yaml:1:1: error: the parameters must be a map, not a list [E-RULE-TYPE]
  [a]
  ^
)");
}

TEST(ParamBinderTest, UnknownAndMissing) {
  std::string from;
  std::string to;
  const Declare declare = [&](ParamBinder& p) {
    p.required("from", "where it comes from", from);
    p.required("to", "where it goes", to);
  };
  EXPECT_EQ(binding("{form: a, x-note: b}", declare).messages,
            R"(with.yaml:1:2: error: unknown parameter 'form', did you mean 'from'? [E-RULE-UNKNOWN]
  {form: a, x-note: b}
   ^
with.yaml:1:1: error: missing parameter 'to' [E-RULE-MISSING]
  {form: a, x-note: b}
  ^
  help: to: where it goes
)");
  EXPECT_EQ(binding("{from: a, to: b, colour: c}", declare).messages,
            R"(with.yaml:1:18: error: unknown parameter 'colour' [E-RULE-UNKNOWN]
  {from: a, to: b, colour: c}
                   ^
  help: the parameters here are from, to
)");
  EXPECT_EQ(binding("{a: b}", [](ParamBinder&) {}).messages,
            R"(with.yaml:1:2: error: unknown parameter 'a' [E-RULE-UNKNOWN]
  {a: b}
   ^
  help: there are no parameters here
)");
}

TEST(ParamBinderTest, Hazards) {
  bool first = false;
  const Declare declare = [&](ParamBinder& p) {
    first = p.hazard("loses-state", "");
    p.hazard("nests", "");
  };
  EXPECT_EQ(binding("{}", declare, {"loses-state"}).messages, "");
  EXPECT_TRUE(first);
  EXPECT_EQ(
      binding("{}", declare, {"lose-state", "other"}).messages,
      R"(with.yaml:1:1: error: unknown hazard 'lose-state', did you mean 'loses-state'? [E-RULE-UNKNOWN]
  {}
  ^
with.yaml:1:1: error: unknown hazard 'other' [E-RULE-UNKNOWN]
  {}
  ^
  help: the hazards of this transform are loses-state, nests
)");
  EXPECT_FALSE(first);
  EXPECT_EQ(binding("{}", [](ParamBinder&) {}, {"other"}).messages,
            R"(with.yaml:1:1: error: unknown hazard 'other' [E-RULE-UNKNOWN]
  {}
  ^
  help: this transform has no hazards
)");
}

TEST(ParamBinderTest, ErrorsOfTheTransform) {
  std::string text;
  const Bound bound = binding("{text: abc}", [&](ParamBinder& p) {
    p.required("text", "", text);
    EXPECT_TRUE(p.finish());
    p.error("text", "E-RULE-VALUE", "'abc' is not wanted", "try another");
    p.error_at(p.mark("text"), "E-RULE-VALUE", "nor is it here");
    EXPECT_FALSE(p.finish());
  });
  EXPECT_EQ(bound.messages, R"(with.yaml:1:8: error: 'abc' is not wanted [E-RULE-VALUE]
  {text: abc}
         ^
  help: try another
with.yaml:1:8: error: nor is it here [E-RULE-VALUE]
  {text: abc}
         ^
)");
}

TEST(ParamBinderTest, SecretsAreNeverEchoed) {
  ParamNode with =
      tree("{n: s3//p, u: s3://secret/x/, m: word, k: {a: b}, plain: y, l: [inlist], wrod: z}");
  for (ParamEntry& entry : with.entries) entry.value.secret = entry.key.scalar != "plain";
  with.entries[3].value.entries[0].key.secret = true;
  with.entries[3].value.entries[0].key.scalar = "topkey";
  with.entries[5].value.items[0].secret = true;
  with.entries[6].key.secret = true;
  std::int64_t number = 0;
  std::string prefix;
  std::string word;
  std::vector<ParamBinder::MapEntry> entries;
  std::vector<std::string> list;
  const Bound bound = binding(with, [&](ParamBinder& p) {
    p.required("n", "", number);
    p.required_uri_prefix("u", "", prefix);
    p.one_of("m", "", {"words"}, word);
    p.uri_prefix_map("k", "", entries);
    p.error("u", "E-RULE-VALUE", "'" + prefix + "' is not wanted", "not " + prefix);
    p.error_at(p.mark("plain"), "E-RULE-VALUE", "not s3//p");
    p.list("l", "", list);
    p.error("l", "E-RULE-VALUE", "a word, inlist inlist, topkey");
    p.optional("word", "", word);
  });
  for (const char* secret :
       {"'s3//p'", "not s3//p", "'s3://secret/x'", "not s3://", "'word'", "error: a word",
        "error: *** ***", " inlist", ", topkey", "did you mean"}) {
    EXPECT_EQ(bound.messages.find(secret), std::string::npos) << bound.messages;
  }
}

TEST(ParamBinderTest, TextsOrMaps) {
  std::vector<ParamBinder::TextOrMap> entries;
  const Declare declare = [&](ParamBinder& p) { p.map_of_texts_or_maps("m", "", entries); };
  EXPECT_EQ(binding("{m: {a: text, b: {c: d, e: f}, g: {}}}", declare).messages, "");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].key, "a");
  EXPECT_TRUE(entries[0].is_text);
  EXPECT_EQ(entries[0].text, "text");
  EXPECT_EQ(entries[0].key_mark.column, 6);
  EXPECT_EQ(entries[0].value_mark.column, 9);
  EXPECT_FALSE(entries[1].is_text);
  ASSERT_EQ(entries[1].members.size(), 2U);
  EXPECT_EQ(entries[1].members[1].key, "e");
  EXPECT_EQ(entries[1].members[1].value, "f");
  EXPECT_FALSE(entries[2].is_text);
  EXPECT_TRUE(binding("{}", declare).finished);
  EXPECT_EQ(
      binding("{m: {a: [b], c: }}", declare).messages,
      R"(with.yaml:1:9: error: a value of parameter 'm' must be a text or a map, not a list [E-RULE-TYPE]
  {m: {a: [b], c: }}
          ^
with.yaml:1:17: error: a value of parameter 'm' must be a text or a map, not nothing [E-RULE-TYPE]
  {m: {a: [b], c: }}
                  ^
)");
  EXPECT_EQ(binding("{m: text}", declare).messages,
            R"(with.yaml:1:5: error: parameter 'm' must be a map, not a text [E-RULE-TYPE]
  {m: text}
      ^
)");
  EXPECT_EQ(
      binding("{m: {a: {b: [c]}}}", declare).messages,
      R"(with.yaml:1:13: error: a value of parameter 'a' must be a text, not a list [E-RULE-TYPE]
  {m: {a: {b: [c]}}}
              ^
)");
}

// Several share one map: what one doesn't know is another's, but not below its own keys.
TEST(ParamBinderTest, SharedConfiguration) {
  const auto configured = [](const std::string& text, const Declare& declare) {
    DiagnosticList list;
    const ParamNode config = tree(text);
    ParamBinder binder(config, list);
    declare(binder);
    const bool finished = binder.finish();
    return rendered(list) + (finished ? "" : "failed");
  };
  std::int64_t number = 0;
  std::vector<ParamBinder::TextOrMap> entries;
  const Declare declare = [&](ParamBinder& p) {
    p.map_of_texts_or_maps("mine", "", entries);
    p.group("group", "", [&](ParamBinder& g) { g.optional("number", "", number); });
  };
  EXPECT_EQ(configured("{another's: 1, group: {number: 2}}", declare), "");
  EXPECT_EQ(number, 2);
  EXPECT_EQ(configured("{mine: , group: }", declare), "") << "all lines are commented out";
  EXPECT_EQ(configured("", declare), "");
  EXPECT_EQ(
      configured("{group: {nummer: 2, x-note: a, other: 1}}", declare),
      R"(with.yaml:1:10: error: unknown key 'nummer' in 'group', did you mean 'number'? [E-RULE-UNKNOWN]
  {group: {nummer: 2, x-note: a, other: 1}}
           ^
with.yaml:1:32: error: unknown key 'other' in 'group' [E-RULE-UNKNOWN]
  {group: {nummer: 2, x-note: a, other: 1}}
                                 ^
  help: the keys here are number
failed)");
}

TEST(ParamBinderTest, UnresolvedNodesAreLeftAloneInSilence) {
  ParamNode with = tree("{n: a, t: b, l: [c], m: {d: e}, o: f, g: h, x: {i: j}}");
  const auto spoil = [](ParamNode& node, const auto& self) -> void {
    node.unresolved = node.kind == ParamNode::Kind::scalar;
    for (ParamNode& item : node.items) self(item, self);
    for (ParamEntry& entry : node.entries) self(entry.value, self);
  };
  spoil(with, spoil);
  std::int64_t number = 7;
  std::string text = "kept";
  std::vector<std::string> list;
  std::vector<ParamBinder::MapEntry> map;
  std::vector<ParamBinder::TextOrMap> texts;
  const Bound bound = binding(with, [&](ParamBinder& p) {
    p.required("n", "", number);
    p.required("t", "", text);
    p.list("l", "", list);
    p.map("m", "", map);
    p.one_of("o", "", {"x"}, text);
    p.group("g", "", [](ParamBinder&) {});
    p.map_of_texts_or_maps("x", "", texts);
  });
  EXPECT_EQ(bound.messages, "");
  EXPECT_FALSE(bound.finished);
  EXPECT_TRUE(texts.empty());
  EXPECT_EQ(number, 7);
  EXPECT_EQ(text, "kept");
  EXPECT_TRUE(list.empty());
  EXPECT_TRUE(map.empty());
}

/// Declares one parameter of each kind.
struct Everything {
  void configure(ParamBinder& p) {
    std::string text = "a b";
    std::string word = "fail";
    std::int64_t number = 5;
    bool flag = true;
    std::vector<std::string> list = {"a", "1"};
    std::vector<ParamBinder::MapEntry> map;
    p.required("text", "a text", text);
    p.optional("default", "another", text);
    p.optional("number", "", number);
    p.optional("flag", "", flag);
    p.required_uri_prefix("from", "", text);
    p.one_of("mode", "", {"fail", "warn"}, word);
    p.list("list", "", list);
    p.uri_prefix_map("map", "", map);
    p.group("group", "", [&](ParamBinder& g) { g.required("inner", "", number); });
    p.group_list("groups", "", [&](ParamBinder& g) {
      g.required("inner", "", text);
      g.hazard("deep", "found inside");
    });
    std::vector<ParamBinder::TextOrMap> texts_or_maps;
    p.map_of_texts_or_maps("both", "", texts_or_maps);
    EXPECT_FALSE(p.hazard("loses-state", "some of it"));
    p.error("text", "E-RULE-VALUE", "never told");
    EXPECT_FALSE(p.finish());
    EXPECT_EQ(number, 5);
  }
};

TEST(ParamBinderTest, Describing) {
  Everything everything;
  const TransformSchema schema = describe_params(everything);
  using Type = ParamSchema::Type;
  ASSERT_EQ(schema.params.size(), 11U);
  EXPECT_EQ(schema.params[0].name, "text");
  EXPECT_EQ(schema.params[0].help, "a text");
  EXPECT_TRUE(schema.params[0].required);
  EXPECT_EQ(schema.params[0].default_text, "");
  EXPECT_FALSE(schema.params[1].required);
  EXPECT_EQ(schema.params[1].default_text, "\"a b\"");
  EXPECT_EQ(schema.params[2].type, Type::integer);
  EXPECT_EQ(schema.params[2].default_text, "5");
  EXPECT_EQ(schema.params[3].type, Type::boolean);
  EXPECT_EQ(schema.params[3].default_text, "true");
  EXPECT_EQ(schema.params[4].type, Type::uri_prefix);
  EXPECT_THAT(schema.params[5].allowed, testing::ElementsAre("fail", "warn"));
  EXPECT_EQ(schema.params[5].default_text, "fail");
  EXPECT_EQ(schema.params[6].type, Type::list);
  EXPECT_EQ(schema.params[6].default_text, "[a, \"1\"]");
  EXPECT_EQ(schema.params[6].children.at(0).type, Type::string);
  EXPECT_EQ(schema.params[7].type, Type::map);
  EXPECT_TRUE(schema.params[7].required);
  EXPECT_EQ(schema.params[7].children.at(0).type, Type::uri_prefix);
  EXPECT_EQ(schema.params[8].type, Type::group);
  EXPECT_EQ(schema.params[8].children.at(0).type, Type::integer);
  EXPECT_EQ(schema.params[9].type, Type::list);
  EXPECT_EQ(schema.params[9].children.at(0).type, Type::group);
  EXPECT_EQ(schema.params[9].children.at(0).children.at(0).name, "inner");
  EXPECT_FALSE(schema.params[10].required);
  EXPECT_EQ(schema.params[10].type, Type::map);
  EXPECT_EQ(schema.params[10].children.at(0).type, Type::text_or_map);
  ASSERT_EQ(schema.hazards.size(), 2U);
  EXPECT_EQ(schema.hazards[0].name, "deep");
  EXPECT_EQ(schema.hazards[1].help, "some of it");
}

}  // namespace
}  // namespace stateferry::test
