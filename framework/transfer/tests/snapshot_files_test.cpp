// Which files of a listing are snapshots, and which checkpoints are not finished.
#include "stateferry/transfer/snapshot_files.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/snapshot.hpp"

namespace stateferry {
namespace {

TEST(SnapshotFiles, NamesThatFlinkGives) {
  EXPECT_EQ(snapshot_name("s3://b/sp/_metadata"), SnapshotName::snapshot);
  EXPECT_EQ(snapshot_name("s3://b/savepoint-0a1b2c-3d4e"), SnapshotName::snapshot);
  EXPECT_EQ(snapshot_name("file:/c/checkpoint_metadata-0123"), SnapshotName::snapshot);
  EXPECT_EQ(snapshot_name("file:/ha/default/completedCheckpoint4711"),
            SnapshotName::completed_checkpoint);
  EXPECT_EQ(snapshot_name("file:/savepoint-0a1b2c-3d4e/7f"), SnapshotName::other);
  EXPECT_EQ(snapshot_name("file:/c/x_metadata"), SnapshotName::other);
}

TEST(SnapshotFiles, DirectoriesOfCheckpoints) {
  const auto directory = checkpoint_directory_of("s3://b/job/chk-12/deep/a");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->uri, "s3://b/job/chk-12");
  EXPECT_EQ(directory->number, 12U);
  EXPECT_EQ(checkpoint_directory_of("file:/job/chk-3/")->uri, "file:/job/chk-3");
  EXPECT_FALSE(checkpoint_directory_of("file:/job/chk-3"));
  EXPECT_FALSE(checkpoint_directory_of("s3://chk-1/job/a"));
  EXPECT_FALSE(checkpoint_directory_of("file:/job/chk-/a"));
  EXPECT_FALSE(checkpoint_directory_of("file:/job/chk-2x/a"));
  EXPECT_FALSE(checkpoint_directory_of("file:/job/chk-99999999999999999999/a"));
}

TEST(SnapshotFiles, WhereStateFilesAre) {
  EXPECT_TRUE(in_state_directory("s3://b/x/job/shared/a", "s3://b/x"));
  EXPECT_TRUE(in_state_directory("s3://b/x/job/chk-4/a/b", "s3://b/x"));
  EXPECT_TRUE(in_state_directory("s3://b/x/taskowned/a", "s3://b/x"));
  EXPECT_FALSE(in_state_directory("s3://b/shared/job/a", "s3://b/shared"));
  EXPECT_FALSE(in_state_directory("s3://b/x/shared", "s3://b/x"));
}

TEST(SnapshotFiles, FirstBytes) {
  test::LyingStore store;
  store.put("s3://b/old", "\x49\x60\x67\x2d\x00");
  store.put("s3://b/short", "\x49\x60");
  store.put("s3://b/other", "other");
  DiagnosticList sink;
  Stores stores(store.finder(), {});
  EXPECT_TRUE(begins_as_snapshot(stores, "s3://b/old"));
  EXPECT_FALSE(begins_as_snapshot(stores, "s3://b/short"));
  EXPECT_FALSE(begins_as_snapshot(stores, "s3://b/other"));
  EXPECT_FALSE(begins_as_snapshot(stores, "s3://b/gone"));
}

// One file that never ends.
class Endless final : public Storage {
 public:
  explicit Endless(std::string head) : head_(std::move(head)) {}
  std::optional<StoredFile> stat(const std::string&) override { return std::nullopt; }
  void list(const std::string&, const ListOptions&,
            const std::function<void(const StoredFile&)>&) override {}
  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override {
    if (!options.range) throw IoError("E-IO-READ", "all of it was asked for", uri);
    const std::size_t at = std::min<std::size_t>(options.range->offset, head_.size());
    const std::size_t end = std::min<std::size_t>(at + options.range->size, head_.size());
    sink.write(std::as_bytes(std::span(head_)).subspan(at, end - at));
  }
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }

 private:
  std::string head_;
};

std::string code_of_opening(const std::string& head) {
  DiagnosticList sink;
  const auto endless = std::make_shared<Endless>(head);
  Stores stores([&](std::string_view) { return StorageOffer{endless, "endless", "s3"}; }, {});
  try {
    open_metadata("s3://b/_metadata", stores);
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().subject, "s3://b/_metadata");
    return error.code();
  }
  return "ok";
}

TEST(SnapshotFiles, WhatIsNoneIsNotFetchedWhole) {
  EXPECT_EQ(code_of_opening("video, endless"), "E-FORMAT-MAGIC");
  EXPECT_EQ(code_of_opening(std::string("\x49\x60\x67\x2d\0\0\0\0", 8)), "E-FORMAT-V0");
  const char* const all = "E-IO-READ";
  EXPECT_EQ(code_of_opening(std::string("\x49\x60\x67\x2d\0\0\0\3", 8)), all);
  EXPECT_EQ(code_of_opening("short"), all) << "to say what it is";
  EXPECT_EQ(code_of_opening(std::string("\xAC\xED\0\5 record", 11)), all)
      << "maybe of Flink's high availability";
}

TEST(SnapshotFiles, CheckpointsThatAreNotFinished) {
  UnfinishedCheckpoints checkpoints;
  for (const char* uri : {"s3://b/job/chk-1/_metadata", "s3://b/job/chk-1/a", "s3://b/job/shared/x",
                          "s3://b/job/chk-2/a", "s3://b/job/chk-2/sub/_metadata"}) {
    checkpoints.see({uri, 1, 1000});
  }
  checkpoints.see({"s3://b/job/chk-3/", 0, 2000});
  const auto unfinished = checkpoints.unfinished();
  ASSERT_EQ(unfinished.size(), 2U);
  EXPECT_EQ(unfinished.at("s3://b/job/chk-2").files.size(), 2U);
  EXPECT_EQ(unfinished.at("s3://b/job/chk-2").number, 2U);
  EXPECT_TRUE(unfinished.at("s3://b/job/chk-3").files.empty());
  EXPECT_EQ(unfinished.at("s3://b/job/chk-3").modified, 2000);
}

}  // namespace
}  // namespace stateferry
