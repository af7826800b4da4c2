// Reverse rule files: they give the snapshot back to the byte, or it is said why there is none.
#include "stateferry/rules/invert.hpp"

#include <gtest/gtest.h>

#include "bench.hpp"
#include "stateferry/rules/resolved.hpp"
#include "support.hpp"

namespace stateferry::test {
namespace {

InvertBench invert_bench() {
  const RuleTestBench plugins = bench_of_plugins();
  InvertBench bench;
  bench.transforms = plugins.transforms;
  bench.plugin_version = plugins.plugin_version;
  bench.list = plugins.list;
  bench.run = plugins.run;
  bench.base_uri = "s3://bucket-old/flink/here";
  return bench;
}

/// A snapshot with these locations.
ByteVector snapshot(const std::vector<std::string>& texts, TrialPlace place = {}) {
  return make_trial_snapshot(place, texts, registry());
}

Pipeline pipeline_of(const std::string& text, RuleFile& file, World world = {}) {
  DiagnosticList problems;
  const auto parsed = parse_rule_file("rules.yaml", text, world.inputs(), problems);
  const RuleTestBench bench = bench_of_plugins();
  auto pipeline = build_pipeline(*parsed, bench.transforms, bench.plugin_version, problems);
  EXPECT_EQ(rendered(problems), "") << text;
  file = *parsed;
  return std::move(*pipeline);
}

ByteVector converted(const std::string& rules, const ByteVector& in) {
  RuleFile file;
  const Pipeline pipeline = pipeline_of(rules, file);
  ByteVector out;
  const auto source = memory_source(in, "in");
  const auto sink = memory_sink(out);
  RunOptions options;
  options.base_uri = "s3://bucket-old/flink/here";
  DiagnosticList warnings;
  pipeline.run(*source, *sink, registry(), options, warnings);
  return out;
}

/// The reverse file, or what is said against it.
std::string inverted(const std::string& rules, const ByteVector& in, World world = {}) {
  RuleFile file;
  const Pipeline pipeline = pipeline_of(rules, file, std::move(world));
  const auto source = memory_source(in, "in");
  DiagnosticList problems;
  const auto tree = invert_rules(file, pipeline, *source, invert_bench(), problems);
  EXPECT_EQ(tree.has_value(), problems.errors() == 0);
  if (tree) return rule_file_text(*tree);
  std::string text;
  for (const Diagnostic& d : problems.all()) {
    text += d.code + " " + d.message + "\n";
    for (const std::string& note : d.notes) text += "  " + note + "\n";
  }
  return text;
}

std::string step(const std::string& uses, const std::string& with) {
  return v1("steps: [{id: m, uses: " + uses + ", with: " + with + "}]\n");
}

void expect_way_back(const std::string& rules, const ByteVector& in) {
  const ByteVector moved = converted(rules, in);
  EXPECT_NE(moved, in) << rules;
  const std::string reverse = inverted(rules, in);
  ASSERT_EQ(reverse.find("E-RULE"), std::string::npos) << rules << reverse;
  EXPECT_EQ(converted(reverse, moved), in) << rules << reverse;
}

TEST(InvertTest, RealSnapshotsComeBackToTheByte) {
  const std::string move =
      "  - {id: m, uses: uri.replace-prefix, with: {from: \"s3://bucket-old\", to: "
      "\"s3://b/deep\"}}\n";
  const std::string map =
      "  - {id: map, uses: uri.map-prefix, with: {map: {\"s3://b/deep/flink\": \"gs://x\", "
      "\"s3://b/deep\": \"gs://y\", \"s3://none\": \"gs://x\"}}}\n";
  const std::string scheme = "  - {id: s, uses: uri.scheme, with: {from: [gs, s3n], to: abfs}}\n";
  const std::string check = "  - {id: c, uses: assert.none, with: {prefix: \"s3://bucket-old\"}}\n";
  for (const std::string name : {"1.9.3-heap", "1.9.3-inc", "2.3.0-inc", "2.3.0-inc-entropy",
                                 "2.3.0-changelog", "2.3.0-merge-inc"}) {
    const ByteVector in = read_file(testdata("examples/snapshots/" + name + "/_metadata"));
    expect_way_back(v1("steps:\n" + move + map + scheme + check), in);
  }
}

TEST(InvertTest, StepsThatNeedATreeComeBackToo) {
  const ByteVector in = read_file(testdata("examples/snapshots/2.3.0-inc/_metadata"));
  expect_way_back(
      v1("steps:\n"
         "  - {id: r, uses: operator.rename, with: {map: {\"uid:keyed-uid\": \"uid:new-uid\"}}}\n"
         "  - {id: m, uses: uri.replace-prefix, with: {from: \"s3://bucket-old\", to: "
         "\"s3://b\"},\n"
         "     where: {operator: \"uid:new-uid\"}}\n"
         "output: {untouched-uris: allow}\n"),
      in);
  TrialPlace place;
  place.kind = LocationKind::relative_file;
  expect_way_back(step("handle.absolutize", "{directory: \"s3://a/chk-7\"}"),
                  snapshot({"x", "y"}, place));
  expect_way_back(step("handle.relativize", "{directory: \"s3://a/chk-7\"}"),
                  snapshot({"s3://a/chk-7/x", "s3://a/b"}));
}

TEST(InvertTest, TheText) {
  EXPECT_EQ(
      inverted(v1("name: move\n"
                  "plugins: {uri: \">=0.1\", assert: \">=0.1\"}\n"
                  "vars: {to: {default: \"s3://b\"}}\n"
                  "steps:\n"
                  "  - {id: none, uses: uri.scheme, with: {from: s3n, to: s3}}\n"
                  "  - {id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: \"${to}\"},\n"
                  "     where: {role: managed-keyed, uri: {scheme: s3}}, expect: {changed: 2}}\n"),
               snapshot({"s3://a/x", "s3://a/y"})),
      R"(rules: "v1"
name: move.reverse
plugins:
  uri: ">=0.1"
steps:
  - id: undo-m
    uses: uri.replace-prefix
    x-at: "rules.yaml:7:10"
    with:
      from: "s3://b"
      to: "s3://a"
    where:
      role: managed-keyed
output:
  untouched-uris: fail
)");
}

TEST(InvertTest, WhatWasThereAlreadyCantBeToldApart) {
  EXPECT_EQ(
      inverted(step("uri.replace-prefix", "{from: \"s3://a\", to: \"s3://b\"}"),
               snapshot({"s3://a/d/x", "s3://b/e/y", "s3://a/e/z"})),
      "E-RULE-NOT-INVERTIBLE step 'm' can't be reversed: what it has moved can't be told from "
      "what it has not\n"
      "  's3://b/e/y' (operators[0].subtasks[1].managed_keyed.delegate.path) is left alone, but "
      "the reverse makes 's3://a/e/y' of it\n"
      "  's3://a/e/z' (operators[0].subtasks[2].managed_keyed.delegate.path) becomes "
      "'s3://b/e/z', as it should\n");
}

TEST(InvertTest, TwoSourcesOfOneTarget) {
  const std::string rules =
      step("uri.map-prefix", "{map: {\"s3://a\": \"s3://c\", \"s3://b\": \"s3://c\"}}");
  EXPECT_EQ(
      inverted(rules, snapshot({"s3://a/x", "s3://b/y"})),
      "E-RULE-NOT-INVERTIBLE step 'm' can't be reversed: both 's3://a' and 's3://b' have become "
      "'s3://c'\n");
  expect_way_back(rules, snapshot({"s3://a/x", "s3://a/y"}));
}

TEST(InvertTest, SeveralSchemes) {
  const std::string rules = step("uri.scheme", "{from: [s3a, s3n], to: s3}");
  EXPECT_EQ(inverted(rules, snapshot({"s3a://a/x", "s3n://a/y"})),
            "E-RULE-NOT-INVERTIBLE step 'm' can't be reversed: several schemes have become 's3', "
            "among them 's3a' and 's3n'\n");
  expect_way_back(rules, snapshot({"s3n://a/x"}));
}

TEST(InvertTest, NestedPrefixes) {
  const ByteVector in = snapshot({"s3://b/a/deep/x"});
  expect_way_back(step("uri.replace-prefix", "{from: \"s3://b/a/deep\", to: \"s3://b/a\"}"), in);
  EXPECT_NE(inverted(step("uri.replace-prefix", "{from: \"s3://b/a/deep\", to: \"s3://b/a\"}"),
                     snapshot({"s3://b/a/deep/deep/x"}))
                .find("of which the reverse makes 's3://b/a/deep/x'"),
            std::string::npos)
      << "the reverse takes it for moved";
}

TEST(InvertTest, StepsWithoutAReverse) {
  EXPECT_EQ(
      inverted(step("uri.regex", "{pattern: \"s3://a/(?P<x>.*)\", to: \"s3://b/{x}\"}"),
               snapshot({"s3://a/x"})),
      "E-RULE-NOT-INVERTIBLE step 'm' can't be reversed: a pattern doesn't tell what its results "
      "were made of; write a step with the reverse pattern by hand\n");
  World world;
  world.environment["PW"] = "hunter2";
  EXPECT_EQ(
      inverted(v1("vars: {pw: {secret: true, env: PW}}\n"
                  "steps: [{id: m, uses: uri.replace-prefix, with: {from: \"s3://a\", to: "
                  "\"s3://b/${pw}\"}}]\n"),
               snapshot({"s3://a/x"}), world),
      "E-RULE-NOT-INVERTIBLE step 'm' can't be reversed: its parameters hold a secret, which the "
      "reverse file would show\n");
  EXPECT_EQ(
      inverted(step("uri.replace-prefix", "{from: \"s3://a\", to: \"s3://b\"}"),
               snapshot({"s3://b/x"})),
      "E-RULE-NOT-INVERTIBLE the rules change nothing in this snapshot, so there is nothing to "
      "reverse\n");
}

TEST(InvertTest, RulesThatAreStoppedHaveNoReverse) {
  EXPECT_THROW(inverted(step("uri.replace-prefix", "{from: \"s3://a\", to: \"s3://b\"}"),
                        snapshot({"s3://c/x"})),
               RuleError);
}

/// Moves, and names a step as its reverse that doesn't exist.
class Careless final : public UriTransform {
 public:
  void configure(ParamBinder& params) override { params.finish(); }
  Outcome rewrite(std::string_view uri, std::string& result) const override {
    result = std::string(uri) + "x";
    return Outcome::changed;
  }
  Inverse inverse(const InverseContext& /*context*/) const override {
    return InverseStep{"uri.shrink", {}, {}};
  }
};

TEST(InvertTest, AReverseThatIsNoStepIsRefused) {
  RuleFile file;
  file.steps.emplace_back().id = "m";
  Pipeline pipeline;
  Step careless;
  careless.id = "m";
  careless.uses = "test.careless";
  careless.transform = std::make_shared<Careless>();
  pipeline.steps.push_back(careless);
  DiagnosticList problems;
  const ByteVector in = snapshot({"s3://a/x"});
  const auto source = memory_source(in, "in");
  EXPECT_FALSE(invert_rules(file, pipeline, *source, invert_bench(), problems).has_value());
  EXPECT_EQ(
      problems.all().at(0).message,
      "step 'm' can't be reversed: the reverse step that its plugin names is not valid: plugin "
      "'uri' has no transform 'uri.shrink'");
}

}  // namespace
}  // namespace stateferry::test
