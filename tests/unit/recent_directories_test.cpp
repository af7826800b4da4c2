#include "stateferry/uri/recent_directories.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

TEST(PlainDirectory, OfTextsWithPlainNames) {
  EXPECT_EQ(plain_directory_of("s3://b/job/shared/x"), "s3://b/job/shared/");
  EXPECT_EQ(plain_directory_of("s3://b/x"), "s3://b/");
  EXPECT_EQ(plain_directory_of("file:/data/x"), "file:/data/");
  EXPECT_EQ(plain_directory_of("/data/x"), "/data/");
  EXPECT_EQ(plain_directory_of("deep/x"), "deep/");
}

TEST(PlainDirectory, OfNothingThatMayReadDifferently) {
  for (const char* text : {"s3://b", "s3://b/", "s3://b/job/", "x", "", "/x", "file:/x",
                           "s3://b/job/.x", "s3://b/job/\xC3\xA9", "s3://b/\xC3\xA9/x"}) {
    EXPECT_EQ(plain_directory_of(text), "") << text;
  }
}

TEST(PlainDirectory, BelowAnother) {
  const auto below = [](const char* to, const char* directory, const char* from) {
    return plain_directory_below(to, directory, from).value_or("-");
  };
  EXPECT_EQ(below("s3://new", "s3://old/job/shared/", "s3://old"), "s3://new/job/shared/");
  EXPECT_EQ(below("s3://new/", "s3://old/job/", "s3://old/"), "s3://new/job/");
  EXPECT_EQ(below("s3://new/a", "s3://old/job/", "s3://old/job"), "s3://new/a/");
  EXPECT_EQ(below("s3://new", "s3://old_a/", "s3://old"), "-");
  // One of the files may itself be what goes elsewhere.
  EXPECT_EQ(below("s3://new", "s3://old/", "s3://old/x"), "-");
  EXPECT_EQ(below("/", "s3://old/", "s3://old"), "-");
}

TEST(RecentDirectories, KnowTheLastFour) {
  RecentDirectories<int> recent;
  int forgotten = 0;
  const auto add = [&](const std::string& directory, int known) {
    recent.add(directory, known, [&](const auto& entry) { forgotten += entry.known; });
  };
  EXPECT_EQ(recent.find("s3://b/0/x"), nullptr);
  for (int i = 0; i < 4; ++i) add("s3://b/" + std::to_string(i) + "/", i + 1);
  ASSERT_NE(recent.find("s3://b/0/x"), nullptr);
  EXPECT_EQ(recent.find("s3://b/0/x")->known, 1);
  EXPECT_EQ(recent.find("s3://b/3/y")->directory, "s3://b/3/");
  EXPECT_EQ(forgotten, 0);
  add("s3://b/4/", 5);
  EXPECT_EQ(forgotten, 1);
  EXPECT_EQ(recent.find("s3://b/0/x"), nullptr);
  EXPECT_EQ(recent.find("s3://b/4/x")->known, 5);
}

TEST(RecentDirectories, HoldPlainNamesOnly) {
  RecentDirectories<int> recent;
  recent.add("s3://b/", 1, [](const auto&) {});
  for (const char* text : {"s3://b/", "s3://b", "s3://b/x/y", "s3://b/.x", "s3://b/\xC3\xA9"}) {
    EXPECT_EQ(recent.find(text), nullptr) << text;
  }
}

}  // namespace
}  // namespace stateferry
