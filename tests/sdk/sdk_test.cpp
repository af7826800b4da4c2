// Plugins of the C interface are loaded, asked, and refused; its layout stays as it was published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "../../plugins/transforms/test_support.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/sdk/transform.h"
#include "stateferry_test/code_of.hpp"

namespace stateferry {
namespace {

using test::map;
using test::scalar;
using test::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What plugins in the field were compiled with. A later version adds lines and changes none.
static_assert(sizeof(void*) == 8);
static_assert(sizeof(stateferry_sdk_text) == 16);
static_assert(offsetof(stateferry_sdk_module, sdk) == 4);
static_assert(offsetof(stateferry_sdk_module, name) == 8);
static_assert(offsetof(stateferry_sdk_module, version) == 24);
static_assert(offsetof(stateferry_sdk_module, transform_count) == 40);
static_assert(offsetof(stateferry_sdk_module, transforms) == 48);
static_assert(offsetof(stateferry_sdk_transform, kind) == 4);
static_assert(offsetof(stateferry_sdk_transform, name) == 8);
static_assert(offsetof(stateferry_sdk_transform, summary) == 24);
static_assert(offsetof(stateferry_sdk_transform, create) == 40);
static_assert(offsetof(stateferry_sdk_transform, destroy) == 48);
static_assert(offsetof(stateferry_sdk_transform, configure) == 56);
static_assert(offsetof(stateferry_sdk_transform, apply) == 64);
static_assert(offsetof(stateferry_sdk_transform, apply_directory) == 72);
static_assert(offsetof(stateferry_sdk_transform, moves) == 80);
static_assert(offsetof(stateferry_sdk_transform, injective) == 88);
static_assert(offsetof(stateferry_sdk_transform, inverse) == 96);
static_assert(offsetof(stateferry_sdk_transform, matches) == 104);
static_assert(offsetof(stateferry_sdk_transform, matches_directory) == 112);
static_assert(offsetof(stateferry_sdk_transform, matches_inline) == 120);
static_assert(offsetof(stateferry_sdk_transform, matching_is_fault) == 128);
static_assert(offsetof(stateferry_sdk_transform, verdict) == 136);
static_assert(offsetof(stateferry_sdk_host, text) == 8);
static_assert(offsetof(stateferry_sdk_host, one_of) == 40);
static_assert(offsetof(stateferry_sdk_host, group) == 72);
static_assert(offsetof(stateferry_sdk_host, hazard) == 88);
static_assert(offsetof(stateferry_sdk_host, finish) == 120);
static_assert(offsetof(stateferry_sdk_host, fail) == 128);
static_assert(offsetof(stateferry_sdk_host, no_inverse) == 192);
static_assert(offsetof(stateferry_sdk_call, out) == 8);
static_assert(offsetof(stateferry_sdk_call, out_capacity) == 16);
static_assert(offsetof(stateferry_sdk_call, out_size) == 24);
static_assert(offsetof(stateferry_sdk_params, host) == 0);
static_assert(offsetof(stateferry_sdk_entry_of_map, key) == 16);
static_assert(offsetof(stateferry_sdk_entry_of_map, value) == 32);
static_assert(offsetof(stateferry_sdk_inverse_context, changed) == 8);
static_assert(offsetof(stateferry_sdk_inverse_context, base_uri) == 24);

PluginRegistry registry_over(const std::string& folder) {
  PluginRegistry registry;
  registry.add_directory(std::filesystem::path(STATEFERRY_TEST_SDK_PLUGINS) / folder, true);
  return registry;
}

// ---------------------------------------------------------------------------- good ones

class SdkPlugin : public testing::TestWithParam<const char*> {
 protected:
  std::shared_ptr<Transform> made(std::string_view name) {
    PluginRegistry registry = registry_over(GetParam());
    return registry.make_transform(name);  // outlives the registry
  }
  std::shared_ptr<UriTransform> tenant(const std::string& from, const std::string& to) {
    auto transform = std::dynamic_pointer_cast<UriTransform>(made("acme.tenant"));
    EXPECT_THAT(
        test::configure(*transform, map({{"from", scalar(from)}, {"to", scalar(to)}}), {"loud"}),
        ElementsAre());
    return transform;
  }
};

TEST_P(SdkPlugin, IsListedWithItsVersions) {
  PluginRegistry registry = registry_over(GetParam());
  registry.load_all();
  const PluginInfo info = registry.list().at(0);
  ASSERT_TRUE(info.loaded) << info.refused->message;
  EXPECT_EQ(info.version, "1.2.0");
  EXPECT_EQ(info.sdk, 1U);
  ASSERT_EQ(info.items.size(), 2U);
  EXPECT_EQ(info.items[0].name, "acme.none");
  EXPECT_EQ(info.items[1].name, "acme.tenant");
  EXPECT_EQ(info.items[1].summary, "moves a tenant");
  EXPECT_EQ(registry.version_of("acme"), "1.2.0");
}

TEST_P(SdkPlugin, Rewrites) {
  const auto transform = tenant("s3://old/a/", "s3://new");
  EXPECT_EQ(test::rewrite(*transform, "s3://old/a/x"), "s3://new/x");
  EXPECT_EQ(test::rewrite(*transform, "s3://old/ab"), "(unmatched)");
  EXPECT_EQ(test::rewrite(*transform, "s3://new/x"), "(already)");
  EXPECT_EQ(test::rewrite(*transform, "s3://old/a/\xC3\xA9"), "s3://new/\xC3\xA9");
  // Half of a surrogate pair, as to_utf8() leaves it.
  EXPECT_EQ(test::rewrite(*transform, "s3://old/a/\xED\xA0\x80"), "s3://new/\xED\xA0\x80");
  std::string target;
  EXPECT_EQ(transform->rewrite_directory("s3://old/a/", target), Outcome::changed);
  EXPECT_EQ(target, "s3://new/");
  EXPECT_TRUE(transform->injective());
  const auto moves = transform->moves();
  ASSERT_TRUE(moves);
  ASSERT_EQ(moves->size(), 1U);
  EXPECT_EQ(moves->at(0).from, "s3://old/a");
  EXPECT_EQ(moves->at(0).to, "s3://new");
}

TEST_P(SdkPlugin, ATextThatIsTooLongIsTold) {
  const auto transform = tenant("s3://o", "s3://" + std::string(1000, 'n'));
  EXPECT_EQ(test::rewrite(*transform, "s3://o/" + std::string(64000, 'x')).size(), 65006U);
  const Diagnostic thrown =
      thrown_by([&] { test::rewrite(*transform, "s3://o/" + std::string(65000, 'x')); });
  EXPECT_EQ(thrown.code, "E-RULE-TEXT-LENGTH");
  EXPECT_THAT(thrown.message, HasSubstr("66006 bytes"));
}

TEST_P(SdkPlugin, SaysHowItIsUndone) {
  const auto transform = tenant("s3://old", "s3://new");
  const std::vector<std::string> changed = {"s3://old/a", "s3://old/b"};
  const Inverse inverse = transform->inverse({changed, "s3://old"});
  const auto& step = std::get<InverseStep>(inverse);
  EXPECT_EQ(step.uses, "acme.tenant");
  EXPECT_EQ(step.with.find("from")->scalar, "s3://new");
  EXPECT_EQ(step.with.find("to")->scalar, "s3://old");
  ASSERT_EQ(step.with.find("words")->items.size(), 2U);
  EXPECT_EQ(step.with.find("words")->items[1].scalar, "s3://old/b");
  EXPECT_THAT(step.accept, ElementsAre("loud"));
}

TEST_P(SdkPlugin, ItsParametersAreDescribedAndChecked) {
  const auto described = made("acme.tenant");
  const TransformSchema schema = describe_params(*described);
  ASSERT_EQ(schema.params.size(), 7U);
  EXPECT_EQ(schema.params[0].type, ParamSchema::Type::uri_prefix);
  EXPECT_TRUE(schema.params[0].required);
  EXPECT_EQ(schema.params[2].default_text, "plain");
  EXPECT_THAT(schema.params[2].allowed, ElementsAre("plain", "hive"));
  EXPECT_EQ(schema.params[4].default_text, "false");
  ASSERT_EQ(schema.params[5].children.size(), 1U);
  EXPECT_EQ(schema.params[5].children[0].type, ParamSchema::Type::integer);
  ASSERT_EQ(schema.hazards.size(), 1U);

  const auto problems = [&](std::vector<std::pair<std::string, ParamNode>> more) {
    more.emplace_back("from", scalar("s3://a"));
    return test::configure(*made("acme.tenant"), map(std::move(more)));
  };
  EXPECT_THAT(problems({}), ElementsAre("E-RULE-MISSING"));
  EXPECT_THAT(problems({{"to", scalar("b")}}), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems({{"to", scalar("s3://b")}, {"x", scalar("y")}}),
              ElementsAre("E-RULE-UNKNOWN"));
  EXPECT_THAT(problems({{"to", scalar("s3://b")}, {"more", map({{"limit", scalar("many")}})}}),
              ElementsAre("E-RULE-TYPE"));
  EXPECT_THAT(problems({{"to", scalar("s3://b")},
                        {"more", map({{"limit", scalar("3")}})},
                        {"names", map({{"a", scalar("b")}})},
                        {"words", test::list({"a", "b"})}}),
              ElementsAre());
  // A code that stateferry doesn't have is the one for values.
  EXPECT_THAT(problems({{"to", scalar("s3://a")}}), ElementsAre("E-RULE-VALUE"));
}

TEST_P(SdkPlugin, Asserts) {
  const auto assertion = std::dynamic_pointer_cast<Assertion>(made("acme.none"));
  ASSERT_NE(assertion, nullptr);
  EXPECT_THAT(test::configure(*assertion, map({{"prefix", scalar("s3://old")}})), ElementsAre());
  EXPECT_TRUE(assertion->matches("s3://old/x"));
  EXPECT_FALSE(assertion->matches("s3://older/x"));
  EXPECT_EQ(assertion->matches_directory("s3://old/x/"), true);
  EXPECT_TRUE(assertion->matching_is_fault());
  EXPECT_EQ(assertion->verdict(3, 0), "");
  EXPECT_EQ(assertion->verdict(3, 1), "some are there");
  const std::string state = "\x01s3://old/sink\x02";
  EXPECT_TRUE(assertion->matches_inline("", std::as_bytes(std::span(state))));
}

INSTANTIATE_TEST_SUITE_P(Languages, SdkPlugin, testing::Values("c", "cpp"),
                         [](const auto& param) { return std::string(param.param); });

TEST(SdkCpp, WhatIsThrownStopsAtTheBoundary) {
  PluginRegistry registry = registry_over("cpp");
  const auto transform =
      std::dynamic_pointer_cast<UriTransform>(registry.make_transform("acme.tenant"));
  const auto with = [](std::vector<std::pair<std::string, ParamNode>> more) {
    more.emplace_back("from", scalar("s3://a"));
    more.emplace_back("to", scalar("s3://b"));
    return map(std::move(more));
  };
  EXPECT_THAT(test::configure(*transform, with({{"strict", scalar("true")}})),
              ElementsAre("E-RULE-TYPE"));
  const Diagnostic error = thrown_by([&] { test::rewrite(*transform, "s3://throw/x"); });
  EXPECT_EQ(error.code, "E-RULE-HAZARD");
  EXPECT_EQ(error.message, "no idea");
  EXPECT_EQ(error.hint, "ask somebody");
  EXPECT_THAT(thrown_by([&] { test::rewrite(*transform, "s3://throw/y"); }).message,
              HasSubstr("no exception"));
}

// ---------------------------------------------------------------------------- hostile ones

struct Refusal {
  const char* module;
  const char* code;
  const char* sentence;
};
class SdkRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(SdkRefusal, IsToldWithCodeAndSentence) {
  PluginRegistry registry = registry_over(GetParam().module);
  registry.load_all();
  const PluginInfo info = registry.list().at(0);
  EXPECT_FALSE(info.loaded);
  ASSERT_TRUE(info.refused);
  EXPECT_EQ(info.refused->code, GetParam().code);
  EXPECT_THAT(info.refused->message, HasSubstr(GetParam().sentence));
  EXPECT_NE(info.refused->hint, "");
  EXPECT_THAT(info.refused->subject, HasSubstr("stateferry_transform_acme.so"));
}

INSTANTIATE_TEST_SUITE_P(
    Modules, SdkRefusal,
    testing::Values(
        Refusal{"no_module", "E-PLUGIN-ENTRY", "returned nothing"},
        Refusal{"newer", "E-PLUGIN-ABI", "version 2 of the SDK, this stateferry has 1"},
        Refusal{"no_version", "E-PLUGIN-ABI", "version 0 of the SDK"},
        Refusal{"small_module", "E-PLUGIN-ABI", "its module has 16 bytes"},
        Refusal{"large_transform", "E-PLUGIN-ABI", "one of its transforms has 4096 bytes"},
        Refusal{"other_name", "E-PLUGIN-ENTRY", "says that it is the transform plugin 'other'"},
        Refusal{"null_name", "E-PLUGIN-ENTRY", "its name as a null pointer"},
        Refusal{"not_utf8", "E-PLUGIN-ENTRY", "in bytes that are no UTF-8"},
        Refusal{"control", "E-PLUGIN-ENTRY", "with control characters in it"},
        Refusal{"null_list", "E-PLUGIN-ENTRY", "list of its transforms can't be read"},
        Refusal{"null_transform", "E-PLUGIN-ENTRY", "is a null pointer"},
        Refusal{"many", "E-PLUGIN-ENTRY", "list of its transforms can't be read"},
        Refusal{"foreign", "E-PLUGIN-ENTRY", "'uri.regex' is not named acme."},
        Refusal{"kind", "E-PLUGIN-ENTRY", "is of kind 9"},
        Refusal{"no_apply", "E-PLUGIN-ENTRY", "lacks a function"}),
    [](const auto& param) { return std::string(param.param.module); });

// What a plugin answers that has the fault of this number.
Diagnostic said_with_fault(int fault) {
  PluginRegistry registry = registry_over("answers");
  const auto transform =
      std::dynamic_pointer_cast<UriTransform>(registry.make_transform("acme.bad"));
  return thrown_by([&] {
    test::configure(*transform, map({{"fault", scalar(std::to_string(fault))}}));
    test::rewrite(*transform, "s3://b/x");
  });
}

TEST(SdkAnswers, ThatMeanNothingAreToldAsThePluginsFault) {
  EXPECT_EQ(said_with_fault(0).code, "");
  for (const int fault : {1, 2, 3, 5, 6, 7, 10, 11}) {
    EXPECT_EQ(said_with_fault(fault).code, "E-PLUGIN-FAILED") << fault;
  }
  EXPECT_EQ(said_with_fault(4).code, "E-RULE-TEXT-LENGTH");
  EXPECT_THAT(said_with_fault(1).message, HasSubstr("answers 77"));
  EXPECT_THAT(said_with_fault(3).message, HasSubstr("doesn't say why"));
  EXPECT_THAT(said_with_fault(5).message, HasSubstr("no UTF-8"));
}

TEST(PluginInHandTest, IsTheInnermostCallOfThisThread) {
  EXPECT_EQ(plugin_in_hand, "");
  guarded_call("outer", [] {
    EXPECT_EQ(plugin_in_hand, "outer");
    guarded_call("inner", [] { EXPECT_EQ(plugin_in_hand, "inner"); });
    EXPECT_EQ(plugin_in_hand, "outer");
  });
  EXPECT_EQ(plugin_in_hand, "");
}

}  // namespace
}  // namespace stateferry
