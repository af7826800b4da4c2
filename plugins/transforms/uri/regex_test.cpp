#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "../test_support.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry::uri {
namespace {

using test::map;
using test::rewrite;
using test::scalar;
using Codes = std::vector<std::string>;

ParamNode with(const std::string& pattern, const std::string& to) {
  return map({{"pattern", scalar(pattern)}, {"to", scalar(to)}});
}

std::unique_ptr<UriTransform> regex(const std::string& pattern, const std::string& to) {
  return test::configured<UriTransform>("uri.regex", with(pattern, to));
}

TEST(Regex, IsAnchoredAtBothEnds) {
  const auto t = regex("hdfs://nn(?P<path>/.*)", "s3://b{path}");
  EXPECT_EQ(rewrite(*t, "hdfs://nn/x"), "s3://b/x");
  EXPECT_EQ(rewrite(*t, "xhdfs://nn/x"), "(unmatched)");
  const auto exact = regex("hdfs://nn/x", "s3://b/x");
  EXPECT_EQ(rewrite(*exact, "hdfs://nn/xy"), "(unmatched)");
}

TEST(Regex, WhatLiesBelowTheLiteralTargetIsInPlace) {
  const auto t = regex("hdfs://nn(:8020)?/flink/(?P<path>.*)", "s3://b/flink/{path}");
  EXPECT_EQ(rewrite(*t, rewrite(*t, "hdfs://nn:8020/flink/x")), "(already)");
  EXPECT_EQ(rewrite(*t, "s3://b/other/x"), "(unmatched)");
}

TEST(Regex, DollarsAndBracesAreLiteral) {
  EXPECT_EQ(rewrite(*regex("s3://a/(?P<p>.*)", "s3://b/$1/{{{p}}}"), "s3://a/x"), "s3://b/$1/{x}");
}

TEST(Regex, AResultThatMatchesAgainIsRefused) {
  const auto t = regex("s3://b/(?P<p>.*)", "s3://b/new/{p}");
  std::string result;
  EXPECT_THROW(t->rewrite("s3://b/x", result), RuleError);
}

// Each step run on its own result: that is in place, as it is for prefixes.
TEST(Regex, ASecondRunLeavesResultsAlone) {
  const auto expect_in_place = [](const std::string& pattern, const std::string& to,
                                  const std::string& uri) {
    const auto t = regex(pattern, to);
    const std::string result = rewrite(*t, uri);
    EXPECT_NE(result, "(unmatched)") << pattern;
    EXPECT_EQ(rewrite(*t, result), "(already)") << result;
  };
  expect_in_place("s3://old/(?P<p>.*)", "s3://new/{p}", "s3://old/x");
  expect_in_place("(?P<s>s3a?)://old/(?P<p>.*)", "{s}://new/{p}", "s3a://old/x");
  expect_in_place("(?P<s>s3[an]?)://old/(?P<p>(a|b)/.*)", "{s}://new/{p}", "s3n://old/b/x");
  expect_in_place("(?P<all>s3://a/.*)\\.sst", "{all}.v2", "s3://a/x.sst");
  const auto t = regex("(?P<s>s3a?)://old/(?P<p>.*)", "{s}://new/{p}");
  EXPECT_EQ(rewrite(*t, "hdfs://new/x"), "(unmatched)") << "no result has this scheme";
  EXPECT_EQ(rewrite(*t, "s3://other/x"), "(unmatched)");
}

// Where 'to' has nothing of its own, a result can't be told from any other URI.
TEST(Regex, WithoutANameInToASecondRunMatchesNothing) {
  const auto t = regex("(?P<s>s3)://old-(?P<b>[^/]*)(?P<p>/.*)", "{s}://{b}{p}");
  EXPECT_EQ(rewrite(*t, "s3://old-b/x"), "s3://b/x");
  EXPECT_EQ(rewrite(*t, "s3://b/x"), "(unmatched)");
}

TEST(Regex, BadPatternsAndGroupsAreTold) {
  const auto problems = [](const std::string& pattern, const std::string& to) {
    return test::problems_of("uri.regex", with(pattern, to));
  };
  EXPECT_EQ(problems("s3://(", "s3://b"), Codes{"E-RULE-VALUE"});
  EXPECT_EQ(problems("s3://a(?P<path>.*)", "s3://b{pth}"), Codes{"E-RULE-VALUE"});
  EXPECT_EQ(problems("s3://a(?P<path>.*)", "s3://b{path"), Codes{"E-RULE-VALUE"});
  EXPECT_EQ(problems("s3://a(?P<path>.*)", "s3://b}"), Codes{"E-RULE-VALUE"});
}

}  // namespace
}  // namespace stateferry::uri
