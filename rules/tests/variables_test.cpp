// Variables: where values come from, what they may be, how they get into texts, and that secrets
// stay secret.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace stateferry::test {
namespace {

std::string with_vars(const std::string& vars, const std::string& with) {
  return v1("vars:\n" + vars + "steps:\n  - id: move\n    uses: test.move\n    with: {" + with +
            "}\n");
}

const ParamNode& parameter(const Parsed& parsed, const char* name) {
  return *parsed.file->steps.at(0).with.find(name);
}

TEST(VariablesTest, WhatWins) {
  const std::string text = with_vars(
      "  to: {type: uri-prefix, env: NEW_ROOT, default: \"s3://default\"}\n", "to: \"${to}/x\"");
  World world;
  Parsed parsed = parse(text, world);
  EXPECT_EQ(parameter(parsed, "to").scalar, "s3://default/x");
  EXPECT_EQ(parsed.file->vars[0].origin, VarOrigin::default_value);
  world.environment["NEW_ROOT"] = "s3://environment/";
  parsed = parse(text, world);
  EXPECT_EQ(parameter(parsed, "to").scalar, "s3://environment/x");
  EXPECT_EQ(parsed.file->vars[0].origin, VarOrigin::environment);
  world.set = {"to=s3://set"};
  parsed = parse(text, world);
  EXPECT_EQ(parameter(parsed, "to").scalar, "s3://set/x");
  EXPECT_EQ(parsed.file->vars[0].origin, VarOrigin::command_line);
  world.vars = {{"to", "s3://test", {}}};
  parsed = parse(text, world);
  EXPECT_EQ(parameter(parsed, "to").scalar, "s3://test/x");
  EXPECT_EQ(parsed.file->vars[0].origin, VarOrigin::test);
}

TEST(VariablesTest, OnlyNamedEnvironmentVariablesAreRead) {
  World world;
  RuleInputs inputs = world.inputs();
  DiagnosticList list;
  parse_rule_file("rules.yaml",
                  with_vars("  a: {env: ONE}\n  b: {default: x}\n", "t: \"$HOME ${b}\""), inputs,
                  list);
  EXPECT_EQ(rendered(list), "");
  EXPECT_THAT(world.asked, testing::ElementsAre("ONE"));
}

TEST(VariablesTest, TypesOfWholeReferences) {
  const Parsed parsed =
      parse(with_vars("  n: {type: integer, default: 5}\n"
                      "  b: {type: boolean, default: true}\n"
                      "  s: {default: 7}\n",
                      "n: \"${n}\", b: \"${b}\", s: \"${s}\", text: \"${n}0\", plain: '5'"));
  EXPECT_EQ(parsed.messages, "");
  EXPECT_FALSE(parameter(parsed, "n").quoted);
  EXPECT_FALSE(parameter(parsed, "b").quoted);
  EXPECT_TRUE(parameter(parsed, "s").quoted);
  EXPECT_EQ(parameter(parsed, "s").scalar, "7");
  EXPECT_TRUE(parameter(parsed, "text").quoted);
  EXPECT_EQ(parameter(parsed, "text").scalar, "50");
}

TEST(VariablesTest, Literals) {
  const Parsed parsed =
      parse(with_vars("  a: {default: X}\n", "t: \"$${a} $a $$ ${a}$ {a} $$${a}\""));
  EXPECT_EQ(parsed.messages, "");
  EXPECT_EQ(parameter(parsed, "t").scalar, "${a} $a $$ X$ {a} $${a}");
}

TEST(VariablesTest, KeysOfMaps) {
  const Parsed parsed = parse(
      with_vars("  a: {default: \"s3://a\"}\n", "map: {\"${a}/x\": \"s3://b\", x-y: \"${a}\"}"));
  EXPECT_EQ(parsed.messages, "");
  const ParamNode& map = parameter(parsed, "map");
  EXPECT_EQ(map.entries[0].key.scalar, "s3://a/x");
  EXPECT_EQ(map.entries[1].value.scalar, "s3://a") << "below the top `x-` is data";
}

TEST(VariablesTest, KeysThatBecomeTheSame) {
  EXPECT_EQ(
      complaints(with_vars("  a: {default: \"s3://a\"}\n",
                           "map: {\"s3://a\": \"s3://b\", \"${a}\": \"s3://c\"}")),
      R"(rules.yaml:7:38: error: the key 's3://a' is there twice once the variables are replaced [E-RULE-DUPLICATE]
      with: {map: {"s3://a": "s3://b", "${a}": "s3://c"}}
                                       ^
  first at rules.yaml:7:18
)");
}

TEST(VariablesTest, UnknownVariable) {
  EXPECT_EQ(
      complaints(with_vars("  from: {default: a}\n", "a: \"x/${form}\", b: '${other}'")),
      R"(rules.yaml:7:18: error: there is no variable 'form', did you mean 'from'? [E-RULE-VARIABLE]
      with: {a: "x/${form}", b: '${other}'}
                   ^
rules.yaml:7:32: error: there is no variable 'other' [E-RULE-VARIABLE]
      with: {a: "x/${form}", b: '${other}'}
                                 ^
  help: the variables are from
)");
  EXPECT_EQ(complaints(one_step("    with: {a: \"${HOME}\"}\n")),
            R"(rules.yaml:5:16: error: there is no variable 'HOME' [E-RULE-VARIABLE]
      with: {a: "${HOME}"}
                 ^
  help: variables are declared under 'vars'; $${ stands for the characters
)");
  EXPECT_EQ(complaints(with_vars("  from: {default: a}\n", "a: \"x/${from\"")),
            R"(rules.yaml:7:18: error: '${' without '}' [E-RULE-VARIABLE]
      with: {a: "x/${from"}
                   ^
  help: write $${ for the two characters
)");
}

TEST(VariablesTest, RequiredVariableWithoutValue) {
  EXPECT_EQ(complaints(with_vars("  to: {type: uri-prefix, env: NEW_ROOT, required: true}\n",
                                 "to: \"${to}\"")),
            R"(rules.yaml:3:3: error: variable 'to' has no value [E-RULE-VARIABLE]
    to: {type: uri-prefix, env: NEW_ROOT, required: true}
    ^
  help: give it with --set to=VALUE or in the environment variable NEW_ROOT
)");
  EXPECT_EQ(complaints(with_vars("  to: {required: true}\n", "to: \"${to}\"")),
            R"(rules.yaml:3:3: error: variable 'to' has no value [E-RULE-VARIABLE]
    to: {required: true}
    ^
  help: give it with --set to=VALUE, or name an environment variable for it with 'env'
)");
}

TEST(VariablesTest, OtherVariableWithoutValueIsToldWhereItIsUsed) {
  EXPECT_EQ(complaints(with_vars("  to: {}\n  unused: {}\n", "to: \"a/${to}/${to}\"")),
            R"(rules.yaml:8:19: error: variable 'to' has no value [E-RULE-VARIABLE]
      with: {to: "a/${to}/${to}"}
                    ^
  help: give it with --set to=VALUE, or name an environment variable for it with 'env'
)");
}

TEST(VariablesTest, UnsetCanBeAllowed) {
  World world;
  world.allow_unset = true;
  const Parsed parsed =
      parse(with_vars("  to: {required: true}\n", "to: \"${to}/x\", a: b"), world);
  EXPECT_EQ(parsed.messages, "");
  EXPECT_TRUE(parsed.file->valid);
  EXPECT_THAT(parsed.file->steps[0].unset, testing::ElementsAre("to"));
  EXPECT_TRUE(parameter(parsed, "to").unresolved);
  EXPECT_FALSE(parameter(parsed, "a").unresolved);
}

TEST(VariablesTest, BadDefaults) {
  EXPECT_EQ(
      complaints(v1("vars:\n"
                    "  a: {type: uri-prefix, default: data}\n"
                    "  b: {type: integer, default: 010}\n"
                    "  c: {type: boolean, default: yes}\n"
                    "  d: {type: integer, default: \"5\"}\n"
                    "  e: {default: [a]}\n"
                    "  f: {default: \"a\\nb\"}\n"
                    "  g: {default: \"${a}\"}\n"
                    "  h: {default: }\n"
                    "  i: {pattern: \"[a-z]+\", default: abc1}\n"
                    "steps: []\n")),
      R"(rules.yaml:3:34: error: variable 'a' must be an absolute URI such as s3://bucket/dir, not 'data' [E-RULE-VALUE]
    a: {type: uri-prefix, default: data}
                                   ^
rules.yaml:4:31: error: variable 'b' must be an integer, not '010' [E-RULE-TYPE]
    b: {type: integer, default: 010}
                                ^
  help: integers are decimal and have no leading zero
rules.yaml:5:31: error: variable 'c' must be true or false, not 'yes' [E-RULE-TYPE]
    c: {type: boolean, default: yes}
                                ^
rules.yaml:6:31: error: variable 'd' must be an integer, not '5' [E-RULE-TYPE]
    d: {type: integer, default: "5"}
                                ^
  help: an integer stands without quotes, and a variable for one has 'type: integer'
rules.yaml:7:16: error: variable 'e' must be a text, not a list [E-RULE-TYPE]
    e: {default: [a]}
                 ^
rules.yaml:8:16: error: variable 'f' can't hold a line break or control character [E-RULE-VALUE]
rules.yaml:9:16: error: variable 'g' can't be made of other variables [E-RULE-VARIABLE]
    g: {default: "${a}"}
                 ^
rules.yaml:10:16: error: 'default' has no value [E-RULE-TYPE]
    h: {default: }
                 ^
rules.yaml:11:35: error: variable 'i' must match '[a-z]+', which 'abc1' does not [E-RULE-VALUE]
    i: {pattern: "[a-z]+", default: abc1}
                                    ^
)");
}

TEST(VariablesTest, BadDeclarations) {
  EXPECT_EQ(
      complaints(v1("vars:\n"
                    "  a: {typ: string}\n"
                    "  b: {type: uri}\n"
                    "  c: {required: yes}\n"
                    "  d: {env: $HOME}\n"
                    "  e: {pattern: \"(\"}\n"
                    "  f: {type: integer, pattern: a}\n"
                    "  g: {required: true, default: a}\n"
                    "  h: text\n"
                    "  1x: {}\n"
                    "  i: {pattern: '(a)\\1'}\n"
                    "steps: []\n")),
      R"(rules.yaml:3:7: error: unknown key 'typ' in variable 'a', did you mean 'type'? [E-RULE-UNKNOWN]
    a: {typ: string}
        ^
rules.yaml:4:13: error: 'type' can't be 'uri' [E-RULE-VALUE]
    b: {type: uri}
              ^
  help: one of string, uri-prefix, integer, boolean
rules.yaml:5:17: error: 'required' must be true or false, not 'yes' [E-RULE-TYPE]
    c: {required: yes}
                  ^
rules.yaml:6:12: error: 'env' can't be '$HOME' [E-RULE-VALUE]
    d: {env: $HOME}
             ^
  help: the name of one environment variable, without '$'
rules.yaml:7:16: error: 'pattern' is not a regular expression [E-RULE-VALUE]
    e: {pattern: "("}
                 ^
  help: ECMAScript without back references, at most 500 bytes; it must match the whole value
rules.yaml:8:31: error: 'pattern' is for texts only [E-RULE-VALUE]
    f: {type: integer, pattern: a}
                                ^
rules.yaml:9:7: error: a variable with a default can't be required [E-RULE-VALUE]
    g: {required: true, default: a}
        ^
  help: remove one of the two
rules.yaml:10:6: error: variable 'h' must be a map, not a text [E-RULE-TYPE]
    h: text
       ^
rules.yaml:11:3: error: a variable can't have the name '1x' [E-RULE-VALUE]
    1x: {}
    ^
  help: letters, digits, '-' and '_', beginning with a letter
rules.yaml:12:16: error: 'pattern' is not a regular expression [E-RULE-VALUE]
    i: {pattern: '(a)\1'}
                 ^
  help: ECMAScript without back references, at most 500 bytes; it must match the whole value
)");
}

TEST(VariablesTest, Patterns) {
  const std::string text =
      v1("vars: {stage: {pattern: \"dev|prod-[0-9]+\", env: STAGE}}\nsteps: []\n");
  World world;
  world.set = {"stage=prod-17"};
  EXPECT_EQ(complaints(text, world), "");
  world.set = {"stage=prod-17x"};
  EXPECT_EQ(
      complaints(text, world),
      R"(--set:1:7: error: variable 'stage' must match 'dev|prod-[0-9]+', which 'prod-17x' does not [E-RULE-VALUE]
  stage=prod-17x
        ^
)");
  world.set = {};
  world.environment["STAGE"] = "qa";
  EXPECT_EQ(
      complaints(text, world),
      R"(rules.yaml:2:49: error: variable 'stage', from the environment variable STAGE, must match 'dev|prod-[0-9]+', which 'qa' does not [E-RULE-VALUE]
  vars: {stage: {pattern: "dev|prod-[0-9]+", env: STAGE}}
                                                  ^
)");
}

TEST(VariablesTest, PatternsTakeLinearTime) {
  World world;
  world.set = {"a=" + std::string(4000, 'a')};
  const Parsed parsed = parse(v1("vars: {a: {pattern: \"(a*)*b\"}}\nsteps: []\n"), world);
  EXPECT_EQ(parsed.errors, 1U);
}

TEST(VariablesTest, BadSets) {
  World world;
  world.set = {"n=abc", "form=x", "a=1", "a=2", "=x", "b=\xFF"};
  EXPECT_EQ(
      complaints(v1("vars: {n: {type: integer}, from: {}, a: {}, b: {}}\nsteps: []\n"), world),
      R"(--set a: error: this is set twice [E-RULE-DUPLICATE]
--set: error: an argument is not NAME=VALUE [E-ARG-USAGE]
  help: --set to=s3://bucket/dir, or --set steps.ID.with.KEY=VALUE
--set b: error: variable 'b' is not UTF-8 text [E-RULE-VALUE]
--set form: error: there is no variable 'form', did you mean 'from'? [E-RULE-VARIABLE]
--set:1:3: error: variable 'n' must be an integer, not 'abc' [E-RULE-TYPE]
  n=abc
    ^
  help: integers are decimal digits, such as 10
)");
}

TEST(VariablesTest, BadValueIsToldOnce) {
  World world;
  world.environment["ROOT"] = "data";
  EXPECT_EQ(
      complaints(
          with_vars("  to: {type: uri-prefix, env: ROOT}\n", "a: \"${to}/x\", b: \"${to}/y\""),
          world),
      R"(rules.yaml:3:31: error: variable 'to', from the environment variable ROOT, must be an absolute URI such as s3://bucket/dir, not 'data' [E-RULE-VALUE]
    to: {type: uri-prefix, env: ROOT}
                                ^
)");
}

TEST(VariablesTest, SecretIsMarkedInItsNode) {
  World world;
  world.environment["PW"] = "hunter2";
  const Parsed parsed =
      parse(with_vars("  pw: {secret: true, env: PW}\n", "a: \"x${pw}\", b: c"), world);
  EXPECT_EQ(parsed.messages, "");
  EXPECT_TRUE(parameter(parsed, "a").secret);
  EXPECT_FALSE(parameter(parsed, "b").secret);
}

TEST(VariablesTest, SecretsAreNeverEchoed) {
  const std::string text =
      v1("vars:\n"
         "  n: {type: integer, secret: true, env: PW}\n"
         "  u: {type: uri-prefix, secret: true}\n"
         "  p: {pattern: \"[a-z]\", secret: true, env: PW}\n"
         "  d: {secret: true, default: hunter2, typ: string}\n"
         "steps:\n"
         "  - id: move\n"
         "    uses: test.move\n"
         "    where: {uri: {glob: \"${p}\"}}\n");
  World world;
  world.environment["PW"] = "hunter2";
  world.set = {"u=hunter2"};
  const std::string messages = complaints(text, world);
  EXPECT_EQ(messages.find("hunter2"), std::string::npos) << messages;
  EXPECT_EQ(
      messages,
      R"(--set u: error: variable 'u' must be an absolute URI such as s3://bucket/dir, not the value of a secret variable [E-RULE-VALUE]
rules.yaml:3:41: error: variable 'n', from the environment variable PW, must be an integer, not the value of a secret variable [E-RULE-TYPE]
  help: integers are decimal digits, such as 10
rules.yaml:5:44: error: variable 'p', from the environment variable PW, must match '[a-z]', which the value of a secret variable does not [E-RULE-VALUE]
rules.yaml:6:21: error: a secret variable can't have a default: anybody could read it here [E-RULE-VALUE]
  help: give the value in an environment variable
rules.yaml:6:39: error: unknown key 'typ' in variable 'd', did you mean 'type'? [E-RULE-UNKNOWN]
rules.yaml:10:26: error: the secret variable 'p' can be used in 'with' only [E-RULE-VARIABLE]
      where: {uri: {glob: "${p}"}}
                           ^
  help: anywhere else its value would be shown
)");
}

TEST(VariablesTest, SetOfASecretParameterStaysSecret) {
  World world;
  world.environment["PW"] = "hunter2";
  world.set = {"steps.move.with.a=hunter3"};
  const Parsed parsed = parse(with_vars("  pw: {secret: true, env: PW}\n", "a: \"${pw}\""), world);
  EXPECT_TRUE(parameter(parsed, "a").secret);
  EXPECT_EQ(parameter(parsed, "a").scalar, "hunter3");
  EXPECT_EQ(parameter(parsed, "a").mark.source->name, "rules.yaml");
}

}  // namespace
}  // namespace stateferry::test
