#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "../test_support.hpp"

namespace stateferry {
namespace {

std::unique_ptr<Assertion> all(const ParamNode& with) {
  return test::configured<Assertion>("assert.all", with);
}

TEST(AssertAll, EachSelectedLocationMustMatch) {
  const auto assertion = all(test::map({{"prefix", test::scalar("s3://new/")}}));
  EXPECT_TRUE(assertion->matches("s3://new/x"));
  EXPECT_FALSE(assertion->matches("s3://newer/x"));
  EXPECT_FALSE(assertion->matching_is_fault()) << "what doesn't match is shown";
  EXPECT_EQ(assertion->verdict(0, 0), "");
  EXPECT_EQ(assertion->verdict(3, 3), "");
  EXPECT_EQ(assertion->verdict(3, 1), "2 of 3 selected locations are not what all must be");
}

TEST(AssertAll, ADirectoryIsToldAsItsFilesAre) {
  const auto assertion = all(test::map({{"glob", test::scalar("s3://new/*/x*")}}));
  EXPECT_EQ(assertion->matches_directory("s3://new/a/"), std::nullopt);
  const auto below = all(test::map({{"prefix", test::scalar("s3://new")}}));
  EXPECT_EQ(below->matches_directory("s3://new/a/"), true);
  EXPECT_EQ(below->matches_directory("s3://old/a/"), false);
}

TEST(AssertAll, EachUriInInlineStateMustMatch) {
  const auto assertion = all(test::map({{"prefix", test::scalar("s3://new")}}));
  const auto matches = [&](const std::string& name, const std::string& state) {
    return assertion->matches_inline(name, std::as_bytes(std::span(state.data(), state.size())));
  };
  EXPECT_TRUE(matches("", "\x01s3://new/a\x02s3://new/b\x03"));
  EXPECT_FALSE(matches("", "\x01s3://new/a\x02s3://old/b\x03")) << "one is not enough";
  EXPECT_FALSE(matches("", "\x01s3://old/a\x02s3://new/b\x03"));
  EXPECT_TRUE(matches("", "nothing that is a URI"));
  EXPECT_TRUE(matches("s3://new/name", "s3://new/a"));
  EXPECT_FALSE(matches("s3://old/name", "s3://new/a")) << "the handle's own name counts, too";
  EXPECT_FALSE(matches("s3://new/name", "s3://old/a"));
}

TEST(AssertAll, SaysNothingIsAnError) {
  EXPECT_EQ(test::problems_of("assert.all", test::map({})),
            std::vector<std::string>{"E-RULE-MISSING"});
}

}  // namespace
}  // namespace stateferry
