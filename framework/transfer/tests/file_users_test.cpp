// Who needs a file: over a store that lies.
#include "stateferry/transfer/file_users.hpp"

#include <gtest/gtest.h>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

const std::string kRoot = "s3://b/ckpts";
const std::string kFile = kRoot + "/job/shared/a";

class FileUsersTest : public testing::Test {
 protected:
  FileUsersTest() : registry(test::plugin_registry()), stores(store.finder(), {}) {
    store.put(kFile, "state");
  }
  FileUsers find(const std::string& file = kFile) {
    return find_users(stores, registry, sink, file, kRoot);
  }

  test::LyingStore store;
  DiagnosticList sink;
  PluginRegistry registry;
  Stores stores;
};

TEST_F(FileUsersTest, FindsSnapshotsAtAnyDepth) {
  store.put(kRoot + "/job/chk-1/_metadata", test::tiny_snapshot({{kFile, 5}, {"meta", 1}}));
  store.put(kRoot + "/a/b/c/savepoint-1/_metadata", test::tiny_snapshot({{kFile, 5}}));
  store.put(kRoot + "/a/old/savepoint-2", test::tiny_snapshot({{kFile, 5}}));
  store.put(kRoot + "/other/chk-1/_metadata", test::tiny_snapshot({{"s3://b/else", 5}}));
  const FileUsers found = find();
  EXPECT_EQ(found.snapshots, 4U);
  ASSERT_EQ(found.users.size(), 3U);
  EXPECT_TRUE(found.unread.empty());
  ASSERT_EQ(found.users[0].uses.size(), 1U);
  EXPECT_EQ(found.users[0].uses[0].op.substr(0, 5), "hash:");
  EXPECT_EQ(found.users[0].uses[0].role, Role::incremental_meta);
}

TEST_F(FileUsersTest, OneFileHasManyNames) {
  store.put(kRoot + "/job/chk-1/_metadata", test::tiny_snapshot({{kFile, 5}}));
  EXPECT_EQ(find("s3a://b/ckpts/job/shared/a").users.size(), 1U);
  store.put(kRoot + "/job/chk-2/_metadata", test::tiny_snapshot({{"own", 5}}));
  EXPECT_EQ(find(kRoot + "/job/chk-2/own").users.size(), 1U);
  EXPECT_EQ(find("s3://other/ckpts/job/shared/a").users.size(), 0U);
  store.alias("s3://other", "s3://b");
  store.knows_identity = true;
  EXPECT_EQ(find("s3://other/ckpts/job/shared/a").users.size(), 1U);
}

TEST_F(FileUsersTest, TheMetadataItselfIsNeeded) {
  store.put(kRoot + "/job/chk-1/_metadata", test::tiny_snapshot({{kFile, 5}}));
  const FileUsers found = find(kRoot + "/job/chk-1/_metadata");
  ASSERT_EQ(found.users.size(), 1U);
  EXPECT_TRUE(found.users[0].uses[0].op.empty());
}

TEST_F(FileUsersTest, WhatCannotBeReadIsNoAnswer) {
  store.put(kRoot + "/job/chk-1/_metadata", test::tiny_snapshot({{kFile, 5}}).substr(0, 30));
  store.put(kRoot + "/job/chk-2/_metadata", test::tiny_snapshot({{"../../up", 5}}));
  store.put(kRoot + "/ha/completedCheckpoint0001", "x");
  store.put(kRoot + "/job/chk-3/state", "x");
  const FileUsers found = find();
  EXPECT_EQ(found.users.size(), 0U);
  EXPECT_EQ(found.unread.size(), 3U);
  EXPECT_EQ(found.unfinished, std::vector<std::string>{kRoot + "/job/chk-3"});
}

TEST_F(FileUsersTest, AStoreThatFailsEndsTheSearch) {
  store.put(kRoot + "/job/chk-1/_metadata", test::tiny_snapshot({{kFile, 5}}));
  store.denied.insert(kRoot);
  EXPECT_THROW(find(), Error);
}

}  // namespace
}  // namespace stateferry
