// From rule files to pipelines: versions, transforms, parameters, hazards.
#include "stateferry/rules/build_pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "support.hpp"

namespace stateferry::test {
namespace {

/// A transform with one parameter of each kind.
class Move final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    params.required_uri_prefix("from", "URI prefix to replace", from);
    params.required_uri_prefix("to", "URI prefix to put in its place", to);
    params.optional("max", "stop after N", max);
    params.optional("fast", "do not look twice", fast);
    params.optional("token", "a password", token);
    loses_state = params.hazard("loses-state", "some state may be lost");
    if (!params.finish()) return;
    if (token == "hunter2") params.error("token", "E-RULE-VALUE", "'hunter2' is too short");
  }
  Outcome rewrite(std::string_view /*uri*/, std::string& /*result*/) const override {
    return Outcome::unmatched;
  }

  std::string from;
  std::string to;
  std::string token;
  std::int64_t max = 0;
  bool fast = false;
  bool loses_state = false;
};

/// Forgets finish().
class Forgetful final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    std::string text;
    params.required("text", "a text", text);
  }
  Outcome rewrite(std::string_view /*uri*/, std::string& /*result*/) const override {
    return Outcome::unmatched;
  }
};

class Throwing final : public UriTransform {
 public:
  void configure(ParamBinder& /*params*/) override { throw std::logic_error("out of ideas"); }
  Outcome rewrite(std::string_view /*uri*/, std::string& /*result*/) const override {
    return Outcome::unmatched;
  }
};

TransformFactory factory() {
  TransformFactory transforms;
  transforms.make = [](std::string_view name) -> std::shared_ptr<Transform> {
    if (name == "test.move") return std::make_shared<Move>();
    if (name == "test.forgetful") return std::make_shared<Forgetful>();
    if (name == "test.throwing") return std::make_shared<Throwing>();
    if (name == "broken.plugin") {
      Diagnostic diagnostic;
      diagnostic.code = "E-PLUGIN-ABI";
      diagnostic.message = "the plugin was built for another stateferry";
      diagnostic.subject = "broken.so";
      diagnostic.hint = "build it again";
      throw PluginError(std::move(diagnostic));
    }
    return nullptr;
  };
  transforms.names = [] { return std::vector<std::string>{"test.move", "test.forgetful"}; };
  return transforms;
}

struct Built {
  std::optional<Pipeline> pipeline;
  std::string messages;
};

Built build(const std::string& text, World world = {}) {
  DiagnosticList list;
  Built built;
  const auto file = parse_rule_file("rules.yaml", text, world.inputs(), list);
  if (file) {
    const VersionLookup version = [](std::string_view plugin) {
      return std::string(plugin == "test" ? "1.4.0" : "");
    };
    built.pipeline = build_pipeline(*file, factory(), version, list);
  }
  built.messages = rendered(list);
  return built;
}

constexpr const char* kWith = "    with: {from: \"s3://old/\", to: \"file:///new\"}\n";

TEST(BuildPipelineTest, Whole) {
  const Built built = build(
      v1("plugins: {test: \">=1.2 <2\"}\n"
         "require: {metadata-version: \">=2\", operators: a}\n"
         "output: {untouched-uris: allow}\n"
         "steps:\n"
         "  - id: move\n"
         "    uses: test.move\n"
         "    with: {from: \"s3://old/\", to: \"file:///new\", max: 3, fast: true, x-why: [1]}\n"
         "    where: {role: master}\n"
         "    expect: {unmatched: 0}\n"
         "    accept: [loses-state]\n"));
  EXPECT_EQ(built.messages, "");
  ASSERT_TRUE(built.pipeline.has_value());
  EXPECT_EQ(built.pipeline->untouched_uris, Untouched::allow);
  EXPECT_EQ(built.pipeline->require.metadata_version->least, 2U);
  EXPECT_EQ(built.pipeline->require.operators.size(), 1U);
  ASSERT_EQ(built.pipeline->steps.size(), 1U);
  const Step& step = built.pipeline->steps[0];
  EXPECT_EQ(step.id, "move");
  EXPECT_EQ(step.uses, "test.move");
  EXPECT_EQ(step.where.roles, Role::master);
  EXPECT_EQ(step.expect.at("unmatched").most, 0U);
  EXPECT_EQ(step.mark.line, 6);
  const auto& move = dynamic_cast<const Move&>(*step.transform);
  EXPECT_EQ(move.from, "s3://old");
  EXPECT_EQ(move.to, "file:/new");
  EXPECT_EQ(move.max, 3);
  EXPECT_TRUE(move.fast);
  EXPECT_TRUE(move.loses_state);
}

TEST(BuildPipelineTest, TypoInAParameter) {
  EXPECT_EQ(
      build(one_step("    with: {form: \"s3://old\", to: \"s3://new\"}\n")).messages,
      R"(rules.yaml:5:12: error: unknown parameter 'form', did you mean 'from'? [E-RULE-UNKNOWN]
      with: {form: "s3://old", to: "s3://new"}
             ^
)");
}

TEST(BuildPipelineTest, MissingParameters) {
  EXPECT_EQ(build(one_step("")).messages,
            R"(rules.yaml:4:11: error: missing parameter 'from' [E-RULE-MISSING]
      uses: test.move
            ^
  help: from: URI prefix to replace
rules.yaml:4:11: error: missing parameter 'to' [E-RULE-MISSING]
      uses: test.move
            ^
  help: to: URI prefix to put in its place
)");
  EXPECT_EQ(build(one_step("    with:\n      from: \"s3://old\"\n      to:\n")).messages,
            R"(rules.yaml:7:7: error: parameter 'to' has no value [E-RULE-TYPE]
        to:
        ^
)");
}

TEST(BuildPipelineTest, WrongValues) {
  EXPECT_EQ(
      build(one_step("    with: {from: old/, to: \"s3:new\", max: 010, fast: yes,\n"
                     "           token: [a], whatever: 1}\n"))
          .messages,
      R"(rules.yaml:5:18: error: parameter 'from' must be an absolute URI such as s3://bucket/dir, not 'old/' [E-RULE-VALUE]
      with: {from: old/, to: "s3:new", max: 010, fast: yes,
                   ^
rules.yaml:5:28: error: parameter 'to' must be an absolute URI such as s3://bucket/dir, not 's3:new' [E-RULE-VALUE]
      with: {from: old/, to: "s3:new", max: 010, fast: yes,
                             ^
  help: behind 's3:' a '/' must follow
rules.yaml:5:43: error: parameter 'max' must be an integer, not '010' [E-RULE-TYPE]
      with: {from: old/, to: "s3:new", max: 010, fast: yes,
                                            ^
  help: integers are decimal and have no leading zero
rules.yaml:5:54: error: parameter 'fast' must be true or false, not 'yes' [E-RULE-TYPE]
      with: {from: old/, to: "s3:new", max: 010, fast: yes,
                                                       ^
rules.yaml:6:19: error: parameter 'token' must be a text, not a list [E-RULE-TYPE]
             token: [a], whatever: 1}
                    ^
rules.yaml:6:24: error: unknown parameter 'whatever' [E-RULE-UNKNOWN]
             token: [a], whatever: 1}
                         ^
  help: the parameters here are from, to, max, fast, token
)");
}

TEST(BuildPipelineTest, UnknownHazard) {
  EXPECT_EQ(
      build(one_step(std::string(kWith) + "    accept: [lose-state, x]\n")).messages,
      R"(rules.yaml:6:14: error: unknown hazard 'lose-state', did you mean 'loses-state'? [E-RULE-UNKNOWN]
      accept: [lose-state, x]
               ^
rules.yaml:6:26: error: unknown hazard 'x' [E-RULE-UNKNOWN]
      accept: [lose-state, x]
                           ^
  help: the hazards of this transform are loses-state
)");
}

TEST(BuildPipelineTest, UnknownTransform) {
  EXPECT_EQ(
      build(v1("steps:\n"
               "  - {id: a, uses: test.mvoe}\n"
               "  - {id: b, uses: other.thing}\n"
               "  - {id: c, uses: broken.plugin}\n"))
          .messages,
      R"(rules.yaml:3:19: error: there is no transform 'test.mvoe', did you mean 'test.move'? [E-RULE-UNKNOWN-TRANSFORM]
    - {id: a, uses: test.mvoe}
                    ^
rules.yaml:4:19: error: there is no transform 'other.thing' [E-RULE-UNKNOWN-TRANSFORM]
    - {id: b, uses: other.thing}
                    ^
rules.yaml:5:19: error: the plugin was built for another stateferry [E-PLUGIN-ABI]
    - {id: c, uses: broken.plugin}
                    ^
  about broken.so
  help: build it again
)");
}

TEST(BuildPipelineTest, PluginVersions) {
  EXPECT_EQ(
      build(v1("plugins: {test: \">=2\", acme: \">=1.2 <2\"}\nsteps: []\n")).messages,
      R"(rules.yaml:2:11: error: the plugin 'test' is of version 1.4.0, the rules need >=2 [E-RULE-PLUGIN]
  plugins: {test: ">=2", acme: ">=1.2 <2"}
            ^
rules.yaml:2:24: error: the plugin 'acme' is not installed [E-RULE-PLUGIN]
  plugins: {test: ">=2", acme: ">=1.2 <2"}
                         ^
  help: the rules need >=1.2 <2
)");
}

TEST(BuildPipelineTest, TransformsThatMisbehave) {
  EXPECT_EQ(
      build(v1("steps:\n"
               "  - {id: a, uses: test.forgetful, with: {txet: a}}\n"
               "  - {id: b, uses: test.throwing}\n"))
          .messages,
      R"(rules.yaml:3:42: error: unknown parameter 'txet', did you mean 'text'? [E-RULE-UNKNOWN]
    - {id: a, uses: test.forgetful, with: {txet: a}}
                                           ^
rules.yaml:4:19: error: test.throwing failed: out of ideas [E-PLUGIN-FAILED]
    - {id: b, uses: test.throwing}
                    ^
  help: this is a fault of the plugin; tell its authors
)");
}

TEST(BuildPipelineTest, ProblemsOfShapeAndOfParametersInOneRun) {
  const Built built =
      build(v1("nmae: x\n"
               "steps:\n"
               "  - id: one\n"
               "    uses: test.mvoe\n"
               "    whree: {}\n"
               "  - id: two\n"
               "    uses: test.move\n"
               "    with: {from: \"${from}\", too: \"s3://new\", max: many}\n"));
  EXPECT_FALSE(built.pipeline.has_value());
  EXPECT_EQ(
      built.messages,
      R"(rules.yaml:2:1: error: unknown key 'nmae' in this rule file, did you mean 'name'? [E-RULE-UNKNOWN]
  nmae: x
  ^
rules.yaml:6:5: error: unknown key 'whree' in this step, did you mean 'where'? [E-RULE-UNKNOWN]
      whree: {}
      ^
rules.yaml:9:19: error: there is no variable 'from' [E-RULE-VARIABLE]
      with: {from: "${from}", too: "s3://new", max: many}
                    ^
  help: variables are declared under 'vars'; $${ stands for the characters
rules.yaml:5:11: error: there is no transform 'test.mvoe', did you mean 'test.move'? [E-RULE-UNKNOWN-TRANSFORM]
      uses: test.mvoe
            ^
rules.yaml:9:29: error: unknown parameter 'too', did you mean 'to'? [E-RULE-UNKNOWN]
      with: {from: "${from}", too: "s3://new", max: many}
                              ^
rules.yaml:9:51: error: parameter 'max' must be an integer, not 'many' [E-RULE-TYPE]
      with: {from: "${from}", too: "s3://new", max: many}
                                                    ^
  help: integers are decimal digits, such as 10
)");
}

TEST(BuildPipelineTest, InvalidFileMakesNoPipeline) {
  EXPECT_FALSE(build(v1("nmae: x\nsteps: []\n")).pipeline.has_value());
}

TEST(BuildPipelineTest, StepsWithUnsetVariablesAreCheckedAsFarAsTheyCanBe) {
  World world;
  world.allow_unset = true;
  const std::string head = "vars: {to: {required: true}}\nsteps:\n  - id: a\n    uses: test.move\n";
  const Built good = build(v1(head + "    with: {from: \"s3://a\", to: \"${to}\"}\n"), world);
  EXPECT_EQ(good.messages, "");
  EXPECT_FALSE(good.pipeline.has_value());
  const Built bad = build(v1(head + "    with: {form: \"s3://a\", to: \"${to}\"}\n"), world);
  EXPECT_EQ(
      bad.messages,
      R"(rules.yaml:6:12: error: unknown parameter 'form', did you mean 'from'? [E-RULE-UNKNOWN]
      with: {form: "s3://a", to: "${to}"}
             ^
)");
}

TEST(BuildPipelineTest, SetParameterIsToldByItsArgument) {
  World world;
  world.set = {"steps.move.with.max=many", "steps.move.with.fsat=true"};
  EXPECT_EQ(build(one_step(kWith), world).messages,
            R"(--set:1:17: error: unknown parameter 'fsat', did you mean 'fast'? [E-RULE-UNKNOWN]
  steps.move.with.fsat=true
                  ^
--set:1:21: error: parameter 'max' must be an integer, not 'many' [E-RULE-TYPE]
  steps.move.with.max=many
                      ^
  help: integers are decimal digits, such as 10
)");
}

TEST(BuildPipelineTest, SecretsAreNeverEchoed) {
  const auto text = [](const std::string& with) {
    return v1(
        "vars: {pw: {secret: true, env: PW}}\nsteps:\n  - id: a\n    uses: test.move\n"
        "    with: {from: \"s3://a\", to: \"s3://b\", " +
        with + "}\n");
  };
  World world;
  world.environment["PW"] = "hunter2";
  std::string messages;
  for (const char* with :
       {"token: \"${pw}\"", "max: \"${pw}\"", "fast: \"${pw}\"", "\"${pw}\": 1"}) {
    messages += build(text(with), world).messages;
  }
  messages += build(v1("vars: {pw: {secret: true, env: PW}}\nsteps:\n  - id: a\n"
                       "    uses: test.move\n    with: {from: \"${pw}\", to: \"s3://b\"}\n"),
                    world)
                  .messages;
  EXPECT_EQ(messages.find("hunter2"), std::string::npos) << messages;
  EXPECT_EQ(messages, R"(rules.yaml:6:49: error: '***' is too short [E-RULE-VALUE]
      with: {from: "s3://a", to: "s3://b", token: "${pw}"}
                                                  ^
rules.yaml:6:47: error: parameter 'max' must be an integer, not the value of a secret variable [E-RULE-TYPE]
      with: {from: "s3://a", to: "s3://b", max: "${pw}"}
                                                ^
  help: an integer stands without quotes, and a variable for one has 'type: integer'
rules.yaml:6:48: error: parameter 'fast' must be true or false, not the value of a secret variable [E-RULE-TYPE]
      with: {from: "s3://a", to: "s3://b", fast: "${pw}"}
                                                 ^
  help: a boolean stands without quotes, and a variable for one has 'type: boolean'
rules.yaml:6:42: error: unknown parameter whose name is the value of a secret variable [E-RULE-UNKNOWN]
      with: {from: "s3://a", to: "s3://b", "${pw}": 1}
                                           ^
  help: the parameters here are from, to, max, fast, token
rules.yaml:6:18: error: parameter 'from' must be an absolute URI such as s3://bucket/dir, not the value of a secret variable [E-RULE-VALUE]
      with: {from: "${pw}", to: "s3://b"}
                   ^
)");
}

}  // namespace
}  // namespace stateferry::test
