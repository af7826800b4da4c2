// Resolved rules, and the text of rule files that programs write.
#include "stateferry/rules/resolved.hpp"

#include <gtest/gtest.h>

#include "bench.hpp"
#include "support.hpp"

namespace stateferry::test {
namespace {

std::string resolved(const std::string& text, World world = {}) {
  world.files["rules.yaml"] = text;
  world.allow_unset = true;
  DiagnosticList problems;
  const auto file = load_rule_file("rules.yaml", world.inputs(), problems);
  EXPECT_EQ(rendered(problems), "");
  RuleTestBench bench = bench_of_plugins();
  const auto pipeline = build_pipeline(*file, bench.transforms, bench.plugin_version, problems);
  EXPECT_EQ(rendered(problems), "");
  return rule_file_text(resolved_rules(*file, pipeline ? &*pipeline : nullptr, nullptr));
}

constexpr const char* kEverything = R"(rules: "v1"
name: all-of-it
description: |
  Two lines,
  with "quotes" and ${braces}.
vars:
  from: {type: uri-prefix, default: "s3://old"}
  to: {type: uri-prefix, env: TO}
  pw: {secret: true, env: PW}
  n: {type: integer, default: 3}
include: [common.yaml]
plugins: {uri: "<2"}
require: {metadata-version: "<=6", snapshot: [savepoint, unknown], operators: [a, "hash:0280cff30166c8fe8bb88cc69f845dc0"]}
steps:
  - id: move
    uses: uri.map-prefix
    x-note: ours
    with: {map: {"${from}/a": "${to}/$${x}", "s3://b": "s3://c/${pw}/d"}}
    where: {operator: ["uid:o-*", "0280cff30166c8fe8bb88cc69f845dc0"], role: [managed-keyed, raw-keyed],
            scope: exclusive, handle: [file, directory], uri: {scheme: [s3, s3a], glob: "s3://**"}}
    expect: {unmatched: 0, matched: ">=1 <=${n}", changed: ">3"}
    accept: nested-target
  - {id: none, uses: assert.none, where: {operator: {uid-hash: 0280cff30166c8fe8bb88cc69f845dc0, name: "M*", state: "yes"}}}
)";

constexpr const char* kCommon = R"(rules: "v1"
plugins: {uri: ">=0.1"}
require: {metadata-version: ">=2", snapshot: [unknown, checkpoint]}
steps: [{id: early, uses: uri.scheme, with: {from: [s3n, "yes"], to: s3}}]
)";

World with_common() {
  World world;
  world.files["common.yaml"] = kCommon;
  world.environment = {{"TO", "s3://new"}, {"PW", "hunter2"}};
  return world;
}

constexpr const char* kResolved = R"yaml(rules: "v1"
name: all-of-it
description: "Two lines,\nwith \"quotes\" and ${braces}.\n"
x-files:
  - common.yaml
  - rules.yaml
x-vars:
  from:
    type: uri-prefix
    value: "s3://old"
    from: default
  to:
    type: uri-prefix
    value: "s3://new"
    from: "environment variable TO"
  pw:
    type: string
    value: "(secret)"
    from: "environment variable PW"
  "n":
    type: integer
    value: "3"
    from: default
plugins:
  uri: ">=0.1 <2"
require:
  metadata-version: ">=2 <=6"
  snapshot: unknown
  operators:
    - a
    - "hash:0280cff30166c8fe8bb88cc69f845dc0"
steps:
  - id: early
    uses: uri.scheme
    x-at: "common.yaml:4:14"
    with:
      from:
        - s3n
        - "yes"
      to: s3
  - id: move
    uses: uri.map-prefix
    x-at: "rules.yaml:15:9"
    with:
      map:
        "s3://old/a": "s3://new/$${x}"
        "s3://b": "(secret)"
    where:
      operator:
        - "uid:o-*"
        - "hash:0280cff30166c8fe8bb88cc69f845dc0"
      role:
        - managed-keyed
        - raw-keyed
      scope: exclusive
      handle:
        - file
        - directory
      uri:
        scheme:
          - s3
          - s3a
        glob: "s3://**"
    expect:
      changed: ">=4"
      unmatched: 0
      matched: ">=1 <=3"
    accept:
      - nested-target
  - id: none
    uses: assert.none
    x-at: "rules.yaml:23:10"
    where:
      operator:
        uid-hash: "0280cff30166c8fe8bb88cc69f845dc0"
        name: "M*"
        state: "yes"
output:
  untouched-uris: fail
)yaml";

TEST(ResolvedRules, Everything) {
  EXPECT_EQ(resolved(kEverything, with_common()), kResolved);
}

/// The text without the lines that tell where things come from.
std::string without_origins(const std::string& text) {
  std::string result;
  bool in_vars = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    at = end;
    if (line.find_first_not_of(' ') == 0) in_vars = line.starts_with("x-");
    if (!in_vars && line.find("x-at") == std::string::npos) result += line;
  }
  return result;
}

TEST(ResolvedRules, AreARuleFileThatResolvesToItself) {
  std::string once = resolved(kEverything, with_common());
  const std::string hidden = "\"s3://b\": \"(secret)\"";
  once.replace(once.find(hidden), hidden.size(), "\"s3://b\": \"s3://c/d\"");
  EXPECT_EQ(without_origins(resolved(once)), without_origins(once));
}

// What a file asks of its result, as text.
std::string output_of(const std::string& text) {
  const Parsed parsed = parse(text);
  EXPECT_EQ(parsed.messages, "") << text;
  const OutputFormat& f = parsed.file->output.format;
  return std::to_string(f.version.value_or(0)) + " " +
         (f.flink ? to_string(*f.flink) : std::string("-")) + " " +
         std::string(handle_form_name(f.handles)) + " " +
         std::string(declared_kind_name(f.snapshot)) + " " + std::string(on_loss_name(f.on_loss)) +
         " " + std::to_string(static_cast<int>(parsed.file->output.untouched_uris));
}

// Reviewers sign what 'explain' prints: it must do what the file does, whatever key that has.
TEST(ResolvedRules, HoldEveryKeyOfTheOutput) {
  std::string all;
  for (const std::string key :
       {"metadata-version: keep", "metadata-version: 4", "flink: \"1.18\"", "handles: keep",
        "handles: absolute", "handles: relative", "snapshot: unknown",
        "snapshot: savepoint-canonical", "snapshot: savepoint-native", "snapshot: checkpoint",
        "on-loss: fail", "on-loss: report", "untouched-uris: fail", "untouched-uris: warn",
        "untouched-uris: allow"}) {
    const std::string text = v1("steps: []\noutput: {" + key + ", untouched-uris: warn}\n");
    const std::string own = v1("steps: []\noutput: {" + key + "}\n");
    const std::string& file = key.starts_with("untouched") ? own : text;
    EXPECT_EQ(output_of(resolved(file)), output_of(file)) << resolved(file);
  }
  const std::string whole =
      v1("steps: []\n"
         "output: {metadata-version: 4, flink: \"1.20\", handles: absolute, snapshot: checkpoint, "
         "on-loss: report, untouched-uris: fail}\n");
  EXPECT_EQ(output_of(resolved(whole)), output_of(whole));
}

// A key of the language that the test above doesn't know yet.
TEST(ResolvedRules, TheOutputHasSixKeys) {
  EXPECT_EQ(complaints(v1("steps: []\noutput: {x: 1}\n")),
            R"(rules.yaml:3:10: error: unknown key 'x' in 'output' [E-RULE-UNKNOWN]
  output: {x: 1}
           ^
  help: the keys here are metadata-version, flink, handles, snapshot, on-loss, untouched-uris
)");
}

TEST(ResolvedRules, WhatHasNoValueStaysAsWritten) {
  const std::string text =
      resolved(v1("vars: {to: {type: uri-prefix, required: true}}\n"
                  "steps: [{id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: "
                  "\"${to}/$${x}\"}}]\n"));
  EXPECT_NE(text.find("to: \"${to}/$${x}\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("from: \"nowhere: it has no value\"\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("output"), std::string::npos) << "the policy follows from the pipeline";
}

TEST(ResolvedRules, TextsThatYamlWouldTakeForOtherThings) {
  for (const std::string text : {"yes", "Null", "5", "010", "-", "a: b", "#x", "a\\b\"c", "", " x",
                                 "~", "1.5", "é", "[a]", "$${x}", "y", "true"}) {
    ParamNode value;
    value.kind = ParamNode::Kind::scalar;
    value.scalar = text;
    value.quoted = true;
    ParamNode step;
    step.kind = ParamNode::Kind::map;
    step.entries.push_back({value, value});
    const std::string line = rule_file_text(step);
    DiagnosticList problems;
    const auto file = parse_rule_file(
        "r", v1("steps: [{id: a, uses: b.c, with: {x-a: {\n" + line + "}}}]\n"), {}, problems);
    EXPECT_EQ(rendered(problems), "") << line;
    ASSERT_TRUE(file.has_value()) << line;
    const ParamNode& read = file->steps[0].with.find("x-a")->entries.at(0).value;
    const std::string expected = text == "$${x}" ? "$$${x}" : text;
    EXPECT_EQ(read.scalar, expected) << line;
    EXPECT_TRUE(read.quoted);
  }
}

}  // namespace
}  // namespace stateferry::test
