#include <gtest/gtest.h>

#include "stateferry/rules/rule_file.hpp"

namespace stateferry {
namespace {

TEST(VersionRangeTest, Contains) {
  const auto holds = [](const char* range, const char* version) {
    return parse_version_range(range).value().contains(version);
  };
  EXPECT_TRUE(holds(">=1.2 <2", "1.2"));
  EXPECT_TRUE(holds(">=1.2 <2", "1.2.0"));
  EXPECT_TRUE(holds(">=1.2  <2", "1.10.3"));
  EXPECT_TRUE(holds(">=1.2 <2", "1.3.0-rc1"));
  EXPECT_TRUE(holds(">=1.2 <2", "1.3.0+abc"));
  EXPECT_FALSE(holds(">=1.2 <2", "1.1.9"));
  EXPECT_FALSE(holds(">=1.2 <2", "2.0.0"));
  EXPECT_TRUE(holds("=1.2", "1.2.0"));
  EXPECT_FALSE(holds("=1.2", "1.2.1"));
  EXPECT_TRUE(holds("<=1.2", "1.2.0.0"));
  EXPECT_TRUE(holds(">1.2", "1.2.0.1"));
  EXPECT_FALSE(holds(">=0", "newest"));
  EXPECT_FALSE(holds(">=0", ""));
  EXPECT_FALSE(holds(">=0", "1.2.3.4.5"));
}

TEST(VersionRangeTest, WhatIsNoRange) {
  for (const char* text : {"", " ", "1.2", "*", ">=", ">= 1", ">=1.", ">=.1", ">=1.x", "^1", "~1.2",
                           ">=1.2.3.4.5", ">=-1", ">=99999999999", ">=1,<2", "=>1"}) {
    EXPECT_FALSE(parse_version_range(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace stateferry
