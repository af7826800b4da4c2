#include <gtest/gtest.h>

#include <memory>

#include "../test_support.hpp"
#include "stateferry/diag/error.hpp"
#include "transforms.hpp"

namespace stateferry::uri {
namespace {

using test::configure;
using test::map;
using test::rewrite;
using test::scalar;
using Codes = std::vector<std::string>;

template <class Make>
std::unique_ptr<UriTransform> make(Make make) {
  return std::unique_ptr<UriTransform>(dynamic_cast<UriTransform*>(make()));
}

std::unique_ptr<UriTransform> replace_prefix(const std::string& from, const std::string& to) {
  auto transform = make(make_replace_prefix);
  EXPECT_EQ(configure(*transform, map({{"from", scalar(from)}, {"to", scalar(to)}})), Codes{});
  return transform;
}

TEST(ReplacePrefix, MovesWhatLiesBelow) {
  const auto t = replace_prefix("s3://old/a", "s3://new/b");
  EXPECT_EQ(rewrite(*t, "s3://old/a/x/y"), "s3://new/b/x/y");
  EXPECT_EQ(rewrite(*t, "s3://old/a"), "s3://new/b");
}

TEST(ReplacePrefix, StopsAtAPathBoundary) {
  const auto t = replace_prefix("s3://old/a", "s3://new/b");
  EXPECT_EQ(rewrite(*t, "s3://old/a_backup/x"), "(unmatched)");
  EXPECT_EQ(rewrite(*t, "s3://old/ab"), "(unmatched)");
  EXPECT_EQ(rewrite(*t, "s3a://old/a/x"), "(unmatched)");
  EXPECT_EQ(rewrite(*t, "S3://old/a/x"), "(unmatched)");
}

TEST(ReplacePrefix, TrailingSlashesChangeNothing) {
  for (const char* from : {"s3://old/a", "s3://old/a/"}) {
    for (const char* to : {"s3://new/b", "s3://new/b/"}) {
      EXPECT_EQ(rewrite(*replace_prefix(from, to), "s3://old/a/x"), "s3://new/b/x");
    }
  }
}

TEST(ReplacePrefix, MovesBetweenBucketRoots) {
  for (const char* from : {"s3://old", "s3://old/"}) {
    for (const char* to : {"s3://new", "s3://new/"}) {
      const auto t = replace_prefix(from, to);
      EXPECT_EQ(rewrite(*t, "s3://old/x"), "s3://new/x");
      EXPECT_EQ(rewrite(*t, "s3://older/x"), "(unmatched)");
      EXPECT_EQ(rewrite(*t, "s3://new/x"), "(already)");
    }
  }
}

TEST(ReplacePrefix, ASecondRunFindsEverythingInPlace) {
  const auto t = replace_prefix("s3://old/a", "s3://new/b");
  EXPECT_EQ(rewrite(*t, rewrite(*t, "s3://old/a/x")), "(already)");
}

TEST(ReplacePrefix, MovingUpIsFine) {
  const auto t = replace_prefix("s3://b/a/deep", "s3://b/a");
  EXPECT_EQ(rewrite(*t, "s3://b/a/deep/x"), "s3://b/a/x");
  EXPECT_EQ(rewrite(*t, "s3://b/a/x"), "(already)");
}

TEST(ReplacePrefix, ATargetBelowItsSourceMustBeAccepted) {
  auto t = make(make_replace_prefix);
  const auto with = map({{"from", scalar("s3://b/a")}, {"to", scalar("s3://b/a/new")}});
  EXPECT_EQ(configure(*t, with), Codes{"E-RULE-NESTED"});
  auto accepted = make(make_replace_prefix);
  EXPECT_EQ(configure(*accepted, with, {"nested-target"}), Codes{});
  EXPECT_EQ(rewrite(*accepted, "s3://b/a/x"), "s3://b/a/new/x");
  EXPECT_EQ(rewrite(*accepted, "s3://b/a/new/x"), "(already)");
}

TEST(ReplacePrefix, RefusesWhatIsNoPrefix) {
  const auto problems = [](const std::string& from, const std::string& to) {
    auto t = make(make_replace_prefix);
    return configure(*t, map({{"from", scalar(from)}, {"to", scalar(to)}}));
  };
  EXPECT_FALSE(problems("", "s3://b/x").empty());
  EXPECT_FALSE(problems("no/scheme", "s3://b/x").empty());
  EXPECT_FALSE(problems("s3:bucket", "s3://b/x").empty());
  EXPECT_FALSE(problems("s3://b/x", "s3://b/x/").empty());
}

TEST(ReplacePrefix, FileUrisAreTheSameWithOneSlashAndThree) {
  const auto t = replace_prefix("file:///tmp/old", "file:/tmp/new");
  EXPECT_EQ(rewrite(*t, "file:/tmp/old/x"), "file:/tmp/new/x");
}

TEST(MapPrefix, TheLongestSourceWinsInAnyOrder) {
  for (const bool reversed : {false, true}) {
    std::vector<std::pair<std::string, ParamNode>> pairs = {
        {"s3://old", scalar("s3://rest")}, {"s3://old/flink/shared", scalar("s3://shared")}};
    if (reversed) std::swap(pairs[0], pairs[1]);
    auto t = make(make_map_prefix);
    ASSERT_EQ(configure(*t, map({{"map", map(pairs)}})), Codes{});
    EXPECT_EQ(rewrite(*t, "s3://old/flink/shared/x"), "s3://shared/x");
    EXPECT_EQ(rewrite(*t, "s3://old/flink/chk-1/x"), "s3://rest/flink/chk-1/x");
    EXPECT_EQ(rewrite(*t, "s3://shared/x"), "(already)");
    EXPECT_EQ(rewrite(*t, "s3://other/x"), "(unmatched)");
  }
}

TEST(MapPrefix, SwappingNeedsAcceptance) {
  auto t = make(make_map_prefix);
  EXPECT_EQ(
      configure(*t,
                map({{"map", map({{"s3://a", scalar("s3://b")}, {"s3://b", scalar("s3://a")}})}})),
      Codes{"E-RULE-NESTED"});
}

TEST(MapPrefix, IsInjectiveOnlyWithTargetsApart) {
  auto apart = make(make_map_prefix);
  configure(*apart,
            map({{"map", map({{"s3://a", scalar("s3://x/a")}, {"s3://b", scalar("s3://x/b")}})}}));
  EXPECT_TRUE(apart->injective());
  auto merged = make(make_map_prefix);
  configure(*merged,
            map({{"map", map({{"s3://a", scalar("s3://x")}, {"s3://b", scalar("s3://x")}})}}));
  EXPECT_FALSE(merged->injective());
}

TEST(Scheme, ChangesTheSchemeAlone) {
  auto t = make(make_scheme);
  ASSERT_EQ(configure(*t, map({{"from", test::list({"s3a", "s3n"})}, {"to", scalar("s3")}})),
            Codes{});
  EXPECT_EQ(rewrite(*t, "s3a://b/s3a://x"), "s3://b/s3a://x");
  EXPECT_EQ(rewrite(*t, "s3n://b/x"), "s3://b/x");
  EXPECT_EQ(rewrite(*t, "s3://b/s3a/x"), "(already)");
  EXPECT_EQ(rewrite(*t, "hdfs://nn/s3a"), "(unmatched)");
  EXPECT_FALSE(t->injective());
}

TEST(Scheme, RefusesWhatIsNoScheme) {
  for (const char* bad : {"s3:", "s3://", "3s", "c", ""}) {
    auto t = make(make_scheme);
    EXPECT_FALSE(configure(*t, map({{"from", scalar("s3a")}, {"to", scalar(bad)}})).empty()) << bad;
  }
  auto same = make(make_scheme);
  EXPECT_EQ(configure(*same, map({{"from", scalar("s3")}, {"to", scalar("s3")}})),
            Codes{"E-RULE-VALUE"});
}

std::unique_ptr<UriTransform> regex(const std::string& pattern, const std::string& to) {
  auto t = make(make_regex);
  EXPECT_EQ(configure(*t, map({{"pattern", scalar(pattern)}, {"to", scalar(to)}})), Codes{});
  return t;
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
    auto t = make(make_regex);
    return configure(*t, map({{"pattern", scalar(pattern)}, {"to", scalar(to)}}));
  };
  EXPECT_EQ(problems("s3://(", "s3://b"), Codes{"E-RULE-VALUE"});
  EXPECT_EQ(problems("s3://a(?P<path>.*)", "s3://b{pth}"), Codes{"E-RULE-VALUE"});
  EXPECT_EQ(problems("s3://a(?P<path>.*)", "s3://b{path"), Codes{"E-RULE-VALUE"});
  EXPECT_EQ(problems("s3://a(?P<path>.*)", "s3://b}"), Codes{"E-RULE-VALUE"});
}

// What a transform says of a directory it says of each file in it.
void expect_agreement(const UriTransform& transform) {
  for (const std::string directory :
       {"s3://old/", "s3://old/a/", "s3://old/a/x/", "s3://old/ab/", "s3://new/", "s3://new/b/",
        "s3://new/b/y/", "s3n://old/a/", "s3a://old/a/", "file:/", "file:/tmp/", "hdfs://n/a/", "/",
        "/data/", "/data/a/"}) {
    std::string target;
    const auto outcome = transform.rewrite_directory(directory, target);
    if (!outcome) continue;
    for (const std::string name : {"a", "ab", "b", "x", "y", "tmp", "0-1"}) {
      const std::string expected = *outcome == Outcome::changed     ? target + name
                                   : *outcome == Outcome::unmatched ? "(unmatched)"
                                                                    : "(already)";
      EXPECT_EQ(rewrite(transform, directory + name), expected) << directory << name;
    }
  }
}

TEST(ReplacePrefix, LocationsWithoutAScheme) {
  const auto t = replace_prefix("/data/old", "/mnt/new");
  EXPECT_EQ(rewrite(*t, "/data/old/x"), "/mnt/new/x");
  EXPECT_EQ(rewrite(*t, "/mnt/new/x"), "(already)");
  EXPECT_EQ(rewrite(*t, "file:/data/old/x"), "(unmatched)") << "another text";
  EXPECT_EQ(rewrite(*t, "/data/older/x"), "(unmatched)");
  EXPECT_EQ(rewrite(*replace_prefix("/", "hdfs://nn"), "/data/x"), "hdfs://nn/data/x");
  EXPECT_EQ(rewrite(*replace_prefix("/", "hdfs://nn"), "s3://b/x"), "(unmatched)");
  expect_agreement(*replace_prefix("/data", "s3://new"));
  expect_agreement(*replace_prefix("/", "s3://new"));
  const auto bare = make(make_replace_prefix);
  EXPECT_EQ(configure(*bare, map({{"from", scalar("s3://old")}, {"to", scalar("/new")}})),
            Codes{"E-RULE-VALUE"});
}

TEST(Directories, AgreeWithTheirFiles) {
  expect_agreement(*replace_prefix("s3://old/a", "s3://new/b"));
  expect_agreement(*replace_prefix("s3://old", "s3://new"));
  expect_agreement(*replace_prefix("s3://old/", "s3://new/b"));
  expect_agreement(*replace_prefix("s3://old/a", "s3://new/"));
  expect_agreement(*replace_prefix("file:/", "s3://new/b"));
  expect_agreement(*replace_prefix("s3://old/a/x", "s3://old/b"));
  const auto two = make(make_map_prefix);
  EXPECT_EQ(configure(*two, map({{"map", map({{"s3://old/a", scalar("s3://new/b")},
                                              {"s3://old/a/x", scalar("s3://new/y")},
                                              {"s3://old", scalar("s3://new/c")}})}})),
            Codes{});
  expect_agreement(*two);
  const auto nested = make(make_replace_prefix);
  EXPECT_EQ(
      configure(*nested, map({{"from", scalar("s3://old/a")}, {"to", scalar("s3://old/a/x")}}),
                {"nested-target"}),
      Codes{});
  expect_agreement(*nested);
  const auto scheme = make(make_scheme);
  EXPECT_EQ(configure(*scheme, map({{"from", test::list({"s3", "s3n"})}, {"to", scalar("s3a")}})),
            Codes{});
  expect_agreement(*scheme);
  std::string target;
  EXPECT_EQ(replace_prefix("s3://old/a", "s3://new/b")->rewrite_directory("s3://old/a/x/", target),
            Outcome::changed);
  EXPECT_EQ(target, "s3://new/b/x/");
  EXPECT_EQ(replace_prefix("s3://old/a", "s3://new/b")->rewrite_directory("s3://old/", target),
            std::nullopt)
      << "s3://old/a itself would move";
}

}  // namespace
}  // namespace stateferry::uri
