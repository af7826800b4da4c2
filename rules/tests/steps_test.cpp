// Steps: ids, transforms, `where`, `expect`, `accept`, and what --set changes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace stateferry::test {
namespace {

TEST(StepsTest, UnknownKeyOfAStep) {
  EXPECT_EQ(
      complaints(one_step("    wiht: {}\n")),
      R"(rules.yaml:5:5: error: unknown key 'wiht' in this step, did you mean 'with'? [E-RULE-UNKNOWN]
      wiht: {}
      ^
)");
  EXPECT_EQ(complaints(one_step("    x-ticket: FOO-1\n")), "");
}

TEST(StepsTest, MissingKeys) {
  EXPECT_EQ(complaints(v1("steps:\n  - with: {}\n  - just text\n")),
            R"(rules.yaml:3:5: error: missing key 'id' in this step [E-RULE-MISSING]
    - with: {}
      ^
  help: an id names the step in all messages
rules.yaml:3:5: error: missing key 'uses' in this step [E-RULE-MISSING]
    - with: {}
      ^
  help: the name of a transform: uri.replace-prefix
rules.yaml:4:5: error: a step must be a map, not a text [E-RULE-TYPE]
    - just text
      ^
)");
}

TEST(StepsTest, IdsAndNames) {
  EXPECT_EQ(complaints(v1("steps:\n"
                          "  - {id: a b, uses: test.move}\n"
                          "  - {id: c, uses: move}\n"
                          "  - {id: d, uses: \"${x}.move\"}\n")),
            R"(rules.yaml:3:10: error: a step can't have the id 'a b' [E-RULE-VALUE]
    - {id: a b, uses: test.move}
           ^
  help: letters, digits, '-', '_' and '.', beginning with a letter or digit
rules.yaml:4:19: error: 'move' is not the name of a transform [E-RULE-VALUE]
    - {id: c, uses: move}
                    ^
  help: a transform is named <plugin>.<transform>, such as uri.replace-prefix
rules.yaml:5:19: error: '${x}.move' is not the name of a transform [E-RULE-VALUE]
    - {id: d, uses: "${x}.move"}
                    ^
  help: a transform is named <plugin>.<transform>, such as uri.replace-prefix
)");
}

TEST(StepsTest, IdsAreUnique) {
  EXPECT_EQ(complaints(one_step("  - id: move\n    uses: test.other\n")),
            R"(rules.yaml:5:9: error: the step id 'move' is there twice [E-RULE-DUPLICATE]
    - id: move
          ^
  first at rules.yaml:3:9
)");
}

TEST(StepsTest, WithIsAMapOrNothing) {
  EXPECT_EQ(complaints(one_step("    with:\n")), "");
  EXPECT_EQ(complaints(one_step("    with: [a]\n")),
            R"(rules.yaml:5:11: error: 'with' must be a map, not a list [E-RULE-TYPE]
      with: [a]
            ^
)");
}

TEST(StepsTest, UnknownKeysOfWhere) {
  EXPECT_EQ(
      complaints(one_step("    where:\n"
                          "      rloe: master\n"
                          "      operator: {uuid: a}\n"
                          "      uri: {shceme: s3}\n")),
      R"(rules.yaml:6:7: error: unknown key 'rloe' in 'where', did you mean 'role'? [E-RULE-UNKNOWN]
        rloe: master
        ^
rules.yaml:7:18: error: unknown key 'uuid' in 'operator', did you mean 'uid'? [E-RULE-UNKNOWN]
        operator: {uuid: a}
                   ^
rules.yaml:8:13: error: unknown key 'shceme' in 'uri', did you mean 'scheme'? [E-RULE-UNKNOWN]
        uri: {shceme: s3}
              ^
)");
}

TEST(StepsTest, UnknownWordsInWhere) {
  EXPECT_EQ(
      complaints(one_step("    where:\n"
                          "      role: [incremental-shard]\n"
                          "      scope: share\n"
                          "      handle: [files, 1]\n")),
      R"(rules.yaml:6:14: error: 'role' can't be 'incremental-shard', did you mean 'incremental-shared'? [E-RULE-VALUE]
        role: [incremental-shard]
               ^
  help: one of master, coordinator, managed-operator, raw-operator, managed-keyed, raw-keyed, input-channel, result-subpartition, incremental-meta, incremental-shared, incremental-private, changelog, legacy
rules.yaml:7:14: error: 'scope' can't be 'share', did you mean 'shared'? [E-RULE-VALUE]
        scope: share
               ^
  help: one of exclusive, shared, taskowned, foreign
rules.yaml:8:16: error: 'handle' can't be 'files', did you mean 'file'? [E-RULE-VALUE]
        handle: [files, 1]
                 ^
  help: one of file, relative-file, bytes, segment-file, directory
rules.yaml:8:23: error: 'handle' can't be '1' [E-RULE-VALUE]
        handle: [files, 1]
                        ^
  help: one of file, relative-file, bytes, segment-file, directory
)");
}

TEST(StepsTest, EmptyConditionsSelectNothingOnPurpose) {
  EXPECT_EQ(complaints(one_step("    where: {role: [], operator: {}, uri: {glob: \"\"}}\n")),
            R"(rules.yaml:5:19: error: 'role' is an empty list [E-RULE-VALUE]
      where: {role: [], operator: {}, uri: {glob: ""}}
                    ^
  help: leave the key out to ask for nothing
rules.yaml:5:33: error: 'operator' is empty [E-RULE-VALUE]
      where: {role: [], operator: {}, uri: {glob: ""}}
                                  ^
  help: leave the key out to ask for nothing
rules.yaml:5:49: error: the pattern is empty [E-RULE-VALUE]
      where: {role: [], operator: {}, uri: {glob: ""}}
                                                  ^
)");
}

TEST(StepsTest, SchemesStandAlone) {
  EXPECT_EQ(complaints(one_step("    where: {uri: {scheme: \"s3://\"}}\n")),
            R"(rules.yaml:5:27: error: 's3://' is not a scheme [E-RULE-VALUE]
      where: {uri: {scheme: "s3://"}}
                            ^
  help: the word alone, without ':' and slashes
)");
}

TEST(StepsTest, OperatorsByKey) {
  const Parsed parsed =
      parse(one_step("    where:\n"
                     "      operator: [\"uid:a\", b, \"hash:897859F6655555855a890e51483ab5e6\",\n"
                     "                 936222da3bb558848f700bb01edb34c0, \"uid:c-*\"]\n"));
  EXPECT_EQ(parsed.messages, "");
  const Selector& where = parsed.file->steps[0].where;
  EXPECT_THAT(where.operator_uid, testing::ElementsAre("a", "b", "c-*"));
  ASSERT_EQ(where.operator_uid_hash.size(), 2U);
  EXPECT_EQ(to_hex(where.operator_uid_hash[0]), "897859f6655555855a890e51483ab5e6");
  EXPECT_EQ(to_hex(where.operator_uid_hash[1]), "936222da3bb558848f700bb01edb34c0");
}

TEST(StepsTest, OperatorsByPart) {
  const Parsed parsed =
      parse(one_step("    where: {operator: {name: [\"Map*\"], state: offsets,\n"
                     "      uid-hash: 936222da3bb558848f700bb01edb34c0}}\n"));
  EXPECT_EQ(parsed.messages, "");
  const Selector& where = parsed.file->steps[0].where;
  EXPECT_THAT(where.operator_name, testing::ElementsAre("Map*"));
  EXPECT_THAT(where.state_name, testing::ElementsAre("offsets"));
  EXPECT_EQ(where.operator_uid_hash.size(), 1U);
}

TEST(StepsTest, BadOperators) {
  EXPECT_EQ(complaints(one_step("    where: {operator: [\"hash:12\", \"uid:\", \"uid:a\\\\\"]}\n")),
            R"(rules.yaml:5:24: error: '12' is not an operator's hash [E-RULE-VALUE]
      where: {operator: ["hash:12", "uid:", "uid:a\\"]}
                         ^
  help: 32 hexadecimal digits
rules.yaml:5:35: error: the uid of the operator is empty [E-RULE-VALUE]
      where: {operator: ["hash:12", "uid:", "uid:a\\"]}
                                    ^
rules.yaml:5:43: error: the pattern ends in a backslash with nothing to escape behind it [E-RULE-VALUE]
      where: {operator: ["hash:12", "uid:", "uid:a\\"]}
                                            ^
)");
  EXPECT_EQ(complaints(one_step("    where: {operator: {uid: a, uid-hash: xyz}}\n")),
            R"(rules.yaml:5:32: error: 'uid' and 'uid-hash' can't stand together [E-RULE-VALUE]
      where: {operator: {uid: a, uid-hash: xyz}}
                                 ^
  help: an exact uid also matches by its hash; for either of two operators write operator: ["uid:a", "hash:b"]
rules.yaml:5:42: error: 'xyz' is not an operator's hash [E-RULE-VALUE]
      where: {operator: {uid: a, uid-hash: xyz}}
                                           ^
  help: 32 hexadecimal digits
)");
}

TEST(StepsTest, Expect) {
  EXPECT_EQ(
      complaints(one_step("    expect: {match: 0, changed: many, already: -1,\n"
                          "             unmatched: 010, selected: []}\n")),
      R"(rules.yaml:5:14: error: unknown key 'match' in 'expect', did you mean 'matched'? [E-RULE-UNKNOWN]
      expect: {match: 0, changed: many, already: -1,
               ^
rules.yaml:5:33: error: 'changed' can't be 'many' [E-RULE-VALUE]
      expect: {match: 0, changed: many, already: -1,
                                  ^
  help: a bound is 0, ">=1", "<=5" or ">=1 <=5"
rules.yaml:5:48: error: 'already' can't be '-1' [E-RULE-VALUE]
      expect: {match: 0, changed: many, already: -1,
                                                 ^
  help: a bound is 0, ">=1", "<=5" or ">=1 <=5"
rules.yaml:6:25: error: 'unmatched' can't be '010' [E-RULE-VALUE]
               unmatched: 010, selected: []}
                          ^
  help: numbers are decimal and have no leading zero
rules.yaml:6:40: error: 'selected' must be a text, not a list [E-RULE-TYPE]
               unmatched: 010, selected: []}
                                         ^
)");
}

TEST(StepsTest, ZerosInsideOfABoundAreNoLeadingOnes) {
  const Parsed parsed = parse(one_step("    expect: {selected: \">=100 <=2000\", unmatched: 0}\n"));
  EXPECT_EQ(parsed.messages, "");
  EXPECT_EQ(parsed.file->steps[0].expect.at("selected").least, 100U);
  EXPECT_EQ(parsed.file->steps[0].expect.at("selected").most, 2000U);
}

TEST(StepsTest, AKeyThatCantBeReplacedIsToldOnce) {
  EXPECT_EQ(complaints(one_step("    where: {\"${nobody}\": file}\n")),
            R"(rules.yaml:5:14: error: there is no variable 'nobody' [E-RULE-VARIABLE]
      where: {"${nobody}": file}
               ^
  help: variables are declared under 'vars'; $${ stands for the characters
)");
}

TEST(StepsTest, Accept) {
  EXPECT_EQ(
      complaints(one_step("    accept: [{loses-state: true}]\n")),
      R"(rules.yaml:5:14: error: an element of 'accept' must be a text, not a map [E-RULE-TYPE]
      accept: [{loses-state: true}]
               ^
)");
  const Parsed parsed = parse(one_step("    accept: loses-state\n"));
  EXPECT_THAT(parsed.file->steps[0].accept, testing::ElementsAre("loses-state"));
}

TEST(StepsTest, ValuesHaveNoLineBreaks) {
  EXPECT_EQ(
      complaints(one_step("    with:\n"
                          "      from: |\n"
                          "        s3://old\n"
                          "      to: \"s3://new\\n\"\n"
                          "      list: [\"a\\0b\"]\n")),
      R"(rules.yaml:6:13: error: a value can't hold a line break or control character [E-RULE-VALUE]
        from: |
              ^
  help: a text of several lines: use 'description' or a comment
rules.yaml:8:11: error: a value can't hold a line break or control character [E-RULE-VALUE]
        to: "s3://new\n"
            ^
  help: a text of several lines: use 'description' or a comment
rules.yaml:9:14: error: a value can't hold a line break or control character [E-RULE-VALUE]
        list: ["a\0b"]
               ^
  help: a text of several lines: use 'description' or a comment
)");
}

TEST(StepsTest, SetChangesAParameter) {
  World world;
  world.set = {"steps.move.with.to=s3://other", "steps.move.with.max=5",
               "steps.move.with.text=${from}"};
  const Parsed parsed =
      parse(one_step("    with: {from: \"s3://old\", to: \"s3://new\"}\n"), world);
  EXPECT_EQ(parsed.messages, "");
  const ParamNode& with = parsed.file->steps[0].with;
  EXPECT_EQ(with.find("from")->scalar, "s3://old");
  EXPECT_EQ(with.find("to")->scalar, "s3://other");
  EXPECT_EQ(with.find("max")->scalar, "5");
  EXPECT_FALSE(with.find("max")->quoted);
  EXPECT_EQ(with.find("text")->scalar, "${from}") << "taken as it stands";
}

TEST(StepsTest, SetOfAStepWithDotsInItsId) {
  World world;
  world.set = {"steps.a.with.b.with.c.d=1"};
  const Parsed parsed = parse(v1("steps: [{id: a.with.b, uses: test.move}]\n"), world);
  EXPECT_EQ(parsed.messages, "");
  EXPECT_EQ(parsed.file->steps[0].with.find("c")->find("d")->scalar, "1");
}

TEST(StepsTest, SetInsideOfMapsAndLists) {
  World world;
  world.set = {"steps.move.with.map.s3://a.b/c=s3://x",
               "steps.move.with.map.\"s3://new.b/k=v\"=y",
               "steps.move.with.from.0=s3n",
               "steps.move.with.from.2=s3p",
               "steps.move.with.group.style=hive",
               "steps.move.with.group.deep.er=2",
               "steps.move.with.groups.0.name=b"};
  const Parsed parsed = parse(one_step("    with:\n"
                                       "      map: {s3: s3a, \"s3://a.b/c\": \"s3://old\"}\n"
                                       "      from: [s3a, s3b]\n"
                                       "      group: {style: plain}\n"
                                       "      groups: [{name: a}]\n"),
                              world);
  EXPECT_EQ(parsed.messages, "");
  const ParamNode& with = parsed.file->steps[0].with;
  EXPECT_EQ(with.find("map")->find("s3://a.b/c")->scalar, "s3://x");
  EXPECT_EQ(with.find("map")->find("s3://new.b/k=v")->scalar, "y");
  EXPECT_EQ(with.find("map")->find("s3")->scalar, "s3a");
  ASSERT_EQ(with.find("from")->items.size(), 3U);
  EXPECT_EQ(with.find("from")->items[0].scalar, "s3n");
  EXPECT_EQ(with.find("from")->items[1].scalar, "s3b");
  EXPECT_EQ(with.find("from")->items[2].scalar, "s3p");
  EXPECT_EQ(with.find("group")->find("style")->scalar, "hive");
  EXPECT_EQ(with.find("group")->find("deep")->find("er")->scalar, "2");
  EXPECT_EQ(with.find("groups")->items[0].find("name")->scalar, "b");
}

TEST(StepsTest, BadSets) {
  World world;
  world.set = {
      "steps.mvoe.with.to=x",     "steps.move.where.role=master", "steps.move.with.map=x",
      "steps.move.with.=x",       "steps.move.with.to=a\nb",      "to",
      "steps.move.with.list=x",   "steps.move.with.list.2=x",     "steps.move.with.list.one=x",
      "steps.move.with.text.x=x", "steps.move.with.map.\"a=x",    "steps.move.with.map.\"a\"b=x",
      "steps.move.with.map..b=x"};
  EXPECT_EQ(complaints(one_step("    with: {map: {a: b}, list: [a], text: t}\n"), world),
            R"(--set: error: an argument is not NAME=VALUE [E-ARG-USAGE]
  help: --set to=s3://bucket/dir, or --set steps.ID.with.KEY=VALUE
--set: error: an argument is not NAME=VALUE [E-ARG-USAGE]
  help: --set to=s3://bucket/dir, or --set steps.ID.with.KEY=VALUE
--set steps.mvoe.with.to: error: there is no step 'mvoe', did you mean 'move'? [E-RULE-UNKNOWN]
--set steps.move.where.role: error: this names no parameter of a step [E-ARG-USAGE]
  help: --set steps.ID.with.KEY=VALUE
--set steps.move.with.map: error: 'map' is a map; only single values can be set [E-RULE-TYPE]
  help: name one entry: KEY.ENTRY=VALUE
--set steps.move.with.: error: this names no parameter of a step [E-ARG-USAGE]
  help: --set steps.ID.with.KEY=VALUE
--set steps.move.with.to: error: the value is not UTF-8 text without control characters [E-RULE-VALUE]
--set steps.move.with.list: error: 'list' is a list; only single values can be set [E-RULE-TYPE]
  help: name one element: KEY.0=VALUE
--set steps.move.with.list.2: error: 'list' is a list of 1 without element '2' [E-RULE-VALUE]
  help: elements count from 0; the number behind the last one appends
--set steps.move.with.list.one: error: 'list' is a list of 1 without element 'one' [E-RULE-VALUE]
  help: elements count from 0; the number behind the last one appends
--set steps.move.with.text.x: error: 'text' is a text and holds nothing that could be set [E-RULE-TYPE]
--set steps.move.with.map."a"b: error: a key in quotes ends with a quote and, where more follows, a dot [E-ARG-USAGE]
  help: --set 'steps.ID.with.map."s3://a.b/c"=VALUE'
--set steps.move.with.map..b: error: a key is empty [E-ARG-USAGE]
  help: --set steps.ID.with.KEY=VALUE
)");
}

}  // namespace
}  // namespace stateferry::test
