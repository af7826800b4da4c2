// `where` as a text of its own.
#include "stateferry/rules/where.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stateferry {
namespace {

TEST(Where, TakesTheKeysOfAStep) {
  DiagnosticList problems;
  const auto where =
      parse_where("--where", "{role: incremental-shared, uri: {scheme: [s3, s3a]}}", problems);
  ASSERT_TRUE(where);
  EXPECT_EQ(where->roles, Role::incremental_shared);
  EXPECT_THAT(where->uri_schemes, testing::ElementsAre("s3", "s3a"));
  EXPECT_TRUE(problems.all().empty());
}

TEST(Where, NeedsNoBraces) {
  DiagnosticList problems;
  const auto where = parse_where("--where", "operator: uid:orders", problems);
  ASSERT_TRUE(where);
  EXPECT_THAT(where->operator_uid, testing::ElementsAre("orders"));
}

TEST(Where, TellsAllProblemsWithTheirPlaces) {
  DiagnosticList problems;
  EXPECT_FALSE(parse_where("--where", "{rol: x, scope: here}", problems));
  ASSERT_EQ(problems.all().size(), 2U);
  EXPECT_EQ(problems.all()[0].code, "E-RULE-UNKNOWN");
  EXPECT_EQ(problems.all()[0].mark.column, 2);
  EXPECT_EQ(problems.all()[1].code, "E-RULE-VALUE");
}

TEST(Where, IsAMap) {
  for (const char* text : {"incremental-shared", "[role]", "{", "", "a: &x {y: *x}"}) {
    DiagnosticList problems;
    EXPECT_FALSE(parse_where("--where", text, problems)) << text;
    EXPECT_FALSE(problems.all().empty()) << text;
  }
}

}  // namespace
}  // namespace stateferry
