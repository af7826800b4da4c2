// What is listed as garbage, and what had better not.
#include "stateferry/transfer/orphans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry_test/memory.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using Names = std::vector<std::string>;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kOld = kNow - 30 * kDay;

// A snapshot that needs these files.
Snapshot snapshot(const std::string& pointer, const Names& files) {
  References references;
  references.base = directory_of(pointer);
  for (const std::string& uri : files) {
    Reference file;
    file.uri = with_default_file_system(uri, kLocalFileSystem);
    file.bare = !has_scheme(uri);
    references.files.push_back(std::move(file));
  }
  return {pointer, references.base,
          Document(memory_source({}, "made"), Arena(), {}, Dialect{6, {2, 1}}),
          std::move(references)};
}

class Orphans : public testing::Test {
 protected:
  Orphans() : stores(store.finder(), {}) {}

  void give(const std::string& pointer, const Names& files) {
    if (!store.has(pointer)) store.put(pointer, "metadata", kOld);
    for (const std::string& file : files) store.put(file, "state", kOld);
    needed.add(stores, snapshot(pointer, files));
  }
  Names find() {
    Names found;
    report = find_orphans(stores, needed, request,
                          [&](const StoredFile& file) { found.push_back(file.uri); });
    std::sort(found.begin(), found.end());
    EXPECT_EQ(report.candidates, found.size());
    return found;
  }

  test::LyingStore store;
  DiagnosticList sink;
  Stores stores;
  NeededFiles needed;
  OrphanRequest request{"s3://b/job", kNow, kDay, false};
  OrphanReport report;
};

TEST_F(Orphans, WhatNobodyNeeds) {
  give("s3://b/job/chk-2/_metadata", {"s3://b/job/chk-2/a", "s3a://b/job/shared/x"});
  store.put("s3://b/job/shared/y", "12345", kOld);
  store.put("s3://b/job/chk-2/left", "123", kOld);
  EXPECT_EQ(find(), (Names{"s3://b/job/chk-2/left", "s3://b/job/shared/y"}));
  EXPECT_EQ(report.files, 5U);
  EXPECT_EQ(report.bytes, 8U);
  EXPECT_EQ(report.too_young, 0U);
}

TEST_F(Orphans, ANameNodeSaysNothing) {
  request.root = "hdfs://nn:8020/job";
  for (const char* name : {"a", "b", "c", "left"}) {
    store.put(request.root + "/shared/" + name, "state", kOld);
  }
  needed.add(stores, snapshot("hdfs://nn:8020/job/chk-2/_metadata",
                              {"hdfs:/job/shared/a", "hdfs://nn/job/shared/b",
                               "hdfs://nameservice/job/shared/c"}));
  EXPECT_EQ(find(), Names{"hdfs://nn:8020/job/shared/left"});
}

TEST_F(Orphans, WithoutASchemeAFileMayBeInTheSnapshotsStore) {
  request.root = "s3://b/job";
  for (const char* name : {"a", "left"}) {
    store.put(request.root + "/shared/" + name, "state", kOld);
  }
  needed.add(stores, snapshot("s3://b/job/chk-2/_metadata", {"/job/shared/a"}));
  EXPECT_EQ(find(), Names{"s3://b/job/shared/left"});
}

TEST_F(Orphans, WhatIsYoungIsCounted) {
  give("s3://b/job/chk-2/_metadata", {"s3://b/job/chk-2/a"});
  store.put("s3://b/job/shared/old", "x", kNow - kDay);
  store.put("s3://b/job/shared/young", "x", kNow - kDay + 1);
  store.put("s3://b/job/shared/future", "x", kNow + kDay);
  EXPECT_EQ(find(), Names{"s3://b/job/shared/old"});
  EXPECT_EQ(report.too_young, 2U);
  request.older_than = 0;
  EXPECT_EQ(find().size(), 3U);
}

TEST_F(Orphans, AFileOfUnknownAgeIsYoung) {
  // A store that tells no times.
  class Silent final : public Storage {
   public:
    std::optional<StoredFile> stat(const std::string& uri) override { return StoredFile{uri, 1}; }
    void list(const std::string&, const ListOptions&,
              const std::function<void(const StoredFile&)>& each) override {
      each({"s3://b/job/shared/x", 1});
    }
    void read(const std::string&, const ReadOptions&, ByteSink&) override {}
    bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
  };
  Stores silent(
      [](std::string_view) {
        return StorageOffer{std::make_shared<Silent>(), "x", "s3"};
      },
      {});
  std::size_t found = 0;
  const auto count = [&](const StoredFile&) { ++found; };
  EXPECT_EQ(find_orphans(silent, needed, request, count).too_young, 1U);
  EXPECT_EQ(found, 0U);
  request.older_than = 0;
  find_orphans(silent, needed, request, count);
  EXPECT_EQ(found, 1U);
}

TEST_F(Orphans, ACheckpointThatIsBeingWrittenIsLeftOutWhateverItsAge) {
  give("s3://b/job/chk-1/_metadata", {"s3://b/job/chk-1/a"});
  give("s3://b/job/chk-2/_metadata", {"s3://b/job/chk-2/a"});
  store.put("s3://b/job/chk-3/a", "x", kOld);
  store.put("s3://b/job/chk-3/deep/b", "x", kOld);
  request.older_than = 0;
  EXPECT_EQ(find(), Names{});
  EXPECT_EQ(report.incomplete, Names{"s3://b/job/chk-3"});
  request.include_incomplete = true;
  EXPECT_EQ(find().size(), 2U);
  EXPECT_EQ(report.incomplete, Names{"s3://b/job/chk-3"});
}

TEST_F(Orphans, AnOlderOneThatWasGivenUpIsListed) {
  give("s3://b/job/chk-7/_metadata", {"s3://b/job/chk-7/a"});
  store.put("s3://b/job/chk-6/a", "x", kOld - 1);
  EXPECT_EQ(find(), Names{"s3://b/job/chk-6/a"});
  EXPECT_EQ(report.incomplete, Names{});
}

// A job that was restored from an old checkpoint counts on from there.
TEST_F(Orphans, OneWithALowerNumberThatIsYoungerIsLeftOut) {
  give("s3://b/job/chk-7/_metadata", {"s3://b/job/chk-7/a"});
  store.put("s3://b/job/chk-4/a", "x", kOld - 1);
  store.put("s3://b/job/chk-4/b", "x", kOld + 1);
  EXPECT_EQ(find(), Names{});
  EXPECT_EQ(report.incomplete, Names{"s3://b/job/chk-4"});
}

TEST_F(Orphans, OnlyAHigherNumberIsNewer) {
  give("s3://b/job/chk-7/renamed", {"s3://b/job/chk-7/a"});
  EXPECT_FALSE(needed.is_newer(stores, "s3://b/job", 7));
  EXPECT_TRUE(needed.is_newer(stores, "s3://b/job", 8));
  store.put("s3://b/job/chk-7/left", "x", kOld);
  EXPECT_EQ(find(), Names{"s3://b/job/chk-7/left"});
}

TEST_F(Orphans, WithoutTimesALowerNumberMayBeBeingWritten) {
  store.tells_no_times = true;
  give("s3://b/job/chk-7/_metadata", {"s3://b/job/chk-7/a"});
  store.put("s3://b/job/chk-4/a", "x");
  request.older_than = 0;
  EXPECT_EQ(find(), Names{});
  EXPECT_EQ(report.incomplete, Names{"s3://b/job/chk-4"});
  store.tells_no_times = false;
  EXPECT_EQ(find(), Names{}) << "that of the given isn't known";
}

TEST_F(Orphans, ACheckpointInsideOfAnotherIsJudgedByItself) {
  give("s3://b/job/chk-7/_metadata", {"s3://b/job/chk-7/a"});
  store.put("s3://b/job/chk-1/a", "x", kOld - 1);
  store.put("s3://b/job/chk-1/chk-2/b", "x", kOld - 1);
  EXPECT_EQ(find(), Names{"s3://b/job/chk-1/a"});
  EXPECT_EQ(report.incomplete, Names{"s3://b/job/chk-1/chk-2"});
}

TEST_F(Orphans, OneOfAnotherJobIsLeftOut) {
  request.root = "s3://b";
  give("s3://b/job/chk-7/_metadata", {"s3://b/job/chk-7/a"});
  store.put("s3://b/other/chk-1/a", "x", kOld - 1);
  EXPECT_EQ(find(), Names{});
  EXPECT_EQ(report.incomplete, Names{"s3://b/other/chk-1"});
}

TEST_F(Orphans, FilesOfAFinishedCheckpointThatWasNotGivenAreListed) {
  give("s3://b/job/chk-7/_metadata", {"s3://b/job/chk-7/a"});
  store.put("s3://b/job/chk-8/_metadata", "metadata", kOld);
  store.put("s3://b/job/chk-8/a", "x", kOld);
  EXPECT_EQ(find(), Names{"s3://b/job/chk-8/a"});
  EXPECT_EQ(report.not_given, Names{"s3://b/job/chk-8/_metadata"});
}

TEST_F(Orphans, TheGivenFileIsNeverListed) {
  give("s3://b/job/savepoint-abc", {"s3://b/job/x"});
  give("s3://b/job/renamed", {"s3://b/job/x"});
  EXPECT_EQ(find(), Names{});
  EXPECT_EQ(report.not_given, Names{});
}

TEST_F(Orphans, SnapshotsThatWereNotGivenAreNamedAndNeverListed) {
  const Names others{"s3://b/job/checkpoint_metadata-12", "s3://b/job/completedCheckpoint7",
                     "s3://b/job/old/_metadata", "s3://b/job/savepoint-0a1b"};
  for (const std::string& uri : others) store.put(uri, "x", kOld);
  EXPECT_EQ(find(), Names{});
  std::sort(report.not_given.begin(), report.not_given.end());
  EXPECT_EQ(report.not_given, others);
}

TEST_F(Orphans, OneStoreUnderTwoSchemesIsOnePlace) {
  give("s3a://b/job/chk-2/_metadata", {"s3a://b/job/chk-2/a"});
  EXPECT_EQ(find(), Names{});
}

TEST_F(Orphans, NamesThatTheStoreKnowsToBeOneAreOne) {
  store.knows_identity = true;
  store.alias("s3://b/link", "s3://b/job");
  give("s3://b/job/chk-2/_metadata", {"s3://b/job/chk-2/a", "s3://b/job/shared/x"});
  store.put("s3://b/job/chk-1/a", "x", kOld - 1);
  request.root = "s3://b/link";
  EXPECT_EQ(find(), Names{"s3://b/link/chk-1/a"});
  EXPECT_EQ(report.incomplete, Names{});
}

TEST_F(Orphans, WhatCanNotBeListedIsAnError) {
  give("s3://b/job/chk-2/_metadata", {"s3://b/job/chk-2/a"});
  store.denied.insert("s3://b/job");
  EXPECT_THROW(find(), IoError);
}

// ------------------------------------------------------------------------------ local disks

class LocalOrphans : public testing::Test {
 protected:
  LocalOrphans() : registry(test::plugin_registry()), stores(registry, {}) {
    std::filesystem::create_directories(folder.path() / "job/chk-2");
    test::write_file(folder.file("job/chk-2/_metadata"), "\x49\x60\x67\x2d");
    test::write_file(folder.file("job/chk-2/a"), "state");
    needed.add(stores, snapshot(uri("job/chk-2/_metadata"), {uri("job/chk-2/a")}));
  }
  std::string uri(const std::string& name) const { return "file:" + folder.file(name); }
  Names find(const std::string& root, std::int64_t older_than = 0) {
    Names found;
    report = find_orphans(stores, needed, {uri(root), std::time(nullptr), older_than, false},
                          [&](const StoredFile& file) { found.push_back(file.uri); });
    std::sort(found.begin(), found.end());
    return found;
  }

  test::TemporaryDirectory folder;
  PluginRegistry registry;
  DiagnosticList sink;
  Stores stores;
  NeededFiles needed;
  OrphanReport report;
};

TEST_F(LocalOrphans, ARootThroughALink) {
  std::filesystem::create_directory_symlink("job", folder.path() / "link");
  test::write_file(folder.file("job/left"), "left");
  EXPECT_EQ(find("link"), Names{uri("link/left")});
}

TEST_F(LocalOrphans, AFileThatBeginsAsASnapshotIsOneWhateverItsName) {
  test::write_file(folder.file("job/kept-for-later"), "\x49\x60\x67\x2d and more");
  test::write_file(folder.file("job/chk-2/kept"), "\x49\x60\x67\x2d and more");
  EXPECT_EQ(find("job"), Names{});
  std::sort(report.not_given.begin(), report.not_given.end());
  EXPECT_EQ(report.not_given, (Names{uri("job/chk-2/kept"), uri("job/kept-for-later")}));
}

TEST_F(LocalOrphans, TemporaryFilesAreOrphansOnceTheyAreOld) {
  for (const char* name : {"._metadata.inprogress.1-2-3", ".x.stateferry-part", "x.inprogress"}) {
    test::write_file(folder.file("job/" + std::string(name)), "part");
  }
  EXPECT_EQ(find("job", kDay), Names{});
  EXPECT_EQ(report.too_young, 3U);
  EXPECT_EQ(find("job").size(), 3U);
}

// ------------------------------------------------------------------------------ ages, and many
// files

TEST(OrphanAge, IsWrittenWithAUnit) {
  EXPECT_EQ(parse_age("0"), 0);
  EXPECT_EQ(parse_age("0d"), 0);
  EXPECT_EQ(parse_age("45s"), 45);
  EXPECT_EQ(parse_age("90m"), 5'400);
  EXPECT_EQ(parse_age("36h"), 129'600);
  EXPECT_EQ(parse_age("7d"), 604'800);
  for (const char* wrong : {"", "1", "d", "-1d", "+1d", "1.5h", "7 d", "7days", "1w", "9999999999d",
                            "99999999999999999999s"}) {
    EXPECT_EQ(parse_age(wrong), std::nullopt) << wrong;
  }
}

// Lists a million files that it makes up: half of them in chk-N, one in a thousand needed.
class Millions final : public Storage {
 public:
  static constexpr std::size_t kFiles = 1'000'000;
  static std::string name(std::size_t i) {
    return "s3://b/job/" +
           std::string(i % 2 == 0 ? "shared/" : "chk-" + std::to_string(i / 10'000) + "/") +
           std::to_string(i) + "-98ad-4833-9a39-f15ba614f5d1";
  }
  std::optional<StoredFile> stat(const std::string& uri) override {
    return StoredFile{uri, 1, kOld + 1};
  }
  void list(const std::string& directory, const ListOptions&,
            const std::function<void(const StoredFile&)>& each) override {
    ++lists;
    const std::size_t number = directory.rfind("/chk-");
    const bool whole = number == std::string::npos;
    const std::size_t from = whole ? 0 : std::stoul(directory.substr(number + 5)) * 10'000;
    for (std::size_t i = from; i < (whole ? kFiles : from + 10'000); ++i) {
      if (whole || i % 2 == 1) each({name(i), 1, kOld});
    }
  }
  void read(const std::string&, const ReadOptions&, ByteSink&) override {}
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
  std::size_t lists = 0;
};

TEST(OrphansOfMany, MemoryIsForWhatIsNeeded) {
  const auto storage = std::make_shared<Millions>();
  DiagnosticList sink;
  Stores stores([&](std::string_view) { return StorageOffer{storage, "millions", "s3"}; }, {});
  NeededFiles needed;
  Names files;
  for (std::size_t i = 0; i < Millions::kFiles; i += 1'000) files.push_back(Millions::name(i));
  needed.add(stores, snapshot("s3://b/job/chk-99/_metadata", files));
  const std::size_t before = test::allocated_bytes();
  std::size_t most = 0;
  std::size_t told = 0;
  const OrphanReport report =
      find_orphans(stores, needed, {"s3://b/job", kNow, kDay, false}, [&](const StoredFile&) {
        if (++told % 1'000 == 0) most = std::max(most, test::allocated_bytes());
      });
  EXPECT_EQ(report.files, Millions::kFiles);
  EXPECT_EQ(told, Millions::kFiles - files.size());
  EXPECT_EQ(storage->lists, 101U);
  EXPECT_LT(most - std::min(most, before), std::size_t{16} << 20);
}

}  // namespace
}  // namespace stateferry
