// A whole move over a store that lies: nothing may pass as copied that isn't, and `_metadata` comes
// last.
#include "stateferry/transfer/snapshot_transfer.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "lying_storage.hpp"
#include "moving.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/verify.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

class SnapshotTransferTest : public testing::Test {
 protected:
  SnapshotTransferTest() : registry(test::plugin_registry()) {
    store.put("s3://old/sp/a", "state a");
    store.put("s3://old/sp/b", "state b");
    put_metadata(7);
    move = {"s3://old/sp/_metadata", "s3://new/sp"};
    move.delete_source = false;
  }
  // Size -1: one that the metadata doesn't say.
  void put_metadata(std::int64_t size_of_b) {
    store.put("s3://old/sp/_metadata",
              test::tiny_snapshot({{"s3://old/sp/a", 7}, {"s3://old/sp/b", size_of_b}}));
  }
  std::string run() { return move.run(store.finder(), registry, directory.file("journal")); }
  bool has_metadata() const { return store.has("s3://new/sp/_metadata"); }

  test::TemporaryDirectory directory;
  PluginRegistry registry;
  test::LyingStore store;
  test::Move move;
};

TEST_F(SnapshotTransferTest, TargetsAreLookedAtAfterCopying) {
  store.not_copied = {"s3://new/sp/b"};
  EXPECT_EQ(run(), "E-MOVE-INCOMPLETE");
  EXPECT_FALSE(has_metadata());
  store.not_copied = {};
  store.copied_short = {"s3://new/sp/b"};
  EXPECT_EQ(run(), "E-MOVE-INCOMPLETE");
  EXPECT_FALSE(has_metadata());
}

TEST_F(SnapshotTransferTest, MetadataIsReadBackAndNotLeftWhenItIsWrong) {
  store.read_wrong = {"s3://new/sp/_metadata"};
  EXPECT_EQ(run(), "E-VERIFY");
  EXPECT_FALSE(has_metadata());
  store.read_wrong = {};
  EXPECT_EQ(run(), "ok");
}

TEST_F(SnapshotTransferTest, AResumedRunTakesNoTargetOfAnotherSize) {
  put_metadata(-1);
  store.put("s3://new/sp/a", "state a");
  store.put("s3://new/sp/b", "xx");
  const std::vector<CopyItem> items = {{"s3://old/sp/a", "s3://new/sp/a", std::nullopt, 7},
                                       {"s3://old/sp/b", "s3://new/sp/b", std::nullopt, {}}};
  {
    Journal journal(directory.file("journal"), plan_id(items), items.size());
    journal.record(0);
    journal.record(1);
  }
  EXPECT_EQ(run(), "E-STORE-CONFLICT");
  EXPECT_FALSE(has_metadata());
  store.erase("s3://new/sp/b");
  EXPECT_EQ(run(), "ok");
  EXPECT_EQ(move.copied.resumed, 1U);
  EXPECT_EQ(move.copied.copied, 1U);
  EXPECT_EQ(store.content("s3://new/sp/b"), "state b");
}

TEST_F(SnapshotTransferTest, TheTargetIsLookedAtBeforeAnythingIsWritten) {
  store.no_target = "s3://new";
  EXPECT_EQ(run(), "E-IO-CREATE");
  EXPECT_EQ(store.changes, 0U);
}

TEST_F(SnapshotTransferTest, SourcesAreLookedAtBeforeAnythingIsCopied) {
  store.erase("s3://old/sp/b");
  EXPECT_EQ(run(), "E-MOVE-MISSING");
  store.put("s3://old/sp/b", "state b, and more");
  EXPECT_EQ(run(), "E-MOVE-MISSING") << "of another size";
  EXPECT_EQ(store.changes, 0U);
}

TEST_F(SnapshotTransferTest, WhatIsInPlaceOutlivesAPowerFailure) {
  EXPECT_EQ(run(), "ok");
  store.power_failure();
  EXPECT_TRUE(has_metadata());
  EXPECT_TRUE(store.has("s3://new/sp/a"));
  EXPECT_FALSE(std::filesystem::exists(directory.file("journal"))) << "nothing is left to go on";
}

TEST_F(SnapshotTransferTest, WhereItsFilesAreMissingIsToldByDirectory) {
  store.put("s3://x/job/chk-2/_metadata", test::tiny_snapshot({{"s3://x/job/shared/a", 7},
                                                               {"s3://x/job/chk-2/b", 7},
                                                               {"s3://old/sp/a", 7},
                                                               {"gs://none/c", 7}}));
  store.put("s3://x/job/shared/a", "state a");
  DiagnosticList sink;
  Stores stores(store.finder(), {});
  const Snapshot snapshot = read_snapshot("s3://x/job/chk-2/_metadata", {}, stores, registry, sink);
  EXPECT_EQ(roots_with_missing(stores, snapshot.references),
            (std::vector<std::string>{"s3://x/job  2 files: 1 is missing",
                                      "gs://none/  1 file: none is there", "s3://old/sp  1 file"}));
}

// Another tool has copied all but a file, `_metadata` included.
TEST_F(SnapshotTransferTest, ACopyThatWasCutIsCompletedByOneChange) {
  EXPECT_EQ(run(), "ok");
  const auto metadata = store.content("s3://new/sp/_metadata");
  store.erase("s3://new/sp/b");
  store.changes = 0;
  EXPECT_EQ(run(), "ok") << render(*move.error);
  EXPECT_FALSE(move.was_there);
  EXPECT_EQ(store.content("s3://new/sp/b"), "state b");
  EXPECT_EQ(store.content("s3://new/sp/_metadata"), metadata);
  EXPECT_EQ(store.changes, 1U);
  store.changes = 0;
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(move.was_there);
  EXPECT_EQ(store.changes, 0U);
}

TEST_F(SnapshotTransferTest, WithoutCopyingAllTargetsMustBeThere) {
  move.no_copy = true;
  store.put("s3://new/sp/a", "state a");
  EXPECT_EQ(run(), "E-MOVE-INCOMPLETE");
  EXPECT_FALSE(has_metadata());
  store.put("s3://new/sp/b", "state");
  EXPECT_EQ(run(), "E-MOVE-INCOMPLETE") << "of another size";
  EXPECT_FALSE(has_metadata());
  store.put("s3://new/sp/b", "state b");
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(has_metadata());
  store.erase("s3://new/sp/b");
  EXPECT_EQ(run(), "E-MOVE-INCOMPLETE") << "also where the _metadata stands already";
}

TEST_F(SnapshotTransferTest, MetadataIsNotPutInPlaceAfterAFailure) {
  store.not_copyable = {"s3://new/sp/b"};
  EXPECT_EQ(run(), "E-STORE-TEMPORARY");
  EXPECT_TRUE(store.has("s3://new/sp/a"));
  EXPECT_FALSE(has_metadata());
}

// In a directory below the target, where the files of another copy lie.
TEST(LocalTransfer, IsRefusedWhereADirectoryCanNotBe) {
  namespace fs = std::filesystem;
  const test::TemporaryDirectory directory;
  const auto uri = [&](const char* name) { return "file:" + directory.file(name); };
  fs::create_directories(directory.file("sp/sub"));
  fs::create_directories(directory.file("new/sp"));
  test::write_file(directory.file("sp/_metadata"), test::tiny_snapshot({{"a", 5}, {"sub/b", 5}}));
  test::write_file(directory.file("sp/a"), "state");
  test::write_file(directory.file("sp/sub/b"), "state");
  test::write_file(directory.file("new/sp/sub"), "no directory");
  PluginRegistry registry = test::plugin_registry();
  test::Move move{uri("sp/_metadata"), uri("new/sp")};
  move.delete_source = false;
  const auto find = [&](std::string_view scheme) { return registry.storage_for(scheme); };
  EXPECT_EQ(move.run(find, registry, directory.file("journal")), "E-IO-CREATE");
  EXPECT_FALSE(fs::exists(directory.file("new/sp/a"))) << "it was told after copying";
}

TEST(Sizes, AFileOfAnotherSizeIsNotTheOne) {
  Reference file;
  file.size = 7;
  const auto judged = [&](std::uint64_t size) { return judge(file, StoredFile{"s3://b/x", size}); };
  EXPECT_EQ(judge(file, std::nullopt), Mark::missing);
  EXPECT_EQ(judged(7), Mark::good);
  EXPECT_EQ(judged(6), Mark::differs);
  EXPECT_EQ(judged(8), Mark::differs) << "something else stands there";
  file.size.reset();
  file.at_least = 7;
  EXPECT_EQ(judged(6), Mark::differs);
  EXPECT_EQ(judged(8), Mark::good) << "no handle names its end";
}

TEST(Sizes, ATargetIsAtLeastAsLongAsHandlesReach) {
  test::LyingStore store;
  DiagnosticList sink;
  Stores stores(store.finder(), {});
  store.put("s3://new/x", "1234567");
  PlanRow row;
  row.target = "s3://new/x";
  std::uint64_t wrong = 0;
  for (const auto& [at_least, problems] : {std::pair(7U, 0U), std::pair(8U, 1U)}) {
    row.at_least = at_least;
    EXPECT_EQ(verify_targets(stores, std::vector{row}, wrong).size(), problems);
    EXPECT_EQ(wrong, problems);
  }
}

// What is there already needs no room.
TEST(LocalTransfer, IsRefusedWithoutRoomBeforeAnythingIsCopied) {
  namespace fs = std::filesystem;
  constexpr std::int64_t kHuge = std::int64_t{1} << 43;  // in a file without blocks
  const test::TemporaryDirectory directory;
  const auto uri = [&](const char* name) { return "file:" + directory.file(name); };
  fs::create_directories(directory.file("sp"));
  test::write_file(directory.file("sp/_metadata"), test::tiny_snapshot({{uri("sp/a"), kHuge}}));
  test::write_file(directory.file("sp/a"), "");
  fs::resize_file(directory.file("sp/a"), kHuge);
  PluginRegistry registry = test::plugin_registry();
  const auto find = [&](std::string_view scheme) { return registry.storage_for(scheme); };
  test::Move move{uri("sp/_metadata"), uri("new/sp")};
  move.delete_source = false;
  const std::string path = directory.file("journal");
  EXPECT_EQ(move.run(find, registry, path), "E-MOVE-SPACE");
  EXPECT_EQ(move.error->subject, uri("new/sp"));
  EXPECT_FALSE(fs::exists(directory.file("new")));
  fs::create_directories(directory.file("new/sp"));
  test::write_file(directory.file("new/sp/a"), "");
  fs::resize_file(directory.file("new/sp/a"), kHuge);
  const std::vector<CopyItem> items = {{uri("sp/a"), uri("new/sp/a"), std::nullopt, kHuge}};
  Journal(path, plan_id(items), 1).record(0);
  EXPECT_EQ(move.run(find, registry, path), "ok");
  EXPECT_EQ(move.copied.resumed, 1U);
}

TEST(CopyFailures, WhatHitsManyFilesIsToldOnce) {
  const auto failure = [](const char* message, const char* file) {
    return IoError("E-IO-WRITE", message, file).diagnostic();
  };
  CopyReport report;
  report.failures = {failure("disk full", "/a"), failure("odd", "/b"), failure("disk full", "/c"),
                     failure("disk full", "/d")};
  report.failed = 7;
  report.stopped = true;
  DiagnosticList problems;
  try {
    throw_failures(report, problems);
    FAIL() << "it counts as copied";
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().subject, "/a");
    EXPECT_EQ(error.diagnostic().notes,
              (std::vector<std::string>{"so it is with 2 further files", "3 further failures",
                                        "too many failures: the rest was not tried"}));
  }
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_EQ(problems.all()[0].subject, "/b");
  EXPECT_EQ(problems.all()[0].notes, std::vector<std::string>());
  throw_failures(CopyReport(), problems);
}

TEST_F(SnapshotTransferTest, AStateFileNeverBecomesTheMetadata) {
  store.put("s3://old/sp/x", test::tiny_snapshot({{"_metadata", 5}}));
  move.snapshot = "s3://old/sp/x";
  EXPECT_EQ(run(), "E-RULE-COLLISION");
  EXPECT_FALSE(has_metadata());
}

}  // namespace
}  // namespace stateferry
