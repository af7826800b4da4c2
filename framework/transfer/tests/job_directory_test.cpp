// Which snapshots a job's directory has, and which is the newest: over a store that lies.
#include "stateferry/transfer/job_directory.hpp"

#include <gtest/gtest.h>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

using Names = std::vector<std::string>;
const std::string kJob = "s3://b/ckpts/job";

class JobDirectoryTest : public testing::Test {
 protected:
  JobDirectoryTest() : registry(test::plugin_registry()), stores(store.finder(), {}) {}

  void put(const std::string& name, std::int64_t time, const std::vector<test::TinyFile>& files) {
    store.put(kJob + "/" + name + "/_metadata", test::tiny_snapshot(files), time);
  }
  Names names() {
    Names all;
    for (const JobSnapshot& one : list_snapshots(stores, kJob)) all.push_back(one.name);
    return all;
  }
  std::string newest() {
    passed.clear();
    const auto all = list_snapshots(stores, kJob);
    const JobSnapshot* one = newest_complete(
        all, stores, registry, sink,
        [&](const JobSnapshot& s, const std::string&) { passed.push_back(s.name); });
    return one == nullptr ? "none" : one->name;
  }

  test::LyingStore store;
  DiagnosticList sink;
  PluginRegistry registry;
  Stores stores;
  Names passed;
};

TEST_F(JobDirectoryTest, GoesByTimeAndThenByNumber) {
  put("chk-5", 100, {{"a", 1}});
  put("chk-1", 300, {{"a", 1}});
  put("chk-9", 200, {{"a", 1}});
  put("chk-10", 200, {{"a", 1}});
  put("savepoint-x", 250, {{"a", 1}});
  EXPECT_EQ(names(), (Names{"chk-1", "savepoint-x", "chk-10", "chk-9", "chk-5"}));
  EXPECT_EQ(newest(), "chk-1");
}

TEST_F(JobDirectoryTest, GoesByNumberWhereTheStoreTellsNoTimes) {
  put("chk-9", 300, {{"a", 1}});
  put("chk-10", 200, {{"a", 1}});
  store.tells_no_times = true;
  EXPECT_EQ(newest(), "chk-10");
}

TEST_F(JobDirectoryTest, TakesNoneThatIsNotWhole) {
  put("chk-1", 100, {{"a", 1}});
  store.put(kJob + "/chk-2/_metadata", test::tiny_snapshot({{"a", 1}}).substr(0, 40), 200);
  store.put(kJob + "/chk-3/_metadata", "", 300);
  store.put(kJob + "/chk-4/some-state", "x", 400);
  EXPECT_EQ(newest(), "chk-1");
  EXPECT_EQ(passed, (Names{"chk-3", "chk-2"}));
  EXPECT_EQ(names().back(), "chk-4");
}

TEST_F(JobDirectoryTest, FailsRatherThanTakesAnOlderOneWhereItCannotBeTold) {
  put("chk-1", 100, {{"a", 1}});
  put("chk-2", 200, {{"a", 1}});
  const auto all = list_snapshots(stores, kJob);
  store.denied.insert(kJob + "/chk-2");
  EXPECT_THROW(newest_complete(all, stores, registry, sink, [](const auto&, const auto&) {}),
               Error);
}

TEST_F(JobDirectoryTest, OneThatFlinkHasDeletedMeanwhileIsNone) {
  put("chk-1", 100, {{"a", 1}});
  put("chk-2", 200, {{"a", 1}});
  const auto all = list_snapshots(stores, kJob);
  store.erase(kJob + "/chk-2/_metadata");
  const auto* one = newest_complete(all, stores, registry, sink, [](const auto&, const auto&) {});
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->name, "chk-1");
}

TEST_F(JobDirectoryTest, LooksAtNothingElse) {
  put("chk-1", 100, {{"a", 1}});
  store.put(kJob + "/shared/chk-7/_metadata", test::tiny_snapshot({{"a", 1}}), 500);
  store.put(kJob + "/chk-1/deeper/chk-8/_metadata", test::tiny_snapshot({{"a", 1}}), 500);
  store.put(kJob + "/chk-/x", "x", 500);
  store.put(kJob + "/other/x", "x", 500);
  EXPECT_EQ(names(), Names{"chk-1"});
}

// What a job shares may be a million files, and may not be for whoever looks.
TEST_F(JobDirectoryTest, ListsNoFilesWhereTheStoreHasDirectories) {
  put("chk-1", 100, {{"a", 1}});
  put("chk-2", 200, {{"a", 1}});
  put("by-hand", 50, {{"a", 1}});
  store.put(kJob + "/chk-3/x", "x", 500);
  store.put(kJob + "/other/x", "x", 500);
  store.put(kJob + "/shared/x", "x", 500);
  store.lists_flat = true;
  store.denied = {kJob + "/shared", kJob + "/chk-3/x", kJob + "/other/x"};
  EXPECT_EQ(names(), (Names{"chk-2", "chk-1", "by-hand", "chk-3"}));
  EXPECT_EQ(newest(), "chk-2");
}

TEST_F(JobDirectoryTest, CountsFilesOnceAndThoseThatTheOneBeforeHasNot) {
  put("chk-1", 100, {{kJob + "/shared/a", 10}, {kJob + "/shared/b", 20}});
  put("chk-2", 200,
      {{"s3a://b/ckpts/job/shared/b", 20}, {kJob + "/shared/c", 5}, {kJob + "/shared/c", 5}});
  const auto all = list_snapshots(stores, kJob);
  const JobSnapshotFacts second = read_facts(all.at(0), stores, registry, sink);
  const JobSnapshotFacts first = read_facts(all.at(1), stores, registry, sink);
  EXPECT_TRUE(second.complete);
  EXPECT_EQ(second.files.size(), 2U);
  EXPECT_EQ(second.bytes, 25U);
  const NewFiles fresh = new_files(second.files, first.files);
  EXPECT_EQ(fresh.files, 1U);
  EXPECT_EQ(fresh.bytes, 5U);
}

}  // namespace
}  // namespace stateferry
