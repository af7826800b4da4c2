// `--delete-source`: what it must see, prove and refuse before a file goes. Over a store that lies,
// and over local disks with links.
#include "stateferry/transfer/source_deletion.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "lying_storage.hpp"
#include "moving.hpp"
#include "relocating.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/place_proof.hpp"
#include "stateferry/transfer/snapshot_move.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

const std::string kDirectory = "s3://old/ckpts";
const std::string kJob = kDirectory + "/job";
const std::string kPointer = kJob + "/chk-2/_metadata";
const std::string kNewJob = "s3://new/ckpts/job";
// A marker is written at this second, so that is when a move happens.
constexpr std::int64_t kNow = 2'000'000;

class SourceDeletionTest : public testing::Test {
 protected:
  SourceDeletionTest() : registry(test::plugin_registry()) {
    store.put(kJob + "/chk-2/meta", "meta state");
    store.put(kJob + "/shared/a", "shared a");
    store.put(kJob + "/shared/b", "shared b");
    store.put(kPointer,
              test::tiny_snapshot(
                  {{kJob + "/chk-2/meta", 10}, {kJob + "/shared/a", 8}, {kJob + "/shared/b", 8}}));
    move = {kPointer, kNewJob};
  }
  // A snapshot that needs one shared file.
  void put_referrer(const std::string& uri, const std::string& file = kJob + "/shared/a") {
    store.put(uri, test::tiny_snapshot({{file, 8}}));
  }
  std::string run() { return move.run(store.finder(), registry, directory.file("journal")); }
  // Runs a move that must be refused without having deleted a file.
  std::string refused() {
    const std::string code = run();
    for (const char* name : {"/chk-2/_metadata", "/chk-2/meta", "/shared/a", "/shared/b"}) {
      EXPECT_TRUE(store.has(kJob + name)) << name << " was deleted";
    }
    EXPECT_EQ(markers(), 0U);
    return code;
  }
  // Decides and looks as a move does, and lets `between` change that before it is carried out.
  template <class F>
  std::string run_with(F&& between) {
    DiagnosticList sink;
    Stores stores(store.finder(), {});
    SnapshotTransfer m{registry, stores, sink, read_snapshot(kPointer, {}, stores, registry, sink)};
    SnapshotMove moving(m, MoveRequest{kNewJob, {}, {}, "."}, MoveOptions{false, true, {}});
    TransferObserver observer;
    try {
      moving.decide(
          [&](const std::string&) { return test::relocating(moving.plan().relocations); });
      between(m, moving);
      moving.look();
      moving.carry_out(observer);
    } catch (const Error& error) {
      return error.code();
    }
    return "ok";
  }
  std::size_t markers() {
    std::size_t count = 0;
    const auto denied = std::exchange(store.denied, {});
    DiagnosticList sink;
    Stores stores(store.finder(), {});
    for (const char* bucket : {"s3://old", "s3://new"}) {
      stores.list(bucket, [&](const StoredFile& file) {
        if (file.uri.find(".stateferry-marker-") != std::string::npos) ++count;
      });
    }
    store.denied = denied;
    return count;
  }

  test::TemporaryDirectory directory;
  PluginRegistry registry;
  test::LyingStore store;
  test::Move move;
};

TEST_F(SourceDeletionTest, DeletesWhatNothingElseNeedsWithTheMetadataLast) {
  store.put("s3://old/unrelated", "stays");
  EXPECT_EQ(run(), "ok");
  EXPECT_EQ(move.report.deleted, 4U);
  EXPECT_EQ(move.report.others.looked_at, std::vector<std::string>{kDirectory});
  EXPECT_FALSE(store.has(kJob + "/shared/a"));
  EXPECT_EQ(store.content(kNewJob + "/shared/a"), "shared a");
  EXPECT_EQ(store.removed.back(), kPointer);
  EXPECT_TRUE(store.has("s3://old/unrelated"));
  EXPECT_EQ(markers(), 0U);
}

TEST_F(SourceDeletionTest, IsFinishedByTheSameCommandWhereverItIsKilled) {
  const test::LyingStore before = store;
  EXPECT_EQ(run(), "ok");
  const std::uint64_t changes = store.changes;
  ASSERT_GT(changes, 8U);
  for (std::uint64_t n = 1; n <= changes; ++n) {
    store = before;
    store.dies_at = n;
    fs::remove(directory.path() / "journal");
    EXPECT_EQ(run(), "E-STORE-UNREACHABLE") << n;
    store.dies_at = 0;
    EXPECT_EQ(run(), "ok") << "killed at change " << n << ": "
                           << (move.error ? render(*move.error) : "");
    EXPECT_FALSE(store.has(kPointer)) << n;
    EXPECT_FALSE(store.has(kJob + "/shared/b")) << n;
    EXPECT_TRUE(store.has(kNewJob + "/chk-2/_metadata")) << n;
    EXPECT_EQ(store.content(kNewJob + "/shared/b"), "shared b") << n;
  }
}

// ------------------------------------------------------------------------------ one place

TEST_F(SourceDeletionTest, TwoBucketsThatAreOnePlace) {
  const std::string sp = "s3://old/sp/_metadata";
  store.put("s3://old/sp/a", "state");
  store.put(sp, test::tiny_snapshot({{"a", 5}}));
  store.alias("s3://new", "s3://old");
  move = {sp, "s3://new/sp"};
  EXPECT_EQ(run(), "E-MOVE-NESTED");
  EXPECT_TRUE(move.was_there);
  EXPECT_TRUE(store.has(sp));
  EXPECT_TRUE(store.has("s3://old/sp/a"));
  EXPECT_EQ(markers(), 0U);
}

TEST_F(SourceDeletionTest, ATargetThatLiesInTheSourceUnderAnotherName) {
  store.alias("s3://new/deep", kJob + "/sub");
  move.target = "s3://new/deep/x";
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
}

TEST_F(SourceDeletionTest, ATargetOfAMapThatLiesInTheSource) {
  store.put("s3://claimed/c", "claimed!");
  store.put(kPointer,
            test::tiny_snapshot(
                {{kJob + "/chk-2/meta", 10}, {kJob + "/shared/a", 8}, {"s3://claimed/c", 8}}));
  store.alias("s3://elsewhere", kJob + "/shared");
  move.root = kJob;
  move.maps = {{"s3://claimed", "s3://elsewhere"}};
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
  EXPECT_TRUE(store.has("s3://claimed/c"));
}

TEST_F(SourceDeletionTest, ATargetThatIsTheSourceOfAnotherRoot) {
  store.put(kPointer, test::tiny_snapshot({{kJob + "/chk-2/meta", 10}, {"s3://claimed/a", 8}}));
  move.root = kJob;
  move.maps = {{"s3://claimed", kJob + "/shared"}};
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
}

TEST_F(SourceDeletionTest, AMarkerThatIsNotSeenProvesNothing) {
  store.not_written = ".stateferry-marker-";
  EXPECT_EQ(refused(), "E-VERIFY");
}

// Where no listing tells: the source isn't below the directory that is listed for markers.
TEST_F(SourceDeletionTest, AMarkerIsLookedForInTheOtherPlace) {
  store.alias("s3://new/x", "s3://old/x");
  DiagnosticList sink;
  Stores stores(store.finder(), {});
  PlaceProof proof(stores);
  EXPECT_EQ(proof.apart("s3://new/y", "s3://old/y"), kNow);
  try {
    proof.apart("s3://new/x", "s3://old/x");
    FAIL() << "one place counts as two";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-MOVE-NESTED");
  }
}

// What a link was made to after the first look.
TEST_F(SourceDeletionTest, WhetherPlacesAreOneIsLookedAtAgainBeforeAnythingIsWritten) {
  const std::string code = run_with([&](SnapshotTransfer& m, SnapshotMove& moving) {
    SourceDeletion deletion(m, moving.plan(), {false, {}});
    store.alias("s3://new/", kJob);
    store.knows_identity = true;
    for (const PlanRow& row : m.rows) store.put(row.target, *store.content(row.source));
    store.put(m.new_pointer(),
              {reinterpret_cast<const char*>(m.metadata.data()), m.metadata.size()});
    store.changes = 0;
    deletion.carry_out();
  });
  EXPECT_EQ(code, "E-MOVE-NESTED");
  EXPECT_EQ(store.changes, 0U) << "not even a marker";
}

// ------------------------------------------------------------------------------ copies

TEST_F(SourceDeletionTest, AFileThatWasCopiedNowhereIsNotDeleted) {
  EXPECT_EQ(run_with([](SnapshotTransfer& m, SnapshotMove&) { m.rows.pop_back(); }),
            "E-MOVE-INCOMPLETE");
  for (const char* name : {"/chk-2/_metadata", "/chk-2/meta", "/shared/a", "/shared/b"}) {
    EXPECT_TRUE(store.has(kJob + name)) << name;
  }
}

TEST_F(SourceDeletionTest, TheMetadataAtTheTargetIsReadAgain) {
  store.read_wrong_after[kNewJob + "/chk-2/_metadata"] = 1;  // it was right when it was written
  EXPECT_EQ(refused(), "E-MOVE-INCOMPLETE");
  EXPECT_EQ(move.error->subject, kNewJob + "/chk-2/_metadata");
}

TEST_F(SourceDeletionTest, TheCopyIsSafeBeforeAnythingIsDeleted) {
  store.forgets = true;
  EXPECT_EQ(refused(), "E-IO-SYNC");
  store.forgets = false;
  store.removed.clear();  // markers
  EXPECT_EQ(run(), "ok");
  for (const char* name : {"/chk-2/_metadata", "/chk-2/meta", "/shared/a", "/shared/b"}) {
    EXPECT_TRUE(store.durable.contains(kNewJob + name)) << name;
  }
}

TEST_F(SourceDeletionTest, WithoutCopyingTheTargetMustHaveTheSourcesSizes) {
  // Merged and changelog files have no exact size in the metadata.
  store.put(kPointer,
            test::tiny_snapshot(
                {{kJob + "/chk-2/meta", 10}, {kJob + "/shared/a", -1}, {kJob + "/shared/b", 8}}));
  store.put(kNewJob + "/chk-2/meta", "meta state");
  store.put(kNewJob + "/shared/a", "short");
  store.put(kNewJob + "/shared/b", "shared b");
  move.no_copy = true;
  EXPECT_EQ(refused(), "E-MOVE-INCOMPLETE");
  store.put(kNewJob + "/shared/a", "shared a");
  EXPECT_EQ(run(), "ok");
  EXPECT_EQ(move.report.deleted, 4U);
}

TEST_F(SourceDeletionTest, AnotherMetadataAtTheTarget) {
  move.delete_source = false;
  EXPECT_EQ(run(), "ok");
  store.put(kNewJob + "/chk-2/_metadata", "something else");
  move.delete_source = true;
  EXPECT_EQ(refused(), "E-IO-EXISTS");
}

TEST_F(SourceDeletionTest, OnlyWhatLiesBelowTheRootIsDeleted) {
  store.put("s3://claimed/c", "claimed!");
  store.put(kPointer,
            test::tiny_snapshot(
                {{kJob + "/chk-2/meta", 10}, {kJob + "/shared/a", 8}, {"s3://claimed/c", 8}}));
  move.root = kJob;
  move.maps = {{"s3://claimed", "s3://new/claimed"}};
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(store.has("s3://claimed/c"));
  EXPECT_EQ(move.report.other_roots, 1U);
  EXPECT_EQ(move.report.deleted, 3U);
}

TEST_F(SourceDeletionTest, ARootThatRoseByItselfDeletesNothing) {
  const std::string other = kDirectory + "/earlier/shared/x";
  store.put(other, "of a job before");
  store.put(kPointer, test::tiny_snapshot({{kJob + "/chk-2/meta", 10},
                                           {kJob + "/shared/a", 8},
                                           {kJob + "/shared/b", 8},
                                           {other, 15}}));
  EXPECT_EQ(refused(), "E-MOVE-ROOTS");
  EXPECT_FALSE(store.has(kNewJob + "/job/shared/a")) << "it was told after copying";
  move.root = kDirectory;
  EXPECT_EQ(run(), "ok");
  EXPECT_FALSE(store.has(other));
}

// ------------------------------------------------------------------------------ referrers

TEST_F(SourceDeletionTest, ASiblingJobMayNeedTheFiles) {
  const std::string sibling = kDirectory + "/restarted/chk-3/_metadata";
  put_referrer(sibling);
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(store.has(kJob + "/shared/a"));
  EXPECT_FALSE(store.has(kJob + "/shared/b"));
  EXPECT_EQ(move.report.needed, 1U);
  ASSERT_EQ(move.report.others.referrers.size(), 1U);
  EXPECT_EQ(move.report.others.referrers[0].pointer, sibling);
  EXPECT_EQ(move.report.others.referrers[0].files, 1U);
}

TEST_F(SourceDeletionTest, EveryNameThatASnapshotMayHave) {
  for (const char* name : {"/job/chk-1/_metadata", "/job/shared/_metadata",
                           "/savepoint-1a2b3c-4d5e6f", "/checkpoint_metadata-0a1b2c",
                           "/job/chk-1/savepoint-deep", "/my-old-savepoint", "/job/backup.bin"}) {
    const test::LyingStore before = store;
    put_referrer(kDirectory + name);
    EXPECT_EQ(run(), "ok") << name;
    EXPECT_TRUE(store.has(kJob + "/shared/a")) << name;
    EXPECT_FALSE(store.has(kJob + "/shared/b")) << name;
    store = before;
  }
}

TEST_F(SourceDeletionTest, AReferrerUnderAnotherSchemeOfTheStore) {
  put_referrer(kDirectory + "/x/chk-1/_metadata", "s3a://old/ckpts/job/shared/a");
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(store.has(kJob + "/shared/a"));
}

TEST_F(SourceDeletionTest, AReferrerWithoutOrUnderAnotherNameNode) {
  const std::string job = "hdfs://nn:9000/ckpts/job";
  std::vector<test::TinyFile> files;
  for (const char* name : {"a", "b", "c", "d"}) {
    files.push_back({job + "/shared/" + name, 5});
    store.put(files.back().uri, "state");
  }
  store.put(job + "/chk-2/_metadata", test::tiny_snapshot(files));
  store.put("hdfs://nn:9000/ckpts/x/chk-1/_metadata",
            test::tiny_snapshot({{"hdfs:/ckpts/job/shared/a", 5},
                                 {"hdfs://nn/ckpts/job/shared/b", 5},
                                 {"hdfs://nameservice/ckpts/job/shared/c", 5}}));
  move = {job + "/chk-2/_metadata", "hdfs://nn:9000/new/job"};
  move.root = job;
  EXPECT_EQ(run(), "ok") << render(*move.error);
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(store.has(job + "/shared/" + name)) << name;
  EXPECT_FALSE(store.has(job + "/shared/d"));
}

// Which file system it means stands in Flink's configuration.
TEST_F(SourceDeletionTest, AReferrerWithoutAScheme) {
  put_referrer(kDirectory + "/x/chk-1/_metadata", "/ckpts/job/shared/a");
  EXPECT_EQ(run(), "ok") << render(*move.error);
  EXPECT_TRUE(store.has(kJob + "/shared/a"));
  EXPECT_FALSE(store.has(kJob + "/shared/b"));
}

TEST_F(SourceDeletionTest, AReferrerUnderAnotherNameOfTheFile) {
  store.knows_identity = true;
  store.alias("s3://nickname", "s3://old");
  put_referrer(kDirectory + "/x/chk-1/_metadata", "s3://nickname/ckpts/job/shared/a");
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(store.has(kJob + "/shared/a"));
  EXPECT_FALSE(store.has(kJob + "/shared/b"));
}

TEST_F(SourceDeletionTest, ASnapshotThatCannotBeRead) {
  store.put(kDirectory + "/x/_metadata", "damaged");
  EXPECT_EQ(refused(), "E-FORMAT-MAGIC");
  EXPECT_EQ(move.error->subject, kDirectory + "/x/_metadata");
  move.not_looked_at = {kDirectory + "/x"};
  EXPECT_EQ(run(), "ok");
}

TEST_F(SourceDeletionTest, ASnapshotThatNamesWhatIsNotFollowed) {
  store.put(kDirectory + "/x/_metadata", test::tiny_snapshot({{"../job/shared/a", 8}}));
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
}

TEST_F(SourceDeletionTest, ADirectoryThatCannotBeRead) {
  store.put(kDirectory + "/x/_metadata", "secret");
  store.denied = {kDirectory + "/x"};
  EXPECT_EQ(refused(), "E-IO-DENIED");
  store.denied = {kDirectory};
  store.put("s3://old/sp/_metadata", test::tiny_snapshot({{"a", 5}}));
  store.put("s3://old/sp/a", "state");
  move.snapshot = "s3://old/sp/_metadata";
  EXPECT_EQ(refused(), "E-IO-DENIED");
}

TEST_F(SourceDeletionTest, WhatNamesCheckpointsForHighAvailability) {
  store.put(kDirectory + "/ha/completedCheckpoint17ab", "a Java object");
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
  move.not_looked_at = {kDirectory + "/ha"};
  EXPECT_EQ(run(), "ok");
}

TEST_F(SourceDeletionTest, ACheckpointThatIsBeingWritten) {
  const std::string file = kJob + "/chk-3/x";
  store.put(file, "new", kNow - 3600);
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
  store.put(file, "new", kNow + 3600);
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
  store.put(file, "old", kNow - 25 * 3600);
  EXPECT_EQ(run(), "ok");
  EXPECT_EQ(move.report.others.abandoned, std::vector<std::string>{kJob + "/chk-3"});
}

TEST_F(SourceDeletionTest, ACheckpointWhoseMetadataLiesElsewhereIsFinished) {
  store.put(kDirectory + "/old/chk-7/x", "state of Flink 1.4", kNow);
  put_referrer(kDirectory + "/checkpoint_metadata-0a1b", kDirectory + "/old/chk-7/x");
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(move.report.others.abandoned.empty());
}

TEST_F(SourceDeletionTest, WithoutTimesACheckpointMayBeNew) {
  store.tells_no_times = true;
  store.put(kJob + "/chk-3/x", "state");
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
  store.erase(kJob + "/chk-3/x");
  store.still_listed = {kJob + "/chk-3/"};
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS") << "an empty directory";
  store.still_listed.clear();
  EXPECT_EQ(run(), "ok");
}

TEST_F(SourceDeletionTest, ASnapshotThatHasGoneSinceItWasListedNeedsNothing) {
  const std::string sibling = kDirectory + "/x/chk-1/_metadata";
  store.still_listed = {sibling};
  store.invented[sibling] = 100;
  EXPECT_EQ(refused(), "E-IO-NOT-FOUND") << "it is there, and can't be read";
  EXPECT_EQ(move.error->subject, sibling);
  store.invented.clear();
  EXPECT_EQ(run(), "ok") << render(*move.error);
}

TEST_F(SourceDeletionTest, TheWholeMachineIsNotLookedThrough) {
  const std::string code = run_with(
      [](SnapshotTransfer& m, SnapshotMove&) { ReferrerSearch(m, {}, {}).run({"file:/"}, kNow); });
  EXPECT_EQ(code, "E-MOVE-REFERRERS");
}

TEST_F(SourceDeletionTest, TooManyFilesToLookAtEach) {
  for (int i = 0; i < 1001; ++i) store.put(kDirectory + "/x/" + std::to_string(i), "data");
  for (int i = 0; i < 2000; ++i) store.put(kJob + "/shared/x" + std::to_string(i), "data");
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
  store.erase(kDirectory + "/x/0");
  EXPECT_EQ(run(), "ok");
}

TEST_F(SourceDeletionTest, FilesOfKnownSnapshotsAreNotLookedAt) {
  std::vector<test::TinyFile> files;
  for (int i = 0; i < 1500; ++i) {
    files.push_back({"s3://old/ckpts/sp/" + std::to_string(i), 4});
    store.put(files.back().uri, "data");
  }
  store.put(kDirectory + "/sp/_metadata", test::tiny_snapshot(files));
  EXPECT_EQ(run(), "ok");
}

// ------------------------------------------------------------------------------ local disks

class LocalDeletionTest : public testing::Test {
 protected:
  LocalDeletionTest() : registry(test::plugin_registry()) {
    put("data/ckpts/job/chk-2/meta", "meta state");
    put("data/ckpts/job/shared/a", "shared a");
    put("data/ckpts/job/chk-2/_metadata",
        test::tiny_snapshot({{"meta", 10}, {uri("data/ckpts/job/shared/a"), 8}}));
    put("data/sp/a", "state");
    put("data/sp/_metadata", test::tiny_snapshot({{"a", 5}}));
    move = {uri("data/ckpts/job/chk-2/_metadata"), uri("new/job")};
  }
  std::string uri(std::string_view name) const { return "file:" + directory.file(name); }
  fs::path path(std::string_view name) const { return directory.path() / name; }
  void put(std::string_view name, std::string_view text) const {
    fs::create_directories(path(name).parent_path());
    test::write_file(path(name), text);
  }
  std::string run() {
    return move.run([this](std::string_view scheme) { return registry.storage_for(scheme); },
                    registry, directory.file("journal"));
  }
  std::string refused() {
    const std::string code = run();
    for (const char* name : {"data/ckpts/job/chk-2/_metadata", "data/ckpts/job/chk-2/meta",
                             "data/ckpts/job/shared/a", "data/sp/_metadata", "data/sp/a"}) {
      EXPECT_TRUE(fs::exists(path(name))) << name << " was deleted";
    }
    return code;
  }

  test::TemporaryDirectory directory;
  PluginRegistry registry;
  test::Move move;
};

TEST_F(LocalDeletionTest, DeletesAndLeavesNoMarkers) {
  EXPECT_EQ(run(), "ok") << (move.error ? render(*move.error) : "");
  EXPECT_EQ(move.report.deleted, 3U);
  EXPECT_FALSE(fs::exists(path("data/ckpts/job/chk-2")));
  for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
    EXPECT_EQ(entry.path().filename().string().find("marker"), std::string::npos) << entry.path();
  }
}

TEST_F(LocalDeletionTest, ALinkToTheSource) {
  fs::create_directory_symlink("data", path("link"));
  move = {uri("data/sp/_metadata"), uri("link/sp")};
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
}

TEST_F(LocalDeletionTest, ALinkIntoTheSource) {
  fs::create_directories(path("data/ckpts/job/sub"));
  fs::create_directory_symlink("data/ckpts/job/sub", path("link"));
  move.target = uri("link/x");
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
  EXPECT_FALSE(fs::exists(path("link/x"))) << "it was told after copying";
}

TEST_F(LocalDeletionTest, ALinkBackFromInsideOfTheTarget) {
  fs::create_directories(path("copy"));
  fs::copy(path("data/sp/_metadata"), path("copy/_metadata"));
  fs::create_symlink(path("data/sp/a"), path("copy/a"));
  move = {uri("data/sp/_metadata"), uri("copy")};
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
}

// A file system that shows the files of another as its own: mounted twice over the network, or by
// FUSE, or the upper layer of an overlay.
class WithoutIdentity final : public Storage {
 public:
  explicit WithoutIdentity(std::shared_ptr<Storage> inner) : inner_(std::move(inner)) {}
  std::optional<StoredFile> stat(const std::string& uri) override { return inner_->stat(uri); }
  void list(const std::string& directory, const ListOptions& options,
            const std::function<void(const StoredFile&)>& each) override {
    inner_->list(directory, options, each);
  }
  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override {
    inner_->read(uri, options, sink);
  }
  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& options) override {
    return inner_->write_new(uri, source, options);
  }
  void remove(const std::string& uri, const std::string& root) override {
    inner_->remove(uri, root);
  }

 private:
  std::shared_ptr<Storage> inner_;
};

TEST_F(LocalDeletionTest, ADirectoryOfTheTargetThatIsOneOfTheSource) {
  put("new/job/chk-2/meta", "meta state");
  fs::create_directory_symlink(path("data/ckpts/job/shared"), path("new/job/shared"));
  move.no_copy = true;
  EXPECT_EQ(refused(), "E-MOVE-NESTED") << "by device and inode";
  const auto find = [this](std::string_view scheme) {
    StorageOffer offer = registry.storage_for(scheme);
    offer.storage = std::make_shared<WithoutIdentity>(std::move(offer.storage));
    return offer;
  };
  EXPECT_EQ(move.run(find, registry, directory.file("journal")), "E-MOVE-NESTED") << "by a marker";
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/chk-2/_metadata")));
  for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
    EXPECT_EQ(entry.path().filename().string().find("marker"), std::string::npos) << entry.path();
  }
}

TEST_F(LocalDeletionTest, HardLinksAreNoCopies) {
  fs::create_directories(path("copy"));
  fs::copy(path("data/sp/_metadata"), path("copy/_metadata"));
  fs::create_hard_link(path("data/sp/a"), path("copy/a"));
  move = {uri("data/sp/_metadata"), uri("copy")};
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
}

TEST_F(LocalDeletionTest, AMetadataThatLeadsBackToTheSourceIsNoCopy) {
  fs::create_directories(path("copy"));
  put("copy/a", "state");
  move = {uri("data/sp/_metadata"), uri("copy")};
  fs::create_hard_link(path("data/sp/_metadata"), path("copy/_metadata"));
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
  fs::remove(path("copy/_metadata"));
  fs::create_symlink(path("data/sp/_metadata"), path("copy/_metadata"));
  EXPECT_EQ(refused(), "E-MOVE-NESTED");
}

TEST_F(LocalDeletionTest, WhatWasCopiedBeforeIsComparedByContent) {
  fs::create_directories(path("copy"));
  put("copy/a", "stale");
  move = {uri("data/sp/_metadata"), uri("copy")};
  move.no_copy = true;
  EXPECT_EQ(refused(), "E-MOVE-INCOMPLETE");
}

TEST_F(LocalDeletionTest, ADirectoryOfTheSourceBehindALink) {
  fs::rename(path("data/ckpts/job/shared"), path("elsewhere"));
  fs::create_directory_symlink(path("elsewhere"), path("data/ckpts/job/shared"));
  move.no_copy = true;
  put("new/job/chk-2/meta", "meta state");
  put("new/job/shared/a", "shared a");
  EXPECT_EQ(refused(), "E-STORE-SYMLINK");
}

TEST_F(LocalDeletionTest, AFileOfTheSourceThatIsALink) {
  fs::rename(path("data/ckpts/job/shared/a"), path("elsewhere"));
  fs::create_symlink(path("elsewhere"), path("data/ckpts/job/shared/a"));
  move.no_copy = true;
  put("new/job/chk-2/meta", "meta state");
  put("new/job/shared/a", "shared a");
  EXPECT_EQ(refused(), "E-STORE-SYMLINK");
}

// Whoever has the files lies beside the directory that a link leads to.
TEST_F(LocalDeletionTest, WhatOwnsTheFilesIsLookedForByWhereLinksLead) {
  fs::create_directories(path("disk2/job/shared"));
  fs::create_directories(path("up/root"));
  fs::create_directory_symlink(path("disk2/job"), path("up/root/job"));
  EXPECT_EQ(directories_above(uri("up/root/chk-2"), uri("up/root"), {uri("up/root/job/shared/a")}),
            (std::vector<std::string>{uri("up"), uri("disk2")}));
}

TEST_F(LocalDeletionTest, AReferrerThatNamesTheFileThroughALink) {
  fs::create_directory_symlink("data", path("link"));
  put("data/ckpts/other/chk-1/_metadata",
      test::tiny_snapshot({{uri("link/ckpts/job/shared/a"), 8}}));
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
  EXPECT_EQ(move.report.needed, 1U);
}

TEST_F(LocalDeletionTest, AReferrerThatNamesTheFileWithAHost) {
  // Flink doesn't look at the host.
  put("data/ckpts/other/chk-1/_metadata",
      test::tiny_snapshot({{"file://host" + path("data/ckpts/job/shared/a").string(), 8}}));
  EXPECT_EQ(run(), "ok") << render(*move.error);
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
}

TEST_F(LocalDeletionTest, AReferrerThatNamesAHardLink) {
  fs::create_directories(path("data/ckpts/other/shared"));
  fs::create_hard_link(path("data/ckpts/job/shared/a"), path("data/ckpts/other/shared/x"));
  put("data/ckpts/other/chk-1/_metadata",
      test::tiny_snapshot({{uri("data/ckpts/other/shared/x"), 8}}));
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
}

TEST_F(LocalDeletionTest, TwoFilesThatAreOneAreBothKept) {
  fs::create_directory_symlink("data", path("link"));
  fs::create_hard_link(path("data/ckpts/job/shared/a"), path("data/ckpts/job/shared/b"));
  put("data/ckpts/job/chk-2/_metadata", test::tiny_snapshot({{"meta", 10},
                                                             {uri("data/ckpts/job/shared/a"), 8},
                                                             {uri("data/ckpts/job/shared/b"), 8}}));
  put("data/ckpts/other/chk-1/_metadata",
      test::tiny_snapshot({{uri("link/ckpts/job/shared/b"), 8}}));
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/b")));
  EXPECT_EQ(move.report.needed, 2U);
}

// The moved snapshot itself has the name that leads to the file.
TEST_F(LocalDeletionTest, AReferrerThatNamesWhatAnotherRootLeadsTo) {
  fs::create_directories(path("names"));
  fs::create_symlink(path("data/ckpts/job/shared/a"), path("names/a"));
  put("data/ckpts/job/chk-2/_metadata",
      test::tiny_snapshot(
          {{"meta", 10}, {uri("data/ckpts/job/shared/a"), 8}, {uri("names/a"), 8}}));
  put("data/ckpts/other/chk-1/_metadata", test::tiny_snapshot({{uri("names/a"), 8}}));
  move.root = uri("data/ckpts/job");
  move.maps = {{uri("names"), uri("new-names")}};
  move.no_copy = true;
  put("new/job/chk-2/meta", "meta state");
  put("new/job/shared/a", "shared a");
  put("new-names/a", "shared a");
  EXPECT_EQ(run(), "ok") << render(*move.error);
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
}

TEST_F(LocalDeletionTest, AReferrerBehindALink) {
  put("disk2/other/chk-1/_metadata", test::tiny_snapshot({{uri("data/ckpts/job/shared/a"), 8}}));
  fs::create_directory_symlink(path("disk2/other"), path("data/ckpts/other"));
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
}

TEST_F(LocalDeletionTest, TheSourceUnderTheNameOfALink) {
  fs::create_directories(path("names"));
  fs::create_directory_symlink(path("data/ckpts/job"), path("names/job"));
  put("data/ckpts/job/chk-2/_metadata",
      test::tiny_snapshot({{"meta", 10}, {uri("names/job/shared/a"), 8}}));
  put("data/ckpts/other/chk-1/_metadata",
      test::tiny_snapshot({{uri("data/ckpts/job/shared/a"), 8}}));
  put("names/third/chk-1/_metadata", test::tiny_snapshot({{uri("names/job/chk-2/meta"), 10}}));
  move.snapshot = uri("names/job/chk-2/_metadata");
  EXPECT_EQ(run(), "ok") << (move.error ? render(*move.error) : "");
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a"))) << "siblings of what the link leads to";
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/chk-2/meta"))) << "siblings of the link";
  EXPECT_EQ(move.report.deleted, 1U);
}

TEST_F(LocalDeletionTest, AnySnapshotOnADiskIsFoundByItsFirstBytes) {
  put("data/ckpts/job/shared/blob", test::tiny_snapshot({{uri("data/ckpts/job/shared/a"), 8}}));
  EXPECT_EQ(run(), "ok");
  EXPECT_TRUE(fs::exists(path("data/ckpts/job/shared/a")));
}

TEST_F(LocalDeletionTest, AnEmptyDirectoryOfACheckpointThatHasJustBegun) {
  fs::create_directory(path("data/ckpts/job/chk-3"));
  EXPECT_EQ(refused(), "E-MOVE-REFERRERS");
  move.not_looked_at = {uri("data/ckpts/job/chk-3")};
  EXPECT_EQ(run(), "ok");
}

}  // namespace
}  // namespace stateferry
