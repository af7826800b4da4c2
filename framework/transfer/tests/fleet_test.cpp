// Lists of snapshots, shards of them, and that no two of them are put in one place.
#include "stateferry/transfer/fleet.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry_test/code_of.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::code_of;

// The code of what `f` throws, else `ok`.
TEST(SnapshotListTest, OneALineWithItsTarget) {
  const auto list =
      read_snapshot_list("# a list\n\n  \t\ns3://b/a b\r\ns3://b/c\ts3://new/c\n/local", "list");
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].snapshot, "s3://b/a b");
  EXPECT_EQ(list[0].target, "");
  EXPECT_EQ(list[0].line, 4U);
  EXPECT_EQ(list[1].snapshot, "s3://b/c");
  EXPECT_EQ(list[1].target, "s3://new/c");
  EXPECT_EQ(list[2].snapshot, "/local");
  EXPECT_EQ(list[2].line, 6U);
  EXPECT_TRUE(read_snapshot_list("", "list").empty());
}

TEST(SnapshotListTest, WhatIsNoLineOfAList) {
  for (const char* text : {"a\tb\tc", "\tb", "-", "good\n-\tb"}) {
    EXPECT_EQ(code_of([&] { read_snapshot_list(text, "list"); }), "E-ARG-USAGE") << text;
  }
  EXPECT_EQ(code_of([&] { read_snapshot_list(std::string_view("a\0b", 3), "list"); }),
            "E-ARG-USAGE");
}

TEST(ShardTest, Texts) {
  const auto shard = shard_from_text("3/50");
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->index, 3U);
  EXPECT_EQ(shard->count, 50U);
  for (const char* text : {"", "3", "/", "3/", "50/50", "0/0", "-1/2", "1/2/3", "1 /2"}) {
    EXPECT_FALSE(shard_from_text(text)) << text;
  }
}

// Shards of several machines, and of several releases, must agree.
TEST(ShardTest, EachSnapshotIsInOneOfThem) {
  EXPECT_TRUE(in_shard("s3://bucket/job/chk-1/_metadata", {0, 1}));
  std::vector<std::size_t> sizes(7);
  for (int i = 0; i < 700; ++i) {
    const std::string pointer = "s3://bucket/job-" + std::to_string(i) + "/chk-1/_metadata";
    std::size_t in = 0;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      if (!in_shard(pointer, {k, sizes.size()})) continue;
      ++in;
      ++sizes[k];
      EXPECT_TRUE(in_shard("s3a" + pointer.substr(2), {k, sizes.size()}));
    }
    EXPECT_EQ(in, 1U);
  }
  for (const std::size_t size : sizes) EXPECT_GT(size, 60U);
  // printf s3://bucket/job-0/chk-1/_metadata | sha256sum, the first 16 digits, modulo 7.
  EXPECT_TRUE(in_shard("s3://bucket/job-0/chk-1/_metadata", {5, 7}));
}

TEST(FleetTargetsTest, TwoSnapshotsInOnePlace) {
  FleetTargets targets;
  targets.add_snapshot("s3://old/a/chk-1/_metadata", "s3://new/chk-1/_metadata");
  targets.add_snapshot("s3://old/a/chk-1/_metadata", "s3://second/chk-1/_metadata");
  EXPECT_EQ(code_of([&] {
              targets.add_snapshot("s3://old/b/chk-1/_metadata", "s3a://new/chk-1/_metadata");
            }),
            "E-MOVE-COLLISION");
  EXPECT_EQ(code_of([&] {
              targets.add_snapshot("s3://old/a/chk-1/_metadata", "s3://new/chk-1/_metadata");
            }),
            "E-MOVE-COLLISION");
}

TEST(FleetTargetsTest, OnePlaceByTwoNamesOfADisk) {
  const test::TemporaryDirectory folder;
  std::filesystem::create_directory(folder.path() / "new");
  std::filesystem::create_symlink("new", folder.path() / "link");
  const std::string base = "file:" + folder.path().string();
  FleetTargets targets;
  targets.add_snapshot("file:/old/a/_metadata", base + "/new/a/_metadata");
  EXPECT_EQ(
      code_of([&] { targets.add_snapshot("file:/old/b/_metadata", base + "/link/a/_metadata"); }),
      "E-MOVE-COLLISION");
  PlanRow row;
  row.source = "file:/old/x";
  row.target = base + "/new/x";
  EXPECT_TRUE(targets.add(row));
  row.target = base + "/link/x";
  EXPECT_FALSE(targets.add(row));
  row.source = "file:/other/x";
  EXPECT_EQ(code_of([&] { targets.add(row); }), "E-MOVE-COLLISION");
}

TEST(FleetTargetsTest, ASharedFileIsNewOnce) {
  FleetTargets targets;
  targets.add_snapshot("s3://old/chk-1/_metadata", "s3://new/chk-1/_metadata");
  PlanRow row;
  row.source = "s3://old/shared/x";
  row.target = "s3://new/shared/x";
  EXPECT_TRUE(targets.add(row));
  targets.next();
  targets.add_snapshot("s3://old/chk-2/_metadata", "s3://new/chk-2/_metadata");
  EXPECT_FALSE(targets.add(row));
  targets.forget_files();  // none is of the second
  EXPECT_FALSE(targets.add(row));
  row.source = row.target = "s3://new/shared/y";
  EXPECT_TRUE(targets.add(row));
  targets.forget_files();
  EXPECT_TRUE(targets.add(row));
}

TEST(FleetTargetsTest, WithoutTargetsAFileIsOneBySource) {
  FleetTargets targets;
  PlanRow row;
  row.source = "s3://old/shared/x";
  EXPECT_TRUE(targets.add(row));
  row.source = "s3a://old/shared/x";
  EXPECT_FALSE(targets.add(row));
}

}  // namespace
}  // namespace stateferry
