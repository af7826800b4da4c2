#include <gtest/gtest.h>

#include <memory>

#include "../test_support.hpp"
#include "transforms.hpp"

namespace stateferry {
namespace {

std::unique_ptr<Assertion> none(const ParamNode& with) {
  std::unique_ptr<Transform> made(asserts::make_none());
  EXPECT_TRUE(test::configure(*made, with).empty());
  return std::unique_ptr<Assertion>(dynamic_cast<Assertion*>(made.release()));
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

TEST(AssertNone, ABadGlobIsTold) {
  std::unique_ptr<Transform> made(asserts::make_none());
  EXPECT_EQ(test::configure(*made, test::map({{"glob", test::scalar("x\\")}})),
            std::vector<std::string>{"E-RULE-VALUE"});
}

}  // namespace
}  // namespace stateferry
