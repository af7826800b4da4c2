// Files made of several files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace stateferry::test {
namespace {

std::string step(const std::string& id) {
  return "  - id: " + id + "\n    uses: test.move\n";
}

TEST(IncludeTest, StepsAreSplicedInOrder) {
  World world;
  world.files["common/a.yaml"] =
      v1("include: [../b.yaml]\nvars: {shared: {default: X}}\nsteps:\n" + step("a"));
  world.files["common/../b.yaml"] = v1("steps:\n" + step("b") + "    with: {t: \"${main}\"}\n");
  const Parsed parsed =
      parse(v1("name: main\ninclude: [common/a.yaml]\nvars: {main: {default: Y}}\n"
               "steps:\n" +
               step("c") + "    with: {t: \"${shared}\"}\n"),
            world);
  EXPECT_EQ(parsed.messages, "");
  ASSERT_EQ(parsed.file->steps.size(), 3U);
  EXPECT_EQ(parsed.file->steps[0].id, "b");
  EXPECT_EQ(parsed.file->steps[0].with.find("t")->scalar, "Y");
  EXPECT_EQ(parsed.file->steps[0].mark.source->name, "common/../b.yaml");
  EXPECT_EQ(parsed.file->steps[1].id, "a");
  EXPECT_EQ(parsed.file->steps[2].id, "c");
  EXPECT_EQ(parsed.file->steps[2].with.find("t")->scalar, "X");
  EXPECT_EQ(parsed.file->name, "main");
  ASSERT_EQ(parsed.file->sources.size(), 3U);
  EXPECT_EQ(parsed.file->sources[2]->name, "rules.yaml");
}

TEST(IncludeTest, MissingFile) {
  EXPECT_EQ(
      complaints(v1("include: [common/a.yaml, b.yaml]\n")),
      R"(rules.yaml:2:11: error: can't read 'common/a.yaml': there is no such file [E-RULE-INCLUDE]
  include: [common/a.yaml, b.yaml]
            ^
  help: check the path
rules.yaml:2:26: error: can't read 'b.yaml': there is no such file [E-RULE-INCLUDE]
  include: [common/a.yaml, b.yaml]
                           ^
  help: check the path
)");
}

TEST(IncludeTest, NothingToReadWith) {
  DiagnosticList list;
  parse_rule_file("<stdin>", v1("include: a.yaml\n"), RuleInputs{}, list);
  EXPECT_EQ(
      rendered(list),
      R"(<stdin>:2:10: error: can't read 'a.yaml': nothing can be included here [E-RULE-INCLUDE]
  include: a.yaml
           ^
)");
}

TEST(IncludeTest, Cycle) {
  World world;
  world.files["a.yaml"] = v1("include: [b.yaml]\n");
  world.files["b.yaml"] = v1("include: [./a.yaml]\n");
  EXPECT_EQ(complaints(v1("include: [a.yaml]\n"), world),
            R"(b.yaml:2:11: error: 'a.yaml' includes itself [E-RULE-INCLUDE]
  include: [./a.yaml]
            ^
  a.yaml:2:11 includes 'b.yaml'
  b.yaml:2:11 includes 'a.yaml'
)");
  EXPECT_EQ(complaints(v1("include: [rules.yaml]\n"), world),
            R"(rules.yaml:2:11: error: 'rules.yaml' includes itself [E-RULE-INCLUDE]
  include: [rules.yaml]
            ^
  rules.yaml:2:11 includes 'rules.yaml'
)");
}

TEST(IncludeTest, SameFileTwice) {
  World world;
  world.files["a.yaml"] = v1("steps: []\n");
  EXPECT_EQ(complaints(v1("include: [a.yaml, ./a.yaml]\n"), world),
            R"(rules.yaml:2:19: error: './a.yaml' is included already [E-RULE-INCLUDE]
  include: [a.yaml, ./a.yaml]
                    ^
  first at rules.yaml:2:11
)");
}

TEST(IncludeTest, Clashes) {
  World world;
  world.files["a.yaml"] = v1("vars: {to: {default: x}}\nsteps:\n" + step("move"));
  EXPECT_EQ(
      complaints(v1("include: [a.yaml]\nvars: {to: {default: y}}\nsteps:\n" + step("move")), world),
      R"(rules.yaml:3:8: error: the variable 'to' is declared already [E-RULE-DUPLICATE]
  vars: {to: {default: y}}
         ^
  first at a.yaml:2:8
rules.yaml:5:9: error: the step id 'move' is there twice [E-RULE-DUPLICATE]
    - id: move
          ^
  first at a.yaml:4:9
)");
}

TEST(IncludeTest, AbsolutePath) {
  EXPECT_EQ(
      complaints(v1("include: /etc/rules.yaml\n")),
      R"(rules.yaml:2:10: error: an included file is named relative to the directory of this file [E-RULE-INCLUDE]
  include: /etc/rules.yaml
           ^
)");
}

TEST(IncludeTest, ProblemsOfAllFilesAreTold) {
  World world;
  world.files["a.yaml"] = "rules: v1\nstep: []\n";
  world.files["b.yaml"] = v1("steps: [\n");
  EXPECT_EQ(complaints(v1("include: [a.yaml, b.yaml]\nname: X\n"), world),
            R"(a.yaml:1:8: error: the version of the rules must be in quotes [E-RULE-VERSION]
  rules: v1
         ^
  help: begin the file with: rules: "v1"
a.yaml:2:1: error: unknown key 'step' in this rule file, did you mean 'steps'? [E-RULE-UNKNOWN]
  step: []
  ^
b.yaml:3:1: error: the file ends before a closing bracket [E-RULE-SYNTAX]
rules.yaml:3:7: error: 'name' can't be 'X' [E-RULE-VALUE]
  name: X
        ^
  help: lower-case letters, digits, '-' and '.', beginning with a letter or digit
)");
}

TEST(IncludeTest, OutputBelongsToTheMainFile) {
  World world;
  world.files["a.yaml"] = v1("steps: []\noutput: {untouched-uris: allow}\n");
  EXPECT_EQ(
      complaints(v1("include: [a.yaml]\n"), world),
      R"(a.yaml:3:9: error: only the main file can have 'output', not an included one [E-RULE-INCLUDE]
  output: {untouched-uris: allow}
          ^
)");
}

TEST(IncludeTest, RequirementsOfAllFilesMustHold) {
  World world;
  world.files["a.yaml"] =
      v1("require: {metadata-version: \">=2 <=5\", snapshot: [savepoint, unknown],"
         " operators: a}\nsteps: []\n");
  const Parsed parsed =
      parse(v1("include: a.yaml\nrequire: {metadata-version: \">=4\", snapshot: savepoint,"
               " operators: b}\n"),
            world);
  EXPECT_EQ(parsed.messages, "");
  const Requirements& require = parsed.file->require;
  EXPECT_EQ(require.metadata_version->least, 4U);
  EXPECT_EQ(require.metadata_version->most, 5U);
  EXPECT_EQ(require.metadata_version->text, ">=2 <=5 and >=4");
  EXPECT_THAT(require.snapshot, testing::ElementsAre(SnapshotType::savepoint));
  EXPECT_EQ(require.operators.size(), 2U);
  EXPECT_EQ(complaints(v1("include: a.yaml\nrequire: {metadata-version: \">=5\"}\n"), world), "")
      << "one version is left";
  EXPECT_EQ(
      complaints(v1("include: a.yaml\nrequire: {metadata-version: 6, snapshot: checkpoint}\n"),
                 world),
      R"(rules.yaml:3:29: error: no version is both >=2 <=5 and 6 [E-RULE-VALUE]
  require: {metadata-version: 6, snapshot: checkpoint}
                              ^
  first at a.yaml:2:29
rules.yaml:3:42: error: no snapshot is of a kind that this and an earlier 'require' both allow [E-RULE-VALUE]
  require: {metadata-version: 6, snapshot: checkpoint}
                                           ^
)");
}

TEST(IncludeTest, PluginRangesOfAllFilesMustHold) {
  World world;
  world.files["a.yaml"] = v1("plugins: {acme: \">=1\"}\nsteps: []\n");
  const Parsed parsed = parse(v1("include: a.yaml\nplugins: {acme: \"<2\"}\n"), world);
  EXPECT_EQ(parsed.file->plugins.size(), 2U);
}

TEST(IncludeTest, TestsOfIncludedFilesAreChecksOfTheirOwn) {
  World world;
  world.files["a.yaml"] = v1("steps: []\ntests: [{name: x, uris: {\"s3://a\": null}}]\n");
  const Parsed parsed = parse(v1("include: a.yaml\n"), world);
  EXPECT_EQ(parsed.messages, "");
  EXPECT_TRUE(parsed.file->tests.empty());
}

TEST(IncludeTest, ManyFiles) {
  World world;
  for (int i = 0; i < 200; ++i) {
    world.files[std::to_string(i) + ".yaml"] =
        v1("include: " + std::to_string(i + 1) + ".yaml\nsteps: []\n");
  }
  const Parsed parsed = parse(v1("include: 0.yaml\n"), world);
  EXPECT_EQ(parsed.messages, R"(98.yaml:2:10: error: more than 100 files are included [E-RULE-LIMIT]
  include: 99.yaml
           ^
)");
}

}  // namespace
}  // namespace stateferry::test
