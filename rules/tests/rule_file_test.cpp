// The top level of a rule file, and what comes out of a whole one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace stateferry::test {
namespace {

TEST(RuleFileTest, Whole) {
  const Parsed parsed = parse(R"(rules: "v1"
name: move-orders.1
description: |
  Two lines
  of text.
vars:
  from: {type: uri-prefix, default: "file:///old/"}
  least: {type: integer, default: 3}
plugins: {acme: ">=1.2 <2"}
require:
  metadata-version: ">=2 <=7"
  snapshot: [savepoint, unknown]
  operators: ["uid:orders-source", "hash:897859f6655555855a890e51483ab5e6"]
steps:
  - id: move-root
    uses: test.move
    with: {from: "${from}", nested: {"${from}": ["a", 1, true]}, x-note: "${free}"}
    where:
      operator: {uid: "orders-*"}
      role: [incremental-shared, changelog]
      scope: shared
      handle: [file, directory]
      uri: {scheme: s3, glob: ["s3://old/**"]}
    expect: {matched: ">=${least}", unmatched: 0}
    accept: [loses-state]
output:
  metadata-version: keep
  handles: keep
  snapshot: unknown
  on-loss: fail
  untouched-uris: warn
x-owner: {team: state, pager: yes}
)");
  EXPECT_EQ(parsed.messages, "");
  ASSERT_TRUE(parsed.file.has_value());
  const RuleFile& file = *parsed.file;
  EXPECT_TRUE(file.valid);
  EXPECT_EQ(file.name, "move-orders.1");
  EXPECT_EQ(file.description, "Two lines\nof text.\n");
  ASSERT_EQ(file.vars.size(), 2U);
  EXPECT_EQ(file.vars[0].value, "file:/old");
  EXPECT_EQ(file.vars[0].origin, VarOrigin::default_value);
  ASSERT_EQ(file.plugins.size(), 1U);
  EXPECT_EQ(file.plugins[0].range.text, ">=1.2 <2");
  EXPECT_EQ(file.require.metadata_version->least, 2U);
  EXPECT_EQ(file.require.metadata_version->most, 7U);
  EXPECT_THAT(file.require.snapshot,
              testing::ElementsAre(SnapshotType::savepoint, SnapshotType::unknown));
  ASSERT_EQ(file.require.operators.size(), 2U);
  EXPECT_EQ(file.require.operators[0].first, operator_id_of_uid("orders-source"));
  EXPECT_EQ(file.require.operators[0].second, "uid:orders-source");
  EXPECT_EQ(to_hex(file.require.operators[1].first), "897859f6655555855a890e51483ab5e6");
  EXPECT_EQ(file.output.untouched_uris, Untouched::warn);
  ASSERT_EQ(file.sources.size(), 1U);
  EXPECT_EQ(file.sources[0]->name, "rules.yaml");

  ASSERT_EQ(file.steps.size(), 1U);
  const StepSpec& step = file.steps[0];
  EXPECT_EQ(step.id, "move-root");
  EXPECT_EQ(step.uses, "test.move");
  EXPECT_TRUE(step.bindable);
  EXPECT_EQ(step.mark.line, 15);
  EXPECT_EQ(step.mark.column, 9);
  EXPECT_EQ(step.with.find("from")->scalar, "file:/old");
  EXPECT_EQ(step.with.find("nested")->entries[0].key.scalar, "file:/old");
  EXPECT_EQ(step.with.find("nested")->entries[0].value.items.size(), 3U);
  EXPECT_EQ(step.with.find("x-note")->scalar, "${free}");
  EXPECT_THAT(step.where.operator_uid, testing::ElementsAre("orders-*"));
  EXPECT_EQ(step.where.roles, Role::incremental_shared | Role::changelog);
  EXPECT_THAT(step.where.scopes, testing::ElementsAre(Scope::shared));
  EXPECT_THAT(step.where.handles,
              testing::ElementsAre(LocationKind::file, LocationKind::directory));
  EXPECT_THAT(step.where.uri_schemes, testing::ElementsAre("s3"));
  EXPECT_THAT(step.where.uri_globs, testing::ElementsAre("s3://old/**"));
  ASSERT_EQ(step.expect.size(), 2U);
  EXPECT_EQ(step.expect.at("matched").least, 3U);
  EXPECT_EQ(step.expect.at("matched").text, ">=3");
  EXPECT_EQ(step.expect.at("matched").mark.line, 24);
  EXPECT_EQ(step.expect.at("unmatched").most, 0U);
  EXPECT_THAT(step.accept, testing::ElementsAre("loses-state"));
  ASSERT_EQ(step.accept_marks.size(), 1U);
  EXPECT_EQ(step.accept_marks[0].column, 14);
}

TEST(RuleFileTest, Smallest) {
  const Parsed parsed = parse("rules: \"v1\"\nsteps: []\n");
  EXPECT_EQ(parsed.messages, "");
  EXPECT_TRUE(parsed.file->valid);
  EXPECT_EQ(parsed.file->name, "");
  EXPECT_EQ(parsed.file->output.untouched_uris, Untouched::automatic);
}

TEST(RuleFileTest, MissingVersion) {
  EXPECT_EQ(complaints("name: x\nsteps: []\n"),
            R"(rules.yaml:1:1: error: missing key 'rules' in this rule file [E-RULE-MISSING]
  name: x
  ^
  help: begin the file with: rules: "v1"
)");
}

TEST(RuleFileTest, VersionWithoutQuotes) {
  EXPECT_EQ(complaints("rules: v1\nsteps: []\n"),
            R"(rules.yaml:1:8: error: the version of the rules must be in quotes [E-RULE-VERSION]
  rules: v1
         ^
  help: begin the file with: rules: "v1"
)");
}

TEST(RuleFileTest, OtherVersion) {
  // What a later language means by its keys can't be said, so nothing else is told.
  EXPECT_EQ(
      complaints("rules: \"v2\"\nstages: []\n"),
      R"(rules.yaml:1:8: error: this is version 'v2' of the rule language; this program reads v1 [E-RULE-VERSION]
  rules: "v2"
         ^
  help: a newer stateferry may read it
)");
  EXPECT_FALSE(parse("rules: \"v2\"\nstages: []\n").file.has_value());
}

TEST(RuleFileTest, MissingSteps) {
  EXPECT_EQ(complaints("rules: \"v1\"\nname: x\n"),
            R"(rules.yaml:1:1: error: missing key 'steps' in this rule file [E-RULE-MISSING]
  rules: "v1"
  ^
  help: the list of what is to be done
)");
}

TEST(RuleFileTest, Name) {
  EXPECT_EQ(complaints(v1("name: Move_It\nsteps: []\n")),
            R"(rules.yaml:2:7: error: 'name' can't be 'Move_It' [E-RULE-VALUE]
  name: Move_It
        ^
  help: lower-case letters, digits, '-' and '.', beginning with a letter or digit
)");
  EXPECT_EQ(
      complaints(v1("name: \"a\\nb\"\nsteps: []\n")),
      R"(rules.yaml:2:7: error: 'name' can't hold a line break or control character [E-RULE-VALUE]
  name: "a\nb"
        ^
)");
}

TEST(RuleFileTest, UnknownKeyAtTheTop) {
  EXPECT_EQ(
      complaints(v1("stpes: []\n")),
      R"(rules.yaml:2:1: error: unknown key 'stpes' in this rule file, did you mean 'steps'? [E-RULE-UNKNOWN]
  stpes: []
  ^
)");
  EXPECT_EQ(complaints(v1("steps: []\nworkflow: []\n")),
            R"(rules.yaml:3:1: error: unknown key 'workflow' in this rule file [E-RULE-UNKNOWN]
  workflow: []
  ^
  help: the keys here are rules, name, description, vars, include, plugins, require, steps, output, tests
)");
  EXPECT_EQ(complaints(v1("steps: []\nx-workflow: []\n")), "");
}

TEST(RuleFileTest, WrongKinds) {
  EXPECT_EQ(complaints(v1("name: [a]\ndescription: {}\nvars: a\nplugins: []\nrequire: 1\n"
                          "steps: {}\noutput: a\ntests: a\n")),
            R"(rules.yaml:2:7: error: 'name' must be a text, not a list [E-RULE-TYPE]
  name: [a]
        ^
rules.yaml:3:14: error: 'description' must be a text, not a map [E-RULE-TYPE]
  description: {}
               ^
rules.yaml:4:7: error: 'vars' must be a map, not a text [E-RULE-TYPE]
  vars: a
        ^
rules.yaml:5:10: error: 'plugins' must be a map, not a list [E-RULE-TYPE]
  plugins: []
           ^
rules.yaml:6:10: error: 'require' must be a map, not a text [E-RULE-TYPE]
  require: 1
           ^
rules.yaml:7:8: error: 'steps' must be a list, not a map [E-RULE-TYPE]
  steps: {}
         ^
rules.yaml:8:9: error: 'output' must be a map, not a text [E-RULE-TYPE]
  output: a
          ^
rules.yaml:9:8: error: 'tests' must be a list, not a text [E-RULE-TYPE]
  tests: a
         ^
)");
}

TEST(RuleFileTest, FiveMistakesAtOnce) {
  const Parsed parsed = parse(R"(rules: v1
name: Move
vars:
  from: {type: uri-prefx, default: "s3://old"}
steps:
  - id: move
    uses: test.move
    where: {role: master, scpoe: shared}
    with: {from: "${form}", to: "s3://new"}
)");
  EXPECT_EQ(parsed.messages,
            R"(rules.yaml:1:8: error: the version of the rules must be in quotes [E-RULE-VERSION]
  rules: v1
         ^
  help: begin the file with: rules: "v1"
rules.yaml:2:7: error: 'name' can't be 'Move' [E-RULE-VALUE]
  name: Move
        ^
  help: lower-case letters, digits, '-' and '.', beginning with a letter or digit
rules.yaml:4:16: error: 'type' can't be 'uri-prefx', did you mean 'uri-prefix'? [E-RULE-VALUE]
    from: {type: uri-prefx, default: "s3://old"}
                 ^
  help: one of string, uri-prefix, integer, boolean
rules.yaml:8:27: error: unknown key 'scpoe' in 'where', did you mean 'scope'? [E-RULE-UNKNOWN]
      where: {role: master, scpoe: shared}
                            ^
rules.yaml:9:19: error: there is no variable 'form', did you mean 'from'? [E-RULE-VARIABLE]
      with: {from: "${form}", to: "s3://new"}
                    ^
)");
  EXPECT_EQ(parsed.errors, 5U);
  ASSERT_TRUE(parsed.file.has_value()) << "so that the parameters can be checked, too";
  EXPECT_FALSE(parsed.file->valid);
}

TEST(RuleFileTest, ThousandsOfProblemsAreCounted) {
  std::string text = v1("steps:\n");
  for (int i = 0; i < 10'000; ++i) text += "  - {idd: a, uses: 1}\n";
  const Parsed parsed = parse(text);
  EXPECT_EQ(parsed.errors, 200U);
  EXPECT_TRUE(parsed.messages.ends_with("\nnote: 19800 more problems are not shown\n"))
      << parsed.messages.substr(parsed.messages.size() - 200);
  EXPECT_FALSE(parsed.file->valid);
}

TEST(RuleFileTest, Plugins) {
  EXPECT_EQ(complaints(v1("plugins: {acme: 1.2, Acme: \">=1\", uri: [], x-why: a}\nsteps: []\n")),
            R"(rules.yaml:2:17: error: '1.2' is not a range of versions [E-RULE-VALUE]
  plugins: {acme: 1.2, Acme: ">=1", uri: [], x-why: a}
                  ^
  help: bounds with a blank between them: ">=1.2 <2"
rules.yaml:2:22: error: 'Acme' is not the name of a plugin [E-RULE-VALUE]
  plugins: {acme: 1.2, Acme: ">=1", uri: [], x-why: a}
                       ^
  help: lower-case letters, digits and '-': the part of 'uses' before the dot
rules.yaml:2:40: error: the range of 'uri' must be a text, not a list [E-RULE-TYPE]
  plugins: {acme: 1.2, Acme: ">=1", uri: [], x-why: a}
                                         ^
)");
}

TEST(RuleFileTest, Require) {
  EXPECT_EQ(complaints(v1("require:\n"
                          "  metadata-version: \">=5 <=2\"\n"
                          "  snapshot: [savepont]\n"
                          "  operators: [\"uid:a-*\", \"hash:12\", \"uid:\"]\n"
                          "  operator: a\n"
                          "  x-why: a\n"
                          "steps: []\n")),
            R"(rules.yaml:3:21: error: 'metadata-version' can't be '>=5 <=2' [E-RULE-VALUE]
    metadata-version: ">=5 <=2"
                      ^
  help: a bound is 0, ">=1", "<=5" or ">=1 <=5"
rules.yaml:4:14: error: 'snapshot' can't be 'savepont', did you mean 'savepoint'? [E-RULE-VALUE]
    snapshot: [savepont]
               ^
  help: one of savepoint, checkpoint, unknown
rules.yaml:5:15: error: 'operators' takes no patterns [E-RULE-VALUE]
    operators: ["uid:a-*", "hash:12", "uid:"]
                ^
  help: name each operator by its exact uid or its hash
rules.yaml:5:26: error: '12' is not an operator's hash [E-RULE-VALUE]
    operators: ["uid:a-*", "hash:12", "uid:"]
                           ^
  help: 32 hexadecimal digits
rules.yaml:5:37: error: the uid of the operator is empty [E-RULE-VALUE]
    operators: ["uid:a-*", "hash:12", "uid:"]
                                      ^
rules.yaml:6:3: error: unknown key 'operator' in 'require', did you mean 'operators'? [E-RULE-UNKNOWN]
    operator: a
    ^
)");
}

TEST(RuleFileTest, OutputInAnotherFormat) {
  DiagnosticList problems;
  const auto file = parse_rule_file("rules.yaml",
                                    v1("steps: []\n"
                                       "output:\n"
                                       "  metadata-version: 4\n"
                                       "  flink: \"1.18\"\n"
                                       "  handles: relative\n"
                                       "  snapshot: savepoint-native\n"
                                       "  on-loss: report\n"),
                                    {}, problems);
  ASSERT_TRUE(file && file->valid);
  const OutputFormat& format = file->output.format;
  EXPECT_TRUE(format.asks());
  EXPECT_EQ(format.version, 4);
  EXPECT_EQ(format.flink, (FlinkRelease{1, 18}));
  EXPECT_EQ(format.handles, HandleForm::relative);
  EXPECT_EQ(format.snapshot, DeclaredKind::savepoint_native);
  EXPECT_EQ(format.on_loss, OnLoss::report);
  const auto plain = parse_rule_file("rules.yaml", v1("steps: []\n"), {}, problems);
  EXPECT_FALSE(plain->output.format.asks());
}

TEST(RuleFileTest, OutputThatContradictsItself) {
  EXPECT_EQ(complaints(v1("steps: []\n"
                          "output: {metadata-version: 5, flink: \"1.18\"}\n")),
            R"(rules.yaml:3:9: error: Flink 1.18 doesn't read format version 5 [E-RULE-VALUE]
  output: {metadata-version: 5, flink: "1.18"}
          ^
  help: it reads versions 2 to 4
)");
  EXPECT_EQ(
      complaints(v1("steps: []\n"
                    "output: {metadata-version: 3}\n")),
      R"(rules.yaml:3:9: error: version 3 has several bodies, and each Flink reads only some of them [E-RULE-VALUE]
  output: {metadata-version: 3}
          ^
  help: say also which Flink, from 1.11 on, is to read the result
)");
  EXPECT_EQ(complaints(v1("steps: []\n"
                          "output: {flink: \"3.7\"}\n")),
            R"(rules.yaml:3:9: error: there is no Flink 3.7 yet [E-RULE-VALUE]
  output: {flink: "3.7"}
          ^
  help: the nearest is 2.3; known are 1.2 to 2.3
)");
  EXPECT_EQ(complaints(v1("steps: []\n"
                          "output: {flink: \"2.4\"}\n")),
            R"(rules.yaml:3:9: error: there is no Flink 2.4 yet [E-RULE-VALUE]
  output: {flink: "2.4"}
          ^
  help: the nearest is 2.3; known are 1.2 to 2.3
)");
  EXPECT_EQ(complaints(v1("steps: []\n"
                          "output: {flink: \"1.9\", handles: relative}\n")),
            R"(rules.yaml:3:9: error: Flink 1.9 reads no relative handles [E-RULE-VALUE]
  output: {flink: "1.9", handles: relative}
          ^
  help: they exist since Flink 1.11
)");
}

TEST(RuleFileTest, OutputThatNoVersionKnows) {
  EXPECT_EQ(complaints(v1("steps: []\n"
                          "output:\n"
                          "  metadata-version: 8\n"
                          "  flink: newest\n"
                          "  handles: relativ\n"
                          "  snapshot: [unknown]\n"
                          "  on-los: fail\n"
                          "  untouched-uris: ignore\n")),
            R"(rules.yaml:4:21: error: 'metadata-version' can't be '8' [E-RULE-VALUE]
    metadata-version: 8
                      ^
  help: keep, or a version from 1 to 7
rules.yaml:5:10: error: 'newest' is not a Flink release [E-RULE-VALUE]
    flink: newest
           ^
  help: a release is written "1.18"
rules.yaml:6:12: error: 'handles' can't be 'relativ', did you mean 'relative'? [E-RULE-VALUE]
    handles: relativ
             ^
  help: one of keep, absolute, relative
rules.yaml:7:13: error: 'snapshot' must be a text, not a list [E-RULE-TYPE]
    snapshot: [unknown]
              ^
rules.yaml:8:3: error: unknown key 'on-los' in 'output', did you mean 'on-loss'? [E-RULE-UNKNOWN]
    on-los: fail
    ^
rules.yaml:9:19: error: 'untouched-uris' can't be 'ignore' [E-RULE-VALUE]
    untouched-uris: ignore
                    ^
  help: one of fail, warn, allow
)");
}

TEST(RuleFileTest, MissingFile) {
  World world;
  DiagnosticList list;
  EXPECT_FALSE(load_rule_file("move.yaml", world.inputs(), list).has_value());
  EXPECT_EQ(rendered(list),
            R"(move.yaml: error: can't read the rule file: there is no such file [E-RULE-FILE]
  help: check the path
)");
}

TEST(RuleFileTest, LoadedFile) {
  World world;
  world.files["dir/move.yaml"] = "rules: \"v1\"\nsteps: []\nname: [x]\n";
  DiagnosticList list;
  EXPECT_TRUE(load_rule_file("dir/move.yaml", world.inputs(), list).has_value());
  EXPECT_EQ(rendered(list),
            R"(dir/move.yaml:3:7: error: 'name' must be a text, not a list [E-RULE-TYPE]
  name: [x]
        ^
)");
}

}  // namespace
}  // namespace stateferry::test
