#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test_directories.hpp"

namespace stateferry::uri {
namespace {

using test::map;
using test::rewrite;
using test::scalar;
using Codes = std::vector<std::string>;

ParamNode with(const std::string& from, const std::string& to) {
  return map({{"from", scalar(from)}, {"to", scalar(to)}});
}

std::unique_ptr<UriTransform> replace_prefix(const std::string& from, const std::string& to,
                                             const std::vector<std::string>& accept = {}) {
  return test::configured<UriTransform>("uri.replace-prefix", with(from, to), accept);
}

Codes problems(const std::string& from, const std::string& to) {
  return test::problems_of("uri.replace-prefix", with(from, to));
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
  EXPECT_EQ(problems("s3://b/a", "s3://b/a/new"), Codes{"E-RULE-NESTED"});
  const auto accepted = replace_prefix("s3://b/a", "s3://b/a/new", {"nested-target"});
  EXPECT_EQ(rewrite(*accepted, "s3://b/a/x"), "s3://b/a/new/x");
  EXPECT_EQ(rewrite(*accepted, "s3://b/a/new/x"), "(already)");
}

TEST(ReplacePrefix, RefusesWhatIsNoPrefix) {
  EXPECT_FALSE(problems("", "s3://b/x").empty());
  EXPECT_FALSE(problems("no/scheme", "s3://b/x").empty());
  EXPECT_FALSE(problems("s3:bucket", "s3://b/x").empty());
  EXPECT_FALSE(problems("s3://b/x", "s3://b/x/").empty());
}

TEST(ReplacePrefix, FileUrisAreTheSameWithOneSlashAndThree) {
  const auto t = replace_prefix("file:///tmp/old", "file:/tmp/new");
  EXPECT_EQ(rewrite(*t, "file:/tmp/old/x"), "file:/tmp/new/x");
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
  EXPECT_EQ(problems("s3://old", "/new"), Codes{"E-RULE-VALUE"});
}

TEST(ReplacePrefix, DirectoriesAgreeWithTheirFiles) {
  expect_agreement(*replace_prefix("s3://old/a", "s3://new/b"));
  expect_agreement(*replace_prefix("s3://old", "s3://new"));
  expect_agreement(*replace_prefix("s3://old/", "s3://new/b"));
  expect_agreement(*replace_prefix("s3://old/a", "s3://new/"));
  expect_agreement(*replace_prefix("file:/", "s3://new/b"));
  expect_agreement(*replace_prefix("s3://old/a/x", "s3://old/b"));
  expect_agreement(*replace_prefix("s3://old/a", "s3://old/a/x", {"nested-target"}));
  std::string target;
  const auto t = replace_prefix("s3://old/a", "s3://new/b");
  EXPECT_EQ(t->rewrite_directory("s3://old/a/x/", target), Outcome::changed);
  EXPECT_EQ(target, "s3://new/b/x/");
  EXPECT_EQ(t->rewrite_directory("s3://old/", target), std::nullopt)
      << "s3://old/a itself would move";
}

}  // namespace
}  // namespace stateferry::uri
