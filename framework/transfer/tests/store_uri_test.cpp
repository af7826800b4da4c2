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

TEST(StoreUri, AnAzureContainerIsOnePlaceByAnyScheme) {
  for (const char* uri :
       {"abfss://c@a.dfs.core.windows.net/k", "abfs://c@a.dfs.core.windows.net/k",
        "wasb://c@a.blob.core.windows.net/k", "wasbs://c@a.blob.core.windows.net/k",
        "abfss://c@A.DFS.core.windows.net./k", "wasbs://c@a.blob.core.windows.net:443/k",
        "abfs://c@a.dfs.core.windows.net:80/k"}) {
    EXPECT_EQ(canonical_uri(uri), "abfss://c@a.dfs.core.windows.net/k");
  }
  for (const char* other :
       {"abfss://C@a.dfs.core.windows.net/k", "abfss://c@b.dfs.core.windows.net/k",
        "abfss://c@a.dfs.core.chinacloudapi.cn/k", "abfss://c@a.dfs.core.windows.net:8443/k"}) {
    EXPECT_NE(canonical_uri(other), "abfss://c@a.dfs.core.windows.net/k") << other;
  }
  EXPECT_EQ(canonical_uri("wasb://c/k"), "abfss://c/k");
}

TEST(StoreUri, HostsHaveNoCapitalsDotsOrDefaultPorts) {
  for (const char* uri : {"hdfs://nn/k", "hdfs://nn:8020/k", "hdfs://NN./k", "hdfs://Nn:8020/k"}) {
    EXPECT_EQ(canonical_uri(uri), "hdfs://nn/k") << uri;
  }
  EXPECT_EQ(canonical_uri("hdfs://nn:9000/k"), "hdfs://nn:9000/k");
  EXPECT_EQ(canonical_uri("hdfs:/k"), "hdfs:/k");
  EXPECT_EQ(canonical_uri("s3://Bucket./k"), "s3://Bucket./k");
  EXPECT_EQ(canonical_uri("s3n://KEY:SEC@RET@b/k"), "s3://b/k");
  EXPECT_EQ(canonical_uri("s3://b"), "s3://b");
}

TEST(StoreUri, WhatMayBeOneFileHasOneText) {
  for (const char* uri : {"hdfs:/k", "hdfs://nn/k", "hdfs://nn:9000/k", "hdfs://NameService1/k"}) {
    EXPECT_EQ(broad_uri(uri), "hdfs:/k") << uri;
  }
  for (const char* uri : {"/k", "file:/k", "file://localhost/k", "file://host/k"}) {
    EXPECT_EQ(broad_uri(uri), "file:/k") << uri;
  }
  EXPECT_EQ(broad_uri("s3a://b/k"), "s3://b/k");
  EXPECT_EQ(broad_uri("wasb://c@A.blob.core.windows.net./k"), "abfss://c@a.dfs.core.windows.net/k");
  EXPECT_EQ(broad_uri("gs://b/k"), "gs://b/k");
}

TEST(StoreUri, AnotherHostIsNotLocal) {
  EXPECT_TRUE(is_local_uri("/k"));
  EXPECT_TRUE(is_local_uri("file:/k"));
  EXPECT_TRUE(is_local_uri("file://localhost/k"));
  EXPECT_FALSE(is_local_uri("file://host/k"));
  EXPECT_FALSE(is_local_uri("s3://localhost/k"));
}

TEST(StoreUri, UnderAnotherSchemeOfItsStore) {
  EXPECT_EQ(in_scheme("s3://b/k", "s3a"), "s3a://b/k");
  EXPECT_EQ(in_scheme("s3://b/k", "gs"), "s3://b/k");
  EXPECT_EQ(in_scheme("abfss://c@a.dfs.core.windows.net/k", "wasb"),
            "wasb://c@a.blob.core.windows.net/k");
  EXPECT_EQ(in_scheme("wasbs://c@a.blob.core.windows.net", "abfs"),
            "abfs://c@a.dfs.core.windows.net");
  EXPECT_EQ(in_scheme("abfss://c@10.0.0.1:10000/k", "abfs"), "abfs://c@10.0.0.1:10000/k");
  EXPECT_EQ(in_scheme("file:/a", "file"), "file:/a");
  EXPECT_EQ(store_root_of("abfss://c@a.x/k/l"), "abfss://c@a.x");
  EXPECT_EQ(store_root_of("s3://b"), "s3://b");
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

TEST(StoreUri, TheDirectoryOfAFileAndItsName) {
  EXPECT_EQ(directory_of("s3://b/a/x"), "s3://b/a");
  EXPECT_EQ(directory_of("s3://b/x"), "s3://b/");
  EXPECT_EQ(directory_of("s3://b/"), "s3://b/") << "nothing lies above a root";
  EXPECT_EQ(directory_of("s3://b"), "s3://b");
  EXPECT_EQ(directory_of("file:/x"), "file:/");
  EXPECT_EQ(directory_of("/a/x"), "/a");
  EXPECT_EQ(directory_of("x"), "");
  EXPECT_EQ(last_name("s3://b/a/x"), "x");
  EXPECT_EQ(last_name("s3://b/a/"), "");
  EXPECT_EQ(last_name("x"), "x");
}

}  // namespace
}  // namespace stateferry
