#include "stateferry/uri/uri_roots.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

std::vector<std::string> texts(const std::vector<UriRoot>& roots) {
  std::vector<std::string> all;
  for (const UriRoot& root : roots) all.push_back(root.uri + " " + std::to_string(root.locations));
  return all;
}

TEST(UriRoots, TheDeepestDirectoryOfEachStore) {
  UriRoots roots;
  roots.add("s3://b/job/shared/x", false);
  roots.add("s3://b/job/chk-1/y", false);
  roots.add("s3a://b/z", false);
  roots.add("s3a://b", false);
  roots.add("/data/flink/x", false);
  roots.add("file:/data/dir", true);
  EXPECT_EQ(
      texts(roots.nearest_to("s3://b/jobs")),
      (std::vector<std::string>{"s3://b/job 2", "s3a://b 2", "/data/flink 1", "file:/data/dir 1"}));
}

TEST(UriRoots, ManyOfADirectoryCountAtOnce) {
  UriRoots roots;
  roots.add("s3://b/job/shared/x", false, 3);
  roots.add("s3://b/job/shared/y", false, 2);
  EXPECT_EQ(texts(roots.nearest_to("s3://b")), std::vector<std::string>{"s3://b/job/shared 5"});
}

TEST(UriRoots, TheNearestComesFirst) {
  UriRoots roots;
  roots.add("abfss://c@a.dfs.core.windows.net/x", false);
  roots.add("s3://bucket-old/flink/x", false);
  roots.add("s3://other/flink/x", false);
  EXPECT_EQ(roots.nearest_to("s3://bukcet-old/flink").front().uri, "s3://bucket-old/flink");
  EXPECT_EQ(roots.nearest_to("s3://othr/flink").front().uri, "s3://other/flink");
}

TEST(UriRoots, AreNeverMoreThanAThousand) {
  UriRoots roots;
  for (int i = 0; i < 3000; ++i) roots.add("s3://b" + std::to_string(i) + "/x", false);
  EXPECT_EQ(roots.all().size(), 1000U);
}

}  // namespace
}  // namespace stateferry
