#include "stateferry/transfer/store_uri.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

TEST(StoreUri, S3FamilyIsOneStore) {
  for (const char* uri : {"s3://b/k", "s3a://b/k", "s3n://b/k", "s3p://b/k"}) {
    EXPECT_EQ(canonical_uri(uri), "s3://b/k");
  }
  EXPECT_EQ(canonical_uri("s3x://b/k"), "s3x://b/k");
  EXPECT_EQ(canonical_uri("gs://b/s3a"), "gs://b/s3a");
  EXPECT_EQ(canonical_uri("/a"), "file:/a");
}

TEST(StoreUri, CommonDirectoryEndsAtASlash) {
  EXPECT_EQ(common_directory("s3://b/a/b", "s3://b/a/c"), "s3://b/a");
  EXPECT_EQ(common_directory("s3://b/job", "s3://b/job/chk-1"), "s3://b/job");
  EXPECT_EQ(common_directory("s3://b/job", "s3://b/job_old"), "s3://b");
  EXPECT_EQ(common_directory("s3://b/x", "s3://b/y"), "s3://b");
  EXPECT_EQ(common_directory("s3://b/x", "s3://c/x"), "");
  EXPECT_EQ(common_directory("s3://b/x", "gs://b/x"), "");
  EXPECT_EQ(common_directory("file:/a/b", "file:/c"), "file:/");
  EXPECT_EQ(common_directory("s3://b", "s3://b/x"), "s3://b");
}

TEST(StoreUri, Roots) {
  EXPECT_TRUE(is_store_root("s3://b"));
  EXPECT_TRUE(is_store_root("file:/"));
  EXPECT_FALSE(is_store_root("s3://b/x"));
  EXPECT_EQ(without_slash("s3://b/"), "s3://b/");
  EXPECT_EQ(without_slash("s3://b/x/"), "s3://b/x");
  EXPECT_EQ(without_slash("file:/"), "file:/");
  EXPECT_EQ(join_uri("s3://b", "x"), "s3://b/x");
  EXPECT_EQ(join_uri("file:/", "x"), "file:/x");
}

}  // namespace
}  // namespace stateferry
