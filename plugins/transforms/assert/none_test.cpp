#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "../test_support.hpp"

namespace stateferry {
namespace {

std::unique_ptr<Assertion> none(const ParamNode& with) {
  return test::configured<Assertion>("assert.none", with);
}

TEST(AssertNone, WithoutParametersNothingMayBeSelected) {
  const auto assertion = none(test::map({}));
  EXPECT_TRUE(assertion->matches("s3://b/x"));
  EXPECT_EQ(assertion->verdict(0, 0), "");
  EXPECT_NE(assertion->verdict(3, 1), "");
}

TEST(AssertNone, ParametersNarrowTogether) {
  const auto assertion = none(test::map({{"prefix", test::scalar("s3://old")},
                                         {"contains", test::scalar("chk-")},
                                         {"glob", test::scalar("s3://old/*/x")}}));
  EXPECT_TRUE(assertion->matches("s3://old/chk-1/x"));
  EXPECT_FALSE(assertion->matches("s3://older/chk-1/x"));
  EXPECT_FALSE(assertion->matches("s3://old/1/x"));
  EXPECT_FALSE(assertion->matches("s3://old/a/chk-1/x"));
}

TEST(AssertNone, LooksIntoInlineState) {
  const auto inline_state = [](const Assertion& assertion, const std::string& name,
                               const std::string& state) {
    return assertion.matches_inline(name, std::as_bytes(std::span(state.data(), state.size())));
  };
  const auto below = none(test::map({{"prefix", test::scalar("s3://old/sink")}}));
  EXPECT_TRUE(inline_state(*below, "uuid", "\x01s3://old/sink/part-1\x02"));
  EXPECT_TRUE(inline_state(*below, "uuid", R"({"p":"s3:\/\/old\/sink"})"));
  EXPECT_TRUE(inline_state(*below, "s3://old/sink/x", ""));
  EXPECT_FALSE(inline_state(*below, "uuid", "s3://old/sinks/part-1"));
  EXPECT_TRUE(
      inline_state(*none(test::map({{"prefix", test::scalar("hdfs:/x")}})), "", "hdfs:///x/y"));
  const auto text = none(test::map({{"contains", test::scalar("old-cluster")}}));
  EXPECT_TRUE(inline_state(*text, "uuid", "broker.old-cluster:9092"));
  EXPECT_FALSE(inline_state(*text, "uuid", "broker.new-cluster:9092"));
  const auto both =
      none(test::map({{"prefix", test::scalar("s3://old")}, {"contains", test::scalar("sink")}}));
  EXPECT_FALSE(inline_state(*both, "uuid", "s3://old/x s3://new/sink")) << "of one URI";
  EXPECT_TRUE(inline_state(*both, "uuid", "s3://old/x s3://old/sink"));
}

TEST(AssertNone, ABadGlobIsTold) {
  EXPECT_EQ(test::problems_of("assert.none", test::map({{"glob", test::scalar("x\\")}})),
            std::vector<std::string>{"E-RULE-VALUE"});
}

}  // namespace
}  // namespace stateferry
