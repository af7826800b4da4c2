// The tests of rule files, run: what passes, and what is said of what doesn't.
#include "stateferry/rules/rule_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench.hpp"
#include "support.hpp"

namespace stateferry::test {
namespace {

/// What failed in the tests of a rule file, or what is wrong with the file.
std::string run(const std::string& text, World world = {},
                RuleTestBench bench = bench_of_plugins()) {
  world.files["rules.yaml"] = text;
  bench.inputs = world.inputs();
  DiagnosticList problems;
  const auto results = run_rule_tests("rules.yaml", bench, problems);
  return results ? rendered(problems) + failures_text(*results) : "broken\n" + rendered(problems);
}

/// Four lines of steps; tests begin in line 7.
std::string moving(const std::string& tests) {
  return v1("vars: {to: {type: uri-prefix, default: \"s3://new\"}, pw: {secret: true, env: PW}}\n"
            "steps:\n"
            "  - {id: move, uses: uri.replace-prefix, with: {from: \"s3://old/a\", to: "
            "\"${to}\"},\n"
            "     expect: {unmatched: 0}}\n"
            "tests:\n") +
         tests;
}

TEST(RuleTests, WhatTheStepsMakeOfEachUri) {
  EXPECT_EQ(run(moving("  - name: a\n"
                       "    uris:\n"
                       "      \"s3://old/a/x\": \"s3://new/x\"\n"
                       "      \"s3://old/ab/x\": null\n"
                       "      \"s3://old/a/y\": \"s3://new/z\"\n"
                       "      \"s3://old/a/z\": null\n")),
            "a: 11:7: 's3://old/a/y'\n"
            "  expected s3://new/z\n"
            "  actual   s3://new/y\n"
            "a: 12:7: 's3://old/a/z'\n"
            "  expected s3://old/a/z\n"
            "  actual   s3://new/z\n");
}

TEST(RuleTests, ValuesOfATestHoldForItAlone) {
  EXPECT_EQ(
      run(moving("  - {name: a, vars: {to: \"s3://b\"}, uris: {\"s3://old/a/x\": \"s3://b/x\"}}\n"
                 "  - {name: b, uris: {\"s3://old/a/x\": \"s3://new/x\"}}\n")),
      "");
}

TEST(RuleTests, ValuesAreNeeded) {
  const std::string rules =
      v1("vars: {to: {type: uri-prefix, required: true}}\n"
         "steps: [{id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: \"${to}\"}}]\n"
         "tests:\n"
         "  - {name: a, vars: {to: \"s3://b\"}, uris: {\"s3://a/x\": \"s3://b/x\"}}\n"
         "  - {name: b, uris: {\"s3://a/x\": \"s3://b/x\"}}\n");
  EXPECT_EQ(run(rules),
            "b: 6:12: the rules can't be used with the values of this test\n"
            "  E-RULE-VARIABLE variable 'to', which step 'm' needs, has no value\n");
  World world;
  world.set = {"to=s3://b"};
  EXPECT_EQ(run(rules, world), "");
}

TEST(RuleTests, ARunThatMustFail) {
  EXPECT_EQ(
      run(moving("  - {name: a, uris: {\"s3://x\": ~}, fails-with: E-RULE-UNMATCHED-URI}\n"
                 "  - {name: b, uris: {\"s3://x\": ~}, fails-with: E-RULE-EXPECT}\n"
                 "  - {name: c, uris: {\"s3://x\": ~}, fails-with: E-RULE-ASSERT}\n"
                 "  - {name: d, uris: {\"s3://old/a/x\": ~}, fails-with: E-RULE-EXPECT}\n"
                 "  - {name: e, vars: {to: x}, uris: {\"s3://x\": ~}, fails-with: E-RULE-VALUE}\n"
                 "  - {name: f, vars: {to: x}, uris: {\"s3://x\": ~}, fails-with: E-RULE-TYPE}\n"
                 "  - {name: g, vars: {to: \"s3://old/a/b\"}, uris: {\"s3://x\": ~},\n"
                 "     fails-with: E-RULE-NESTED}\n")),
      "c: 9:48: the run must be stopped\n"
      "  expected E-RULE-ASSERT\n"
      "  actual   E-RULE-EXPECT, E-RULE-UNMATCHED-URI\n"
      "  E-RULE-EXPECT step 'move' expects unmatched to be 0, but it is 1 (selected 1, "
      "changed 0, already 0, unmatched 1)\n"
      "  E-RULE-UNMATCHED-URI 1 absolute URI is matched by no step and below no target\n"
      "d: 10:54: the run must be stopped\n"
      "  expected E-RULE-EXPECT\n"
      "  actual   nothing stops it\n"
      "f: 12:63: the run must be stopped\n"
      "  expected E-RULE-TYPE\n"
      "  actual   E-RULE-VALUE\n"
      "  E-RULE-VALUE variable 'to' must be an absolute URI such as s3://bucket/dir, not "
      "'x'\n");
}

TEST(RuleTests, UrisAreApartUnlessTheRunMustFail) {
  const std::string rules =
      v1("steps: [{id: m, uses: uri.map-prefix, with: {map: {\"s3://a\": \"s3://c\", \"s3://b\": "
         "\"s3://c\"}}}]\n"
         "tests:\n"
         "  - {name: a, uris: {\"s3://a/x\": \"s3://c/x\", \"s3://b/x\": \"s3://c/x\"}}\n"
         "  - {name: b, uris: {\"s3://a/x\": \"s3://c/x\", \"s3://b/x\": \"s3://c/x\"},\n"
         "     fails-with: E-RULE-COLLISION}\n");
  EXPECT_EQ(run(rules), "");
}

/// Two steps that show which of them a location meets.
std::string showing(const std::string& where, const std::string& test) {
  return v1("steps:\n"
            "  - {id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: \"s3://b\"},\n"
            "     where: " +
            where + "}\ntests:\n  - {name: a, uris: {\"s3://a/x\": ") +
         test + "}\n";
}

TEST(RuleTests, EveryPlaceThatAStepCanAskFor) {
  for (const Role role : kAllRoles) {
    if (role == Role::master || role == Role::coordinator) continue;
    const std::string word(role_name(role));
    EXPECT_EQ(run(showing("{role: " + word + "}", "\"s3://b/x\"}, role: " + word)), "") << word;
  }
  EXPECT_EQ(run(showing("{role: coordinator, handle: bytes}", "\"s3://b/x\"}, role: coordinator")),
            "");
  for (const LocationKind kind : kAllLocationKinds) {
    const std::string word(location_kind_name(kind));
    EXPECT_EQ(run(showing("{handle: " + word + "}", "\"s3://b/x\"}, handle: " + word)), "") << word;
  }
  EXPECT_EQ(run(showing("{role: managed-keyed}", "\"s3://b/x\"}, role: incremental-shared")), "")
      << "a location has all roles that it has in snapshots";
}

TEST(RuleTests, PlacesThatNoSnapshotHas) {
  const auto first_line = [](const std::string& text) {
    const auto start = text.find("E-");
    return text.substr(start, text.find('\n', start) - start);
  };
  EXPECT_EQ(first_line(run(showing("{}", "~}, role: master"))),
            "E-RULE-TEST no snapshot has a 'file' handle with the role master");
  EXPECT_EQ(first_line(run(showing("{}", "~}, role: [raw-keyed, input-channel]"))),
            "E-RULE-TEST no snapshot has a 'file' handle with the role raw-keyed, input-channel");
  EXPECT_EQ(first_line(run(showing("{}", "~}, role: managed-keyed, operator: {state: s}"))),
            "E-RULE-TEST no snapshot has a 'file' handle with the role managed-keyed and a state's "
            "name");
  EXPECT_EQ(first_line(run(showing("{}", "~}, role: coordinator, handle: file"))),
            "E-RULE-TEST no snapshot has a 'file' handle with the role coordinator: tag 2 "
            "(FILE_STREAM) is not a stream state handle that may stand here");
}

TEST(RuleTests, Operators) {
  const std::string where = "{operator: {uid: \"orders-*\"}}";
  EXPECT_EQ(run(showing(where, "\"s3://b/x\"}, operator: orders-1")), "");
  EXPECT_EQ(run(showing(where, "~}, operator: lines-1")), "");
  EXPECT_EQ(run(showing(where, "~}")), "") << "nothing is known of the operator";
  EXPECT_EQ(run(showing("{operator: \"uid:keyed-uid\"}",
                        "\"s3://b/x\"}, operator: \"hash:0280cff30166c8fe8bb88cc69f845dc0\"")),
            "");
  EXPECT_EQ(run(showing("{operator: {name: \"Map*\", state: topics}}",
                        "\"s3://b/x\"}, operator: {name: Map 1, state: topics}")),
            "");
}

TEST(RuleTests, Scopes) {
  EXPECT_EQ(run(showing("{scope: [shared, foreign]}", "\"s3://b/x\"}, scope: shared")), "");
  EXPECT_EQ(run(showing("{scope: [shared, foreign]}", "~}, scope: exclusive")), "");
  EXPECT_EQ(run(showing("{scope: exclusive}", "\"s3://b/x\"}, base-uri: \"s3://a\"")), "");
  EXPECT_EQ(run(showing("{scope: exclusive}", "~}, base-uri: \"s3://a/chk-7\"")), "");
  EXPECT_EQ(run(showing("{scope: exclusive}", "~}")),
            "a: 6:22: 's3://a/x' stops the run\n"
            "  E-RULE-BASE-URI step 'm' needs to know where _metadata lies\n");
}

TEST(RuleTests, HandlesThatChange) {
  EXPECT_EQ(
      run(v1("steps:\n"
             "  - {id: abs, uses: handle.absolutize}\n"
             "  - {id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: \"s3://b\"}}\n"
             "tests:\n"
             "  - {name: a, uris: {x: \"s3://b/chk-7/x\"}, handle: relative-file,\n"
             "     base-uri: \"s3://a/chk-7\",\n"
             "     expect: {changed: {abs: 1, m: 1}, residual: {\"s3://a\": 0}}}\n")),
      "");
}

TEST(RuleTests, Counts) {
  EXPECT_EQ(
      run(moving("  - name: a\n"
                 "    uris: {\"s3://old/a/x\": \"s3://new/x\", \"s3://new/x\": ~, \"s3://y\": ~}\n"
                 "    expect:\n"
                 "      selected: {move: 4}\n"
                 "      matched: {move: 2}\n"
                 "      unmatched: {move: 0}\n"
                 "      residual: {\"s3://\": 0, new: \">=2\"}\n")),
      "a: 10:24: selected of step 'move'\n  expected 4\n  actual   3\n"
      "a: 12:25: unmatched of step 'move'\n  expected 0\n  actual   1\n"
      "a: 13:27: absolute URIs that hold 's3://'\n  expected 0\n  actual   3\n"
      "   still there\n");
}

TEST(RuleTests, AssertionsAboutEachLocationStopARun) {
  const std::string rules =
      v1("steps: [{id: n, uses: assert.none, where: {uri: {scheme: file}}}]\n"
         "tests:\n"
         "  - {name: a, uris: {\"s3://a/x\": ~, \"file:/x\": ~}}\n"
         "  - {name: b, uris: {\"file:/x\": ~}, fails-with: E-RULE-ASSERT}\n");
  EXPECT_EQ(run(rules),
            "a: 4:37: 'file:/x' stops the run\n"
            "  E-RULE-ASSERT step 'n': 1 of 1 selected locations must not be there\n");
}

/// States that there are five locations.
class Five final : public Assertion {
 public:
  void configure(ParamBinder& params) override { params.finish(); }
  bool matches(std::string_view /*uri*/) const override { return true; }
  bool matching_is_fault() const noexcept override { return false; }
  std::string verdict(std::uint64_t /*selected*/, std::uint64_t matching) const override {
    return matching == 5 ? "" : std::to_string(matching) + " are not five";
  }
};

TEST(RuleTests, AssertionsAboutSumsAreForWholeSnapshots) {
  RuleTestBench bench = bench_of_plugins();
  bench.transforms.make = [](std::string_view /*name*/) { return std::make_shared<Five>(); };
  const std::string rules =
      v1("steps: [{id: n, uses: test.five}]\n"
         "tests:\n"
         "  - {name: a, uris: {\"s3://a/x\": ~}}\n"
         "  - {name: b, uris: {\"s3://a/x\": ~}, fails-with: E-RULE-ASSERT}\n");
  EXPECT_EQ(run(rules, {}, bench), "");
}

TEST(RuleTests, Fixtures) {
  const std::string rules = v1(
      "steps: [{id: m, uses: uri.replace-prefix, with: {from: \"s3://bucket-old\", to: "
      "\"s3://b\"}},\n"
      "        {id: n, uses: assert.none, where: {scope: foreign}}]\n"
      "require: {metadata-version: 2}\n"
      "tests:\n"
      "  - {name: a, fixture: examples/snapshots/1.9.3-heap/_metadata,\n"
      "     base-uri: \"s3://b\",\n"
      "     expect: {changed: {m: 8}, residual: {\"s3://bucket-old\": 0, \"s3://b/\": 7}}}\n"
      "  - {name: b, fixture: examples/snapshots/1.9.3-heap/_metadata, fails-with: E-RULE-ASSERT}\n"
      "  - {name: c, fixture: examples/snapshots/2.3.0-inc/_metadata}\n"
      "  - {name: d, fixture: examples/snapshots/none/_metadata}\n");
  EXPECT_EQ(
      run(rules),
      "a: 8:76: absolute URIs that hold 's3://b/'\n  expected 7\n  actual   8\n   still there\n"
      "c: 10:24: the run over 'examples/snapshots/2.3.0-inc/_metadata' is stopped\n"
      "  E-RULE-REQUIRE the rules require metadata version 2, the snapshot has 6\n"
      "d: 11:24: the run over 'examples/snapshots/none/_metadata' is stopped\n"
      "  E-IO-NOT-FOUND there is no such file\n");
}

TEST(RuleTests, UidHashes) {
  EXPECT_EQ(run(v1("steps: []\n"
                   "tests:\n"
                   "  - name: a\n"
                   "    uid-hashes:\n"
                   "      keyed-uid: 0280CFF30166c8fe8bb88cc69f845dc0\n"
                   "      lines: 0280cff30166c8fe8bb88cc69f845dc0\n")),
            "a: 7:14: uid 'lines'\n"
            "  expected 0280cff30166c8fe8bb88cc69f845dc0\n"
            "  actual   " +
                to_hex(operator_id_of_uid("lines")) + "\n");
}

TEST(RuleTests, SecretsAreNotShown) {
  World world;
  world.environment["PW"] = "hunter2";
  EXPECT_EQ(run(v1("vars: {pw: {secret: true, env: PW}}\n"
                   "steps: [{id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: "
                   "\"s3://b/${pw}\"}}]\n"
                   "tests:\n"
                   "  - {name: a, uris: {\"s3://a/x\": \"s3://b/x\"}}\n"),
                world),
            "a: 5:22: 's3://a/x'\n"
            "  expected s3://b/x\n"
            "  actual   s3://b/(secret)/x\n");
}

TEST(RuleTests, ABrokenFileIsNotRun) {
  EXPECT_EQ(run(v1("steps: [{id: m, uses: uri.replace-prefx}]\n"
                   "tests: [{name: a, uris: {\"s3://a/x\": ~}}]\n")),
            R"(broken
rules.yaml:2:23: error: plugin 'uri' has no transform 'uri.replace-prefx', did you mean 'uri.replace-prefix'? [E-RULE-UNKNOWN-TRANSFORM]
  steps: [{id: m, uses: uri.replace-prefx}]
                        ^
  help: see 'stateferry plugins list'
)");
}

}  // namespace
}  // namespace stateferry::test
