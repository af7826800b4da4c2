// The `tests` of a rule file: what they hold, and what is wrong with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace stateferry::test {
namespace {

std::string with_tests(const std::string& tests) {
  return v1(
      "vars: {to: {type: uri-prefix, required: true}, pw: {secret: true}}\n"
      "steps:\n  - {id: move, uses: test.move, with: {to: \"${to}\"}}\ntests:\n" +
      tests);
}

Parsed parse_tests(const std::string& tests) {
  World world;
  world.allow_unset = true;
  return parse(with_tests(tests), world);
}

TEST(TestsSectionTest, Uris) {
  const Parsed parsed = parse_tests(
      "  - name: moves\n"
      "    vars: {to: \"s3://new/\"}\n"
      "    uris:\n"
      "      \"s3://old/x\": \"${to}/x\"\n"
      "      \"${to}/y\": null\n"
      "      x-note: free\n"
      "    role: [incremental-shared, managed-keyed]\n"
      "    scope: shared\n"
      "    handle: directory\n"
      "    operator: {uid: orders, name: Orders, state: topics}\n"
      "    expect: {matched: {move: \">=1\"}, residual: {\"s3://old\": 0}}\n"
      "    fails-with: E-RULE-UNMATCHED-URI\n");
  EXPECT_EQ(parsed.messages, "");
  ASSERT_EQ(parsed.file->tests.size(), 1U);
  const TestSpec& test = parsed.file->tests[0];
  EXPECT_EQ(test.name, "moves");
  ASSERT_EQ(test.vars.size(), 1U);
  EXPECT_EQ(test.vars[0].name, "to");
  EXPECT_EQ(test.vars[0].text, "s3://new/");
  ASSERT_EQ(test.uris.size(), 2U);
  EXPECT_EQ(test.uris[0].uri, "s3://old/x");
  EXPECT_EQ(test.uris[0].expected, "s3://new/x");
  EXPECT_EQ(test.uris[0].mark.line, 9);
  EXPECT_EQ(test.uris[1].uri, "s3://new/y");
  EXPECT_FALSE(test.uris[1].expected.has_value());
  EXPECT_EQ(test.location.roles, Role::incremental_shared | Role::managed_keyed);
  EXPECT_EQ(test.location.scope, Scope::shared);
  EXPECT_EQ(test.location.handle, LocationKind::directory);
  EXPECT_EQ(test.location.operator_uid, "orders");
  EXPECT_EQ(test.location.operator_id, operator_id_of_uid("orders"));
  EXPECT_EQ(test.location.operator_name, "Orders");
  EXPECT_EQ(test.location.state_name, "topics");
  EXPECT_EQ(test.expect.at("matched").at("move").least, 1U);
  ASSERT_EQ(test.residual.size(), 1U);
  EXPECT_EQ(test.residual[0].first, "s3://old");
  EXPECT_EQ(test.residual[0].second.most, 0U);
  EXPECT_EQ(test.fails_with, "E-RULE-UNMATCHED-URI");
}

TEST(TestsSectionTest, TheFileCanBeParsedAgainWithTheValuesOfATest) {
  const Parsed first =
      parse_tests("  - name: a\n    vars: {to: \"s3://new\"}\n    uris: {\"s3://x\": ~}\n");
  World world;
  world.vars = first.file->tests.at(0).vars;
  const Parsed again = parse(
      with_tests("  - name: a\n    vars: {to: \"s3://new\"}\n    uris: {\"s3://x\": ~}\n"), world);
  EXPECT_EQ(again.messages, "");
  EXPECT_EQ(again.file->steps[0].with.find("to")->scalar, "s3://new");
}

TEST(TestsSectionTest, FixturesLieBesideTheRules) {
  World world;
  world.files["dir/rules.yaml"] =
      v1("steps: []\ntests: [{name: a, fixture: f/_metadata}, {name: b, fixture: /abs}]\n");
  DiagnosticList list;
  const auto file = load_rule_file("dir/rules.yaml", world.inputs(), list);
  EXPECT_EQ(rendered(list), "");
  EXPECT_EQ(file->tests.at(0).fixture, "dir/f/_metadata");
  EXPECT_EQ(file->tests.at(1).fixture, "/abs");
}

TEST(TestsSectionTest, DefaultLocation) {
  const Parsed parsed = parse_tests(
      "  - {name: a, uris: {\"s3://x\": ~}}\n"
      "  - {name: b, uris: {\"s3://x\": ~}, operator: \"uid:o\"}\n");
  EXPECT_EQ(parsed.messages, "");
  const TestLocation& location = parsed.file->tests[0].location;
  EXPECT_EQ(location.roles, Role::managed_keyed);
  EXPECT_EQ(location.handle, LocationKind::file);
  EXPECT_FALSE(location.scope.has_value());
  EXPECT_FALSE(location.operator_id.has_value());
  EXPECT_EQ(parsed.file->tests[1].location.operator_id, operator_id_of_uid("o"));
}

TEST(TestsSectionTest, UnknownKeys) {
  EXPECT_EQ(
      parse_tests("  - name: a\n"
                  "    uirs: {}\n"
                  "    expect: {mached: {move: 1}, residuals: {}}\n"
                  "    x-a: b\n")
          .messages,
      R"(rules.yaml:6:5: error: this test has none of 'uris', 'fixture' and 'uid-hashes' [E-RULE-MISSING]
    - name: a
      ^
rules.yaml:7:5: error: unknown key 'uirs' in this test, did you mean 'uris'? [E-RULE-UNKNOWN]
      uirs: {}
      ^
rules.yaml:8:14: error: unknown key 'mached' in 'expect', did you mean 'matched'? [E-RULE-UNKNOWN]
      expect: {mached: {move: 1}, residuals: {}}
               ^
rules.yaml:8:33: error: unknown key 'residuals' in 'expect', did you mean 'residual'? [E-RULE-UNKNOWN]
      expect: {mached: {move: 1}, residuals: {}}
                                  ^
)");
}

TEST(TestsSectionTest, Shape) {
  EXPECT_EQ(parse_tests("  - uris: {\"s3://a\": b}\n"
                        "  - text\n"
                        "  - {name: a, fixture: x, uris: {\"s3://a\": b}}\n"
                        "  - {name: a, fixture: x, role: master}\n"
                        "  - {name: b, uris: {}}\n"
                        "  - {name: c, uris: {\"s3://a\": [b]}}\n"
                        "  - {name: d, fixture: x, expect: {matched: {mvoe: 1}}}\n"
                        "  - {name: e, fixture: x, expect: {matched: 1, residual: {\"\": x}}}\n"
                        "  - {name: f, fixture: x, fails-with: E-RULE-UNMATCHED}\n"
                        "  - {name: g, fixture: x, fails-with: W-PLUGIN-REFUSED}\n")
                .messages,
            R"(rules.yaml:6:5: error: missing key 'name' in this test [E-RULE-MISSING]
    - uris: {"s3://a": b}
      ^
  help: a sentence that says what must be so
rules.yaml:7:5: error: a test must be a map, not a text [E-RULE-TYPE]
    - text
      ^
rules.yaml:8:15: error: a test can't have both 'uris' and 'fixture' [E-RULE-VALUE]
    - {name: a, fixture: x, uris: {"s3://a": b}}
                ^
  help: make two tests of it
rules.yaml:9:12: error: the test 'a' is there twice [E-RULE-DUPLICATE]
    - {name: a, fixture: x, role: master}
             ^
  first at rules.yaml:8:12
rules.yaml:9:27: error: 'role' can stand beside 'uris' only [E-RULE-VALUE]
    - {name: a, fixture: x, role: master}
                            ^
rules.yaml:10:21: error: 'uris' is empty [E-RULE-VALUE]
    - {name: b, uris: {}}
                      ^
rules.yaml:11:32: error: the expected URI must be a text, not a list [E-RULE-TYPE]
    - {name: c, uris: {"s3://a": [b]}}
                                 ^
rules.yaml:12:46: error: there is no step 'mvoe', did you mean 'move'? [E-RULE-UNKNOWN]
    - {name: d, fixture: x, expect: {matched: {mvoe: 1}}}
                                               ^
rules.yaml:13:45: error: 'matched' must be a map, not a text [E-RULE-TYPE]
    - {name: e, fixture: x, expect: {matched: 1, residual: {"": x}}}
                                              ^
rules.yaml:13:59: error: 'residual' can't look for an empty text [E-RULE-VALUE]
    - {name: e, fixture: x, expect: {matched: 1, residual: {"": x}}}
                                                            ^
rules.yaml:13:63: error: the bound can't be 'x' [E-RULE-VALUE]
    - {name: e, fixture: x, expect: {matched: 1, residual: {"": x}}}
                                                                ^
  help: a bound is 0, ">=1", "<=5" or ">=1 <=5"
rules.yaml:14:39: error: there is no error code 'E-RULE-UNMATCHED', did you mean 'E-RULE-UNMATCHED-URI'? [E-RULE-VALUE]
    - {name: f, fixture: x, fails-with: E-RULE-UNMATCHED}
                                        ^
rules.yaml:15:39: error: there is no error code 'W-PLUGIN-REFUSED' [E-RULE-VALUE]
    - {name: g, fixture: x, fails-with: W-PLUGIN-REFUSED}
                                        ^
  help: such as E-RULE-UNMATCHED-URI
)");
}

TEST(TestsSectionTest, Variables) {
  EXPECT_EQ(parse_tests("  - {name: a, vars: {ot: \"s3://x\"}, fixture: x}\n"
                        "  - {name: b, vars: {to: x/}, uris: {\"${to}/a\": ~}}\n"
                        "  - {name: c, uris: {\"${to}/a\": \"${pw}\"}}\n"
                        "  - {name: d, vars: {to: \"${pw}\"}, uris: {\"${too}/a\": ~}}\n")
                .messages,
            R"(rules.yaml:6:22: error: there is no variable 'ot' [E-RULE-VARIABLE]
    - {name: a, vars: {ot: "s3://x"}, fixture: x}
                       ^
rules.yaml:7:26: error: variable 'to' must be an absolute URI such as s3://bucket/dir, not 'x/' [E-RULE-VALUE]
    - {name: b, vars: {to: x/}, uris: {"${to}/a": ~}}
                           ^
rules.yaml:8:23: error: variable 'to' has no value [E-RULE-VARIABLE]
    - {name: c, uris: {"${to}/a": "${pw}"}}
                        ^
  help: give it one under 'vars' of the test
rules.yaml:8:34: error: the secret variable 'pw' can be used in 'with' only [E-RULE-VARIABLE]
    - {name: c, uris: {"${to}/a": "${pw}"}}
                                   ^
  help: anywhere else its value would be shown
rules.yaml:9:26: error: variable 'to' can't be made of other variables [E-RULE-VARIABLE]
    - {name: d, vars: {to: "${pw}"}, uris: {"${too}/a": ~}}
                           ^
rules.yaml:9:44: error: there is no variable 'too', did you mean 'to'? [E-RULE-VARIABLE]
    - {name: d, vars: {to: "${pw}"}, uris: {"${too}/a": ~}}
                                             ^
)");
}

TEST(TestsSectionTest, UidHashesAndBaseUri) {
  const Parsed parsed = parse_tests(
      "  - {name: a, uid-hashes: {orders: 897859f6655555855a890e51483ab5e6, x-why: free}}\n"
      "  - {name: b, fixture: x, base-uri: \"s3://b/chk-7/\"}\n");
  EXPECT_EQ(parsed.messages, "");
  const auto& tests = parsed.file->tests;
  ASSERT_EQ(tests.size(), 2U);
  ASSERT_EQ(tests[0].uid_hashes.size(), 1U);
  EXPECT_EQ(tests[0].uid_hashes[0].uid, "orders");
  EXPECT_EQ(to_hex(tests[0].uid_hashes[0].expected), "897859f6655555855a890e51483ab5e6");
  EXPECT_EQ(tests[1].base_uri, "s3://b/chk-7");
}

TEST(TestsSectionTest, BadCombinations) {
  EXPECT_EQ(parse_tests("  - {name: a, uid-hashes: {o: 12}}\n"
                        "  - {name: b, uid-hashes: {}, fails-with: E-RULE-TEST}\n"
                        "  - {name: c, fixture: x, fails-with: E-RULE-TEST, expect: {}}\n"
                        "  - {name: d, fixture: x, base-uri: there, uid-hashes: {}}\n"
                        "  - {name: e, uid-hashes: {}, base-uri: \"s3://b\"}\n")
                .messages,
            R"(rules.yaml:6:31: error: '12' is not an operator's hash [E-RULE-VALUE]
    - {name: a, uid-hashes: {o: 12}}
                                ^
  help: 32 hexadecimal digits
rules.yaml:7:27: error: 'uid-hashes' is empty [E-RULE-VALUE]
    - {name: b, uid-hashes: {}, fails-with: E-RULE-TEST}
                            ^
rules.yaml:7:31: error: 'fails-with' can't stand beside 'uid-hashes', which run nothing [E-RULE-VALUE]
    - {name: b, uid-hashes: {}, fails-with: E-RULE-TEST}
                                ^
rules.yaml:8:52: error: a run that must fail has no counts to expect [E-RULE-VALUE]
    - {name: c, fixture: x, fails-with: E-RULE-TEST, expect: {}}
                                                     ^
  help: make two tests of it
rules.yaml:9:37: error: 'base-uri' must be an absolute URI such as s3://bucket/dir, not 'there' [E-RULE-VALUE]
    - {name: d, fixture: x, base-uri: there, uid-hashes: {}}
                                      ^
rules.yaml:9:44: error: a test can't have both 'fixture' and 'uid-hashes' [E-RULE-VALUE]
    - {name: d, fixture: x, base-uri: there, uid-hashes: {}}
                                             ^
  help: make two tests of it
rules.yaml:9:56: error: 'uid-hashes' is empty [E-RULE-VALUE]
    - {name: d, fixture: x, base-uri: there, uid-hashes: {}}
                                                         ^
rules.yaml:10:27: error: 'uid-hashes' is empty [E-RULE-VALUE]
    - {name: e, uid-hashes: {}, base-uri: "s3://b"}
                            ^
rules.yaml:10:31: error: 'base-uri' can stand beside 'uris' and 'fixture' only [E-RULE-VALUE]
    - {name: e, uid-hashes: {}, base-uri: "s3://b"}
                                ^
)");
}

TEST(TestsSectionTest, PlacesThatFollowFromOthers) {
  const Parsed parsed = parse_tests(
      "  - {name: a, uris: {\"s3://x\": ~}, handle: directory}\n"
      "  - {name: b, uris: {\"s3://x\": ~}, operator: {state: offsets}}\n"
      "  - {name: c, uris: {\"s3://x\": ~}, role: coordinator}\n");
  EXPECT_EQ(parsed.messages, "");
  const auto& tests = parsed.file->tests;
  EXPECT_EQ(tests[0].location.roles, Role::managed_operator);
  EXPECT_EQ(tests[1].location.roles, Role::managed_operator);
  EXPECT_EQ(tests[2].location.handle, LocationKind::bytes);
}

TEST(TestsSectionTest, AValueThatMustBeRefusedIsNoMistake) {
  EXPECT_EQ(parse_tests("  - {name: a, vars: {to: x/}, uris: {\"${to}/a\": ~}, fails-with: "
                        "E-RULE-VALUE}\n")
                .messages,
            "");
}

}  // namespace
}  // namespace stateferry::test
