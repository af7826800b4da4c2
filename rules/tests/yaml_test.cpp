// The YAML under the rules: what is refused that YAML or yaml-cpp would let pass.
#include <gtest/gtest.h>

#include "support.hpp"

namespace stateferry::test {
namespace {

TEST(Yaml, EmptyFile) {
  EXPECT_EQ(complaints(""), R"(rules.yaml:1:1: error: the file is empty [E-RULE-TYPE]
  help: begin the file with: rules: "v1"
)");
  EXPECT_EQ(complaints("# nothing but a comment\n"),
            R"(rules.yaml:1:1: error: the file is empty [E-RULE-TYPE]
  # nothing but a comment
  ^
  help: begin the file with: rules: "v1"
)");
  EXPECT_FALSE(parse("").file.has_value());
}

TEST(Yaml, FileThatIsNoMap) {
  EXPECT_EQ(complaints("- rules\n- steps\n"),
            R"(rules.yaml:1:1: error: a rule file is a map of keys, not a list [E-RULE-TYPE]
  - rules
  ^
  help: begin the file with: rules: "v1"
)");
  EXPECT_EQ(complaints("rules\n"),
            R"(rules.yaml:1:1: error: a rule file is a map of keys, not a text [E-RULE-TYPE]
  rules
  ^
  help: begin the file with: rules: "v1"
)");
}

TEST(Yaml, ByteOrderMarkIsNoPartOfTheFirstLine) {
  EXPECT_EQ(complaints("\xEF\xBB\xBFrules: \"v1\"\nsteps: []\n"), "");
  EXPECT_EQ(
      complaints("\xEF\xBB\xBFrulse: \"v1\"\nsteps: []\n"),
      R"(rules.yaml:1:1: error: unknown key 'rulse' in this rule file, did you mean 'rules'? [E-RULE-UNKNOWN]
  rulse: "v1"
  ^
)");
}

TEST(Yaml, LinesMayEndInCarriageReturns) {
  EXPECT_EQ(complaints("rules: \"v1\"\r\nsteps:\r\n  - id: move\r\n    uses: test.move\r\n"), "");
  EXPECT_EQ(
      complaints("rules: \"v1\"\r\nstesp: []\r\n"),
      R"(rules.yaml:2:1: error: unknown key 'stesp' in this rule file, did you mean 'steps'? [E-RULE-UNKNOWN]
  stesp: []
  ^
)");
}

TEST(Yaml, CarriageReturnAloneIsNoLineEnd) {
  EXPECT_EQ(complaints("rules: \"v1\"\rsteps: []\n"),
            R"(rules.yaml:1:12: error: the file has a control character, U+000D [E-RULE-SYNTAX]
)");
}

TEST(Yaml, TextMustBeUtf8) {
  EXPECT_EQ(complaints("rules: \"v1\"\nname: caf\xE9\n"),
            R"(rules.yaml:2:10: error: the file is not UTF-8 text [E-RULE-SYNTAX]
  help: save it in UTF-8
)");
  // Overlong, a surrogate, beyond the last character, cut short.
  for (const char* bytes : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_FALSE(parse(std::string("x-a: ") + bytes + "\n").file.has_value()) << bytes;
  }
  EXPECT_EQ(complaints(v1("steps: []\nx-a: \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n")), "");
}

TEST(Yaml, ControlCharacters) {
  EXPECT_EQ(complaints(v1("name: a\x1B[31m\n")),
            R"(rules.yaml:2:8: error: the file has a control character, U+001B [E-RULE-SYNTAX]
)");
}

TEST(Yaml, SecondDocument) {
  EXPECT_EQ(complaints("rules: \"v1\"\nsteps: []\n---\nrules: \"v1\"\n"),
            R"(rules.yaml:3:1: error: a second document begins here [E-RULE-SYNTAX]
  ---
  ^
  help: a rule file is one document; use 'include' for several files
)");
  EXPECT_EQ(complaints("rules: \"v1\"\nsteps: []\n...\nrules: \"v1\"\n"),
            R"(rules.yaml:4:1: error: unexpected text behind the end of the document [E-RULE-SYNTAX]
  rules: "v1"
  ^
)");
  EXPECT_EQ(complaints("---\nrules: \"v1\"\nsteps: []\n...\n"), "");
}

TEST(Yaml, TabsInIndentation) {
  EXPECT_EQ(complaints(v1("steps:\n\t- id: move\n\t  uses: test.move\n\t  with: {}\n")),
            R"(rules.yaml:3:1: error: a tab in the indentation [E-RULE-SYNTAX]
   - id: move
  ^
  and on 2 more lines
  help: indent with spaces
)");
  EXPECT_EQ(complaints(v1("steps:\n  -\tid: move\n")),
            R"(rules.yaml:3:4: error: a tab in the indentation [E-RULE-SYNTAX]
    - id: move
     ^
  help: indent with spaces
)");
  EXPECT_EQ(complaints(v1("steps:\t[]\nname:\tx\t# tabs elsewhere do no harm\n")), "");
}

TEST(Yaml, DuplicateKeys) {
  EXPECT_EQ(complaints(v1("steps: []\nname: a\nname: b\n")),
            R"(rules.yaml:4:1: error: the key 'name' is there twice [E-RULE-DUPLICATE]
  name: b
  ^
  first at rules.yaml:3:1
)");
  EXPECT_EQ(
      complaints(one_step("    with: {from: \"s3://a\", to: \"s3://b\", from: \"s3://c\"}\n")),
      R"(rules.yaml:5:42: error: the key 'from' is there twice [E-RULE-DUPLICATE]
      with: {from: "s3://a", to: "s3://b", from: "s3://c"}
                                           ^
  first at rules.yaml:5:12
)");
}

TEST(Yaml, KeysAreTexts) {
  EXPECT_EQ(complaints(v1("steps: []\n? [a, b]\n: c\n~: d\n")),
            R"(rules.yaml:3:3: error: a key must be a text [E-RULE-SYNTAX]
  ? [a, b]
    ^
rules.yaml:5:1: error: a key must be a text [E-RULE-SYNTAX]
  ~: d
  ^
  help: put it in quotes
)");
}

TEST(Yaml, KeysHaveNoControlCharacters) {
  EXPECT_EQ(
      complaints(v1("steps: []\n\"a\\e[31m\": b\n")),
      R"(rules.yaml:3:1: error: a key can't hold a line break or control character [E-RULE-SYNTAX]
  "a\e[31m": b
  ^
)");
}

TEST(Yaml, Tags) {
  EXPECT_EQ(complaints("rules: !!str \"v1\"\nsteps: !list []\n"),
            R"(rules.yaml:1:8: error: a rule file can't have YAML tags [E-RULE-SYNTAX]
  rules: !!str "v1"
         ^
  help: a value in quotes is text, one without may be an integer or a boolean
rules.yaml:2:8: error: a rule file can't have YAML tags [E-RULE-SYNTAX]
  steps: !list []
         ^
  help: a value in quotes is text, one without may be an integer or a boolean
)");
}

TEST(Yaml, MissingQuote) {
  EXPECT_EQ(complaints(v1("steps: []\nname: \"abc\n")),
            R"(rules.yaml:3:7: error: the closing quote of this text is missing [E-RULE-SYNTAX]
  name: "abc
        ^
)");
  EXPECT_EQ(complaints(v1("steps: []\nname: &a 'it''s\n")),
            R"(rules.yaml:3:7: error: the closing quote of this text is missing [E-RULE-SYNTAX]
  name: &a 'it''s
        ^
)");
  EXPECT_EQ(
      complaints(v1("name: \"abc\nsteps: []\nx-a: \"b\"\n")),
      R"(rules.yaml:4:7: error: unexpected text: the map above can't go on like this [E-RULE-SYNTAX]
  x-a: "b"
        ^
  help: look at the indentation, and for text behind a closing quote
)");
}

TEST(Yaml, SyntaxErrorsAreReworded) {
  EXPECT_EQ(complaints(v1("steps: [a, b\n")),
            R"(rules.yaml:3:1: error: the file ends before a closing bracket [E-RULE-SYNTAX]
)");
  EXPECT_EQ(complaints(one_step("    with: {from: ${from}, to: x}\n")),
            R"(rules.yaml:5:19: error: expected ',' or '}' here [E-RULE-SYNTAX]
      with: {from: ${from}, to: x}
                    ^
  help: inside {...} a text with ${name} needs quotes
)");
  EXPECT_EQ(complaints(v1("vars: {a: {default: \"x\" type: string}}\n")),
            R"(rules.yaml:2:25: error: expected ',' or '}' here [E-RULE-SYNTAX]
  vars: {a: {default: "x" type: string}}
                          ^
  help: inside {...} a text with ${name} needs quotes
)");
  EXPECT_EQ(complaints(v1("description: one: two\n")),
            R"(rules.yaml:2:17: error: unexpected ':' [E-RULE-SYNTAX]
  description: one: two
                  ^
  help: a text that holds ': ' needs quotes; else look at the indentation
)");
  EXPECT_EQ(complaints(v1("name: @x\n")),
            R"(rules.yaml:2:7: error: a text can't begin with this character [E-RULE-SYNTAX]
  name: @x
        ^
  help: put it in quotes
)");
  EXPECT_EQ(complaints(v1("name: *x\n")),
            R"(rules.yaml:2:7: error: this alias refers to no anchor before it [E-RULE-SYNTAX]
  name: *x
        ^
  help: a text that begins with '*' needs quotes
)");
  EXPECT_EQ(
      complaints(v1("name: \"a\\qb\"\n")),
      R"(rules.yaml:2:11: error: there is no such escape in a text in double quotes [E-RULE-SYNTAX]
  name: "a\qb"
            ^
  help: write \\ for a backslash, or use single quotes
)");
  EXPECT_EQ(complaints(v1("steps: []]\n")),
            R"(rules.yaml:2:10: error: unexpected closing bracket [E-RULE-SYNTAX]
  steps: []]
           ^
  help: a text that holds it needs quotes
)");
  EXPECT_EQ(complaints(v1("steps: - id: move\n")),
            R"(rules.yaml:2:8: error: unexpected '-' [E-RULE-SYNTAX]
  steps: - id: move
         ^
  help: the first element of a list stands on a line of its own
)");
  EXPECT_EQ(complaints(one_step("    expect:\n      matched: >=1\n")),
            R"(rules.yaml:6:17: error: unexpected text behind '>' or '|' [E-RULE-SYNTAX]
        matched: >=1
                  ^
  help: a text that begins with '>' or '|' needs quotes
)");
  EXPECT_EQ(
      complaints(one_step("   - id: next\n")),
      R"(rules.yaml:5:4: error: unexpected text: the list above can't go on like this [E-RULE-SYNTAX]
     - id: next
     ^
  help: look at the indentation, and for text behind a closing quote
)");
  EXPECT_EQ(complaints("%YAML 3.0\n---\nrules: \"v1\"\n"),
            R"(rules.yaml:1:1: error: this is not YAML: YAML major version too large [E-RULE-SYNTAX]
  %YAML 3.0
  ^
)");
}

TEST(Yaml, MissingValueIsToldAtItsKey) {
  EXPECT_EQ(complaints(v1("name:\n\n# comment\nsteps: []\n")),
            R"(rules.yaml:2:1: error: 'name' has no value [E-RULE-TYPE]
  name:
  ^
)");
}

TEST(Yaml, AliasesAreWrittenOut) {
  const Parsed parsed =
      parse(one_step("    with: &pair {from: \"s3://a\", to: \"s3://b\"}\n"
                     "  - id: again\n    uses: test.move\n    with: *pair\n"));
  EXPECT_EQ(parsed.messages, "");
  ASSERT_EQ(parsed.file->steps.size(), 2U);
  EXPECT_EQ(parsed.file->steps[1].with.find("to")->scalar, "s3://b");
  EXPECT_EQ(parsed.file->steps[1].with.mark.line, 8) << "where the alias stands";
}

TEST(Yaml, AliasInsideItsOwnValue) {
  EXPECT_EQ(
      complaints(v1("x-a: &a [*a]\nsteps: []\n")),
      R"(rules.yaml:2:10: error: this alias stands inside the value that it refers to [E-RULE-SYNTAX]
  x-a: &a [*a]
           ^
)");
}

std::string bomb(int levels) {
  std::string text = "x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i <= levels; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int n = 1; n < 10; ++n) text += ", " + alias;
    text += "]\n";
  }
  return v1(text + "steps: []\n");
}

TEST(Yaml, AliasBomb) {
  EXPECT_EQ(complaints(bomb(2)), "");
  EXPECT_EQ(
      complaints(bomb(9)),
      R"(rules.yaml:6:41: error: the rules have more than 100000 values, aliases written out [E-RULE-LIMIT]
  x-4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
                                          ^
)");
}

TEST(Yaml, AnchorsInsideAnchorsCountToo) {
  std::string text = "x-a: ";
  for (int i = 0; i < 60; ++i) text += "&a" + std::to_string(i) + " [";
  for (int i = 0; i < 3000; ++i) text += "1,";
  text += "1" + std::string(60, ']') + "\nsteps: []\n";
  const Parsed parsed = parse(v1(text));
  EXPECT_FALSE(parsed.file.has_value());
  EXPECT_NE(parsed.messages.find("[E-RULE-LIMIT]"), std::string::npos) << parsed.messages;
}

TEST(Yaml, DeepNesting) {
  const auto nested = [](std::size_t depth) {
    return v1("steps: []\nx-a:\n  " + std::string(depth, '[') + std::string(depth, ']') + "\n");
  };
  EXPECT_EQ(complaints(nested(63)), "");
  EXPECT_EQ(complaints(nested(64)),
            R"(rules.yaml:4:66: error: lists and maps are nested more than 64 deep [E-RULE-LIMIT]
    [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
                                                                   ^
)");
  // Far beyond what a recursive parser's stack could hold.
  EXPECT_FALSE(parse(nested(200'000)).file.has_value());
}

TEST(Yaml, DeepNestingThroughAliases) {
  std::string text = "x-0: &a0 [1]\n";
  for (int i = 1; i <= 70; ++i) {
    const std::string number = std::to_string(i);
    text.append("x-").append(number).append(": &a").append(number);
    text.append(" [*a").append(std::to_string(i - 1)).append("]\n");
  }
  EXPECT_EQ(complaints(v1(text + "steps: []\n")),
            R"(rules.yaml:65:13: error: lists and maps are nested more than 64 deep [E-RULE-LIMIT]
  x-63: &a63 [*a62]
              ^
)");
}

TEST(Yaml, FileSize) {
  EXPECT_EQ(complaints(v1("steps: []\n" + std::string(std::size_t{5} << 20, '#'))),
            R"(rules.yaml: error: the rule file has more than 4 MiB [E-RULE-LIMIT]
)");
}

}  // namespace
}  // namespace stateferry::test
