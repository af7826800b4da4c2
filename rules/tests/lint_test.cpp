// Warnings about rules that do nothing: given where it is certain, and only there.
#include "stateferry/rules/lint.hpp"

#include <gtest/gtest.h>

#include "bench.hpp"
#include "support.hpp"

namespace stateferry::test {
namespace {

/// The warnings about steps, each on a line.
std::string warnings(const std::string& steps) {
  DiagnosticList problems;
  const auto file = parse_rule_file("rules.yaml", v1("steps:\n" + steps), {}, problems);
  const RuleTestBench bench = bench_of_plugins();
  const auto pipeline = build_pipeline(*file, bench.transforms, bench.plugin_version, problems);
  EXPECT_EQ(rendered(problems), "");
  if (!pipeline) return "(no pipeline)";
  DiagnosticList list;
  warn_of_idle_rules(*pipeline, list);
  EXPECT_EQ(list.errors(), 0U);
  std::string text;
  for (const Diagnostic& d : list.all()) {
    text += std::to_string(d.mark.line) + " " + d.code + " " + d.message + "\n";
  }
  return text;
}

std::string move(const std::string& id, const std::string& from, const std::string& to,
                 const std::string& where = "{}") {
  return "  - {id: " + id + ", uses: uri.replace-prefix, with: {from: \"" + from + "\", to: \"" +
         to + "\"}, where: " + where + "}\n";
}

std::string scheme(const std::string& from, const std::string& to) {
  return "  - {id: s, uses: uri.scheme, with: {from: " + from + ", to: " + to + "}}\n";
}

TEST(LintTest, WhereThatContradictsThePrefix) {
  EXPECT_EQ(
      warnings(move("m", "s3://a", "s3://b", "{uri: {scheme: s3a}}")),
      "3 W-RULE-NEVER step 'm' can never change anything: 'where' wants the scheme 's3a', and "
      "it moves 's3://a'\n");
  EXPECT_EQ(warnings(move("m", "s3://a/x", "s3://b", "{uri: {glob: [\"s3://b/**\", \"gs:*\"]}}")),
            "3 W-RULE-NEVER step 'm' can never change anything: 'where' wants 's3://b/**', and it "
            "moves 's3://a/x'\n");
  EXPECT_EQ(warnings(move("m", "s3://a/x", "s3://b", "{uri: {scheme: [s3a, s3]}}")), "");
  EXPECT_EQ(warnings(move("m", "s3://a/x", "s3://b", "{uri: {glob: \"s3://a/**\"}}")), "");
  EXPECT_EQ(warnings(move("m", "s3://a", "s3://b", "{uri: {glob: \"s3://a/x/**\"}}")), "");
  EXPECT_EQ(warnings(move("m", "s3://a", "s3://b", "{uri: {glob: \"**/x\"}}")), "");
}

TEST(LintTest, PlacesThatNoSnapshotHas) {
  EXPECT_EQ(warnings(move("m", "s3://a", "s3://b", "{role: master}")),
            "3 W-RULE-NEVER step 'm' can never change anything: no location has the role master\n");
  EXPECT_EQ(
      warnings("  - {id: n, uses: assert.none, where: {role: coordinator}}\n"),
      "3 W-RULE-NEVER step 'n' can never meet anything: state of a coordinator is inline, and "
      "'handle' doesn't ask for 'bytes'\n");
  EXPECT_EQ(
      warnings(move("m", "s3://a", "s3://b", "{role: managed-keyed, handle: directory}")),
      "3 W-RULE-NEVER step 'm' can never change anything: only operator state has handles of the "
      "kind 'directory'\n");
  EXPECT_EQ(warnings(move("m", "s3://a", "s3://b", "{role: coordinator, handle: bytes}")), "");
  EXPECT_EQ(warnings(move("m", "s3://a", "s3://b", "{role: [coordinator, raw-keyed]}")), "");
}

TEST(LintTest, WhatAnEarlierStepHasMoved) {
  EXPECT_EQ(warnings(move("a", "s3://old", "s3://new") + move("b", "s3://old/shared", "s3://x")),
            "4 W-RULE-NEVER step 'b' can never change anything: step 'a' has moved all that lies "
            "below 's3://old/shared'\n");
  EXPECT_EQ(warnings(scheme("[s3a]", "s3") + move("b", "s3a://old", "s3://x")),
            "4 W-RULE-NEVER step 'b' can never change anything: step 's' has moved all that lies "
            "below 's3a://old'\n");
  EXPECT_EQ(
      warnings(move("a", "s3://old", "s3://new") +
               "  - {id: m, uses: uri.map-prefix, with: {map: {\"s3://old/x\": \"s3://y\", "
               "\"s3://z\": \"s3://y/z\"}}}\n"),
      "4 W-RULE-SHADOWED the prefix 's3://old/x' of step 'm' has no effect: step 'a' has moved "
      "all that lies below it\n");
}

TEST(LintTest, NothingIsSaidWhereItIsNotCertain) {
  // The special one comes first.
  EXPECT_EQ(warnings(move("a", "s3://old/shared", "s3://x") + move("b", "s3://old", "s3://new")),
            "");
  // Names that only begin alike.
  EXPECT_EQ(warnings(move("a", "s3://old", "s3://new") + move("b", "s3://old-2", "s3://x")), "");
  // The first step doesn't see everything.
  EXPECT_EQ(warnings(move("a", "s3://old", "s3://new", "{role: managed-keyed}") +
                     move("b", "s3://old/shared", "s3://x")),
            "");
  // Something in between brings it back, or may do so.
  EXPECT_EQ(warnings(move("a", "s3://old", "s3://new") + move("b", "s3://c", "s3://old/shared/c") +
                     move("d", "s3://old/shared", "s3://x")),
            "");
  EXPECT_EQ(
      warnings(move("a", "s3://old", "s3://new") +
               "  - {id: r, uses: uri.regex, with: {pattern: \"a(?P<x>.*)\", to: \"b{x}\"}}\n" +
               move("d", "s3://old/shared", "s3://x")),
      "");
  EXPECT_EQ(warnings(move("a", "s3://old", "s3://new") +
                     "  - {id: r, uses: handle.absolutize, with: {directory: \"s3://old\"}}\n" +
                     move("d", "s3://old/shared", "s3://x")),
            "");
  EXPECT_EQ(warnings(scheme("[s3a]", "s3") + move("b", "s3://old", "s3://x")), "");
  // Inline names are no business of the first step.
  EXPECT_EQ(warnings(move("a", "s3://old", "s3://new") +
                     move("b", "s3://old", "s3://x", "{handle: bytes}")),
            "");
}

TEST(LintTest, EntriesOfOneMap) {
  const auto map = [](const std::string& entries) {
    return "  - {id: m, uses: uri.map-prefix, with: {map: {" + entries + "}}}\n";
  };
  EXPECT_EQ(
      warnings(map("\"s3://a\": \"s3://b\", \"s3://a/x\": \"s3://b/x\"")),
      "3 W-RULE-SHADOWED the prefix 's3://a/x' of step 'm' has no effect: 's3://a' moves it to "
      "the same place\n");
  EXPECT_EQ(warnings(map("\"s3://a\": \"s3://b\", \"s3://a/x\": \"s3://c\"")), "");
  EXPECT_EQ(warnings(map("\"s3://a\": \"s3://b\", \"s3://a/x\": \"s3://c\", \"s3://a/x/y\": "
                         "\"s3://b/x/y\"")),
            "")
      << "without it 's3://a/x' would take it";
}

}  // namespace
}  // namespace stateferry::test
