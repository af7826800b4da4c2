// The table of diagnostic codes.
#include "stateferry/diag/codes.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

TEST(CodesTest, EveryCodeIsFound) {
  for (const CodeInfo& info : all_codes()) {
    EXPECT_EQ(find_code(info.code), &info) << info.code;
  }
  EXPECT_EQ(find_code("E-RULE"), nullptr);
  EXPECT_EQ(find_code(""), nullptr);
  EXPECT_EQ(find_code("Z"), nullptr);
}

TEST(CodesTest, EveryRowIsComplete) {
  for (const CodeInfo& info : all_codes()) {
    const bool is_warning = info.code.starts_with("W-");
    EXPECT_TRUE(is_warning || info.code.starts_with("E-")) << info.code;
    EXPECT_EQ(info.exit == ExitCode::ok, is_warning) << info.code;
    EXPECT_TRUE(info.meaning.ends_with('.')) << info.code;
    EXPECT_TRUE(info.advice.ends_with('.')) << info.code;
  }
}

TEST(CodesTest, WhatIsWrongWithARuleFileIsExit78) {
  for (const char* code :
       {"E-RULE-DUPLICATE", "E-RULE-FILE", "E-RULE-INCLUDE", "E-RULE-LIMIT", "E-RULE-MISSING",
        "E-RULE-PLUGIN", "E-RULE-SYNTAX", "E-RULE-TYPE", "E-RULE-UNKNOWN",
        "E-RULE-UNKNOWN-TRANSFORM", "E-RULE-VALUE", "E-RULE-VARIABLE", "E-RULE-VERSION"}) {
    ASSERT_NE(find_code(code), nullptr) << code;
    EXPECT_EQ(find_code(code)->exit, ExitCode::bad_rules) << code;
  }
}

}  // namespace
}  // namespace stateferry
