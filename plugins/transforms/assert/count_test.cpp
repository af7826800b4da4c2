#include <gtest/gtest.h>

#include <memory>

#include "../test_support.hpp"

namespace stateferry {
namespace {

std::unique_ptr<Assertion> count(const ParamNode& with) {
  return test::configured<Assertion>("assert.count", with);
}

TEST(AssertCount, HoldsWithinTheBound) {
  const auto assertion =
      count(test::map({{"count", test::scalar(">=1 <=3")}, {"contains", test::scalar("/chk-7/")}}));
  EXPECT_TRUE(assertion->matches("s3://b/chk-7/x"));
  EXPECT_FALSE(assertion->matches("s3://b/chk-70/x"));
  EXPECT_EQ(assertion->verdict(9, 1), "");
  EXPECT_EQ(assertion->verdict(9, 3), "");
  EXPECT_EQ(assertion->verdict(9, 4), "4 of 9 selected locations match, but 'count' is >=1 <=3");
  EXPECT_NE(assertion->verdict(9, 0), "");
}

TEST(AssertCount, WithoutATestWhatIsSelectedCounts) {
  const auto assertion = count(test::map({{"count", test::scalar("2")}}));
  EXPECT_TRUE(assertion->matches("s3://b/x"));
  EXPECT_EQ(assertion->verdict(2, 2), "");
  EXPECT_NE(assertion->verdict(1, 1), "");
}

TEST(AssertCount, ShowsWhatIsTooManyOrWhatShouldMatch) {
  EXPECT_TRUE(count(test::map({{"count", test::scalar("0")}}))->matching_is_fault());
  EXPECT_FALSE(count(test::map({{"count", test::scalar(">=1")}}))->matching_is_fault());
}

TEST(AssertCount, ABadBoundIsTold) {
  EXPECT_EQ(test::problems_of("assert.count", test::map({{"count", test::scalar("some")}})),
            std::vector<std::string>{"E-RULE-VALUE"});
  EXPECT_EQ(test::problems_of("assert.count", test::map({})),
            std::vector<std::string>{"E-RULE-MISSING"});
}

}  // namespace
}  // namespace stateferry
