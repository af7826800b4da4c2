// What the stores of a run say of one that lets us wait, and how they share out work.
#include "stateferry/transfer/stores.hpp"

#include <gtest/gtest.h>

#include <future>
#include <map>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// Answers when it is told to, and not at once where it fails first.
class SlowStorage final : public Storage {
 public:
  std::shared_future<void> may_answer;
  std::vector<IoError> failures;  // of the next calls, the last one first
  unsigned tries = 4;
  unsigned calls = 0;
  std::function<void()> within;

  unsigned attempts() const override { return tries; }
  std::optional<StoredFile> stat(const std::string& uri) override {
    ++calls;
    if (within) within();
    if (!failures.empty()) {
      const IoError error = failures.back();
      failures.pop_back();
      throw error;
    }
    may_answer.wait();
    return StoredFile{uri, 1};
  }
  void list(const std::string&, const ListOptions&,
            const std::function<void(const StoredFile&)>&) override {}
  void read(const std::string&, const ReadOptions&, ByteSink&) override {}
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
};

class StoresTest : public testing::Test {
 protected:
  StoresTest() : storage(std::make_shared<SlowStorage>()) {
    storage->may_answer = answer.get_future().share();
  }
  Stores stores() {
    return {[this](std::string_view) {
              StorageOffer offer;
              offer.name = "slow";
              offer.schemes = "s3 file";
              offer.storage = storage;
              return offer;
            },
            {},
            {std::chrono::milliseconds(1), std::chrono::milliseconds(100)}};
  }
  // Remembers the first line, and lets the store answer then.
  WaitTeller teller() {
    return [this](const std::string& line) {
      lines.push_back(line);
      if (lines.size() == 1) answer.set_value();
    };
  }

  static constexpr WaitTimes kAtOnce{std::chrono::milliseconds(1), std::chrono::milliseconds(1),
                                     std::chrono::milliseconds(1)};
  static constexpr WaitTimes kNever{std::chrono::hours(1), std::chrono::hours(1),
                                    std::chrono::milliseconds(1)};
  std::promise<void> answer;
  std::shared_ptr<SlowStorage> storage;
  DiagnosticList sink;
  std::vector<std::string> lines;
};

TEST_F(StoresTest, OneThatDoesNotAnswerIsTold) {
  Stores all = stores();
  all.tell_waits(teller(), kAtOnce);
  EXPECT_TRUE(all.stat("s3://b/k"));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "no answer for 0 seconds: s3://b/k");
}

TEST_F(StoresTest, EachAttemptIsToldWhileTheCallGoesOn) {
  storage->failures = {IoError("E-STORE-UNREACHABLE", "connection refused", "s3://b/k")};
  Stores all = stores();
  all.tell_waits(teller(), kNever);
  EXPECT_TRUE(all.stat("s3://b/k"));
  EXPECT_EQ(lines, std::vector<std::string>{
                       "trying again: connection refused: s3://b/k (attempt 1 of 4)"});
}

TEST_F(StoresTest, AnAttemptThatNobodyHasLookedAtIsToldAtTheEnd) {
  answer.set_value();
  storage->failures = {IoError("E-STORE-TEMPORARY", "SlowDown", "s3://b/k")};
  Stores all = stores();
  all.tell_waits([this](const std::string& line) { lines.push_back(line); },
                 {std::chrono::hours(1), std::chrono::hours(1), std::chrono::hours(1)});
  EXPECT_TRUE(all.stat("s3://b/k"));
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(StoresTest, WhatDoesNotGoAwayIsTriedAsOftenAsItsStorageWants) {
  answer.set_value();
  Stores all = stores();
  storage->failures.assign(4, IoError("E-STORE-TEMPORARY", "SlowDown", "s3://b/k"));
  EXPECT_THROW(all.stat("s3://b/k"), IoError);
  EXPECT_EQ(storage->calls, 4U);
  storage->failures.assign(3, IoError("E-STORE-TEMPORARY", "SlowDown", "s3://b/k"));
  EXPECT_TRUE(all.stat("s3://b/k"));
  storage->calls = 0;
  storage->failures = {IoError("E-IO-DENIED", "Forbidden", "s3://b/k")};
  EXPECT_THROW(all.stat("s3://b/k"), IoError);
  EXPECT_EQ(storage->calls, 1U) << "it was denied, and will be";
}

TEST_F(StoresTest, NobodyIsAskedForEverWhoCanNotBeReached) {
  answer.set_value();
  storage->tries = 1'000'000;
  storage->failures.assign(100'000, IoError("E-STORE-UNREACHABLE", "no such host", "s3://b/k"));
  Stores all = stores();
  EXPECT_THROW(all.stat("s3://b/k"), IoError);
  EXPECT_LT(storage->calls, 100U);
}

// Those that were answered are not asked for again.
TEST_F(StoresTest, ManyGoOnWhereTheyFailed) {
  answer.set_value();
  Stores all = stores();
  const std::vector<std::string> uris = {"s3://b/1", "s3://b/2", "s3://b/3"};
  storage->within = [&] {
    if (storage->calls == 2) {
      storage->failures = {IoError("E-STORE-TEMPORARY", "SlowDown", "s3://b/2")};
    }
  };
  std::vector<std::string> found;
  all.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    EXPECT_EQ(file.value().uri, uris[i]);
    found.push_back(uris[i]);
  });
  EXPECT_EQ(found, uris);
  EXPECT_EQ(storage->calls, 4U);
}

TEST_F(StoresTest, ACallWithinACallLeavesTheOuterOneWatched) {
  Stores all = stores();
  all.tell_waits(teller(), kAtOnce);
  storage->within = [&] {
    storage->within = nullptr;
    all.list("s3://inner", [](const StoredFile&) {});
  };
  EXPECT_TRUE(all.stat("s3://b/k"));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "no answer for 0 seconds: s3://b/k");
}

TEST_F(StoresTest, LocalFilesAreNotWatched) {
  answer.set_value();
  Stores all = stores();
  all.tell_waits([this](const std::string& line) { lines.push_back(line); }, kAtOnce);
  EXPECT_TRUE(all.stat("file:/b/k"));
  EXPECT_TRUE(lines.empty());
}

// ------------------------------------------------------------------------------ copying

// What became of each item, by its number.
class Outcomes final : public CopyObserver {
 public:
  std::map<std::size_t, std::string> all;
  bool stop = false;

  void progress(std::uint64_t) override {}
  void done(std::size_t i, std::uint64_t bytes, bool existed) override {
    all[i] = std::to_string(bytes) + (existed ? " existed" : "");
  }
  void failed(std::size_t i, Diagnostic why) override { all[i] = why.code; }
  bool stopped() const override { return stop; }
};

using Told = std::map<std::size_t, std::string>;

// Nobody copies from the one to the other: each file is read here and written there.
class CopyByHand : public testing::Test {
 protected:
  CopyByHand() { store.copies_nothing = true; }
  std::string copy(std::optional<std::uint64_t> size = {}) {
    Stores stores(store.finder(), {});
    const std::vector<CopyItem> items = {{"s3://old/a", "gs://new/a", std::nullopt, size}};
    outcomes.all.clear();
    stores.copy(items, CopyOptions(), outcomes);
    return outcomes.all.empty() ? "nothing" : outcomes.all.at(0);
  }

  test::LyingStore store;
  DiagnosticList sink;
  Outcomes outcomes;
};

TEST_F(CopyByHand, AFileOfAnotherSizeIsNotCopied) {
  store.put("s3://old/a", "state");
  EXPECT_EQ(copy(6), "E-STORE-SIZE");
  EXPECT_FALSE(store.has("gs://new/a"));
  EXPECT_EQ(copy(5), "5");
  EXPECT_EQ(store.content("gs://new/a"), "state");
}

TEST_F(CopyByHand, WhatStandsThereMustBeTheSame) {
  store.put("s3://old/a", "state");
  store.put("gs://new/a", "STATE");
  EXPECT_EQ(copy(5), "E-STORE-CONFLICT");
  EXPECT_EQ(store.content("gs://new/a"), "STATE");
  store.put("gs://new/a", "state");
  EXPECT_EQ(copy(5), "5 existed");
}

TEST_F(CopyByHand, ACopyOutlivesAPowerFailure) {
  store.put("s3://old/a", "state");
  EXPECT_EQ(copy(), "5");
  store.power_failure();
  EXPECT_TRUE(store.has("gs://new/a"));
}

TEST_F(CopyByHand, NothingIsCopiedAfterAStop) {
  store.put("s3://old/a", "state");
  outcomes.stop = true;
  EXPECT_EQ(copy(), "nothing");
  EXPECT_FALSE(store.has("gs://new/a"));
}

// Two storages, which know nothing of one another: `gs` is another's.
class TwoStorages : public testing::Test {
 protected:
  Stores stores() {
    const auto offer = [](StorageOffer made, const char* schemes) {
      made.schemes = schemes;
      return made;
    };
    return {[this, offer](std::string_view scheme) {
              return scheme == "gs" ? offer(gs.finder()(scheme), "gs")
                                    : offer(s3.finder()(scheme), "s3 hdfs");
            },
            {}};
  }

  test::LyingStore s3;
  test::LyingStore gs;
  DiagnosticList sink;
};

TEST_F(TwoStorages, EachFileIsToldByItsOwnNumber) {
  s3.put("s3://b/0", "");
  gs.put("gs://b/1", "1");
  s3.put("s3://b/2", "22");
  std::map<std::size_t, std::uint64_t> sizes;
  Stores all = stores();
  const std::vector<std::string> uris = {"s3://b/0", "gs://b/1", "s3://b/2"};
  all.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    sizes[i] = file.value().size;
  });
  EXPECT_EQ(sizes, (std::map<std::size_t, std::uint64_t>{{0, 0}, {1, 1}, {2, 2}}));
  const std::vector<CopyItem> items = {{"s3://b/0", "s3://c/0", std::nullopt, {}},
                                       {"gs://b/1", "gs://c/1", std::nullopt, {}},
                                       {"s3://b/2", "s3://c/2", std::nullopt, {}},
                                       {"gs://b/3", "gs://c/3", std::nullopt, {}}};
  Outcomes outcomes;
  all.copy(items, CopyOptions(), outcomes);
  EXPECT_EQ(outcomes.all, (Told{{0, "0"}, {1, "1"}, {2, "2"}, {3, "E-IO-NOT-FOUND"}}));
}

// It knows how its files come to be.
TEST_F(TwoStorages, TheTargetsStorageCopiesWhereItCan) {
  gs.put("s3://b/x", "as the target's sees it");
  s3.put("s3://b/x", "as the source's sees it");
  const std::vector<CopyItem> items = {{"s3://b/x", "gs://c/x", std::nullopt, {}}};
  Outcomes outcomes;
  stores().copy(items, CopyOptions(), outcomes);
  EXPECT_EQ(gs.content("gs://c/x"), "as the target's sees it");
  gs.erase("gs://c/x");
  gs.copies_nothing = true;
  stores().copy(items, CopyOptions(), outcomes);
  EXPECT_FALSE(gs.has("gs://c/x"));
  EXPECT_EQ(s3.content("gs://c/x"), "as the source's sees it") << "else the source's";
}

}  // namespace
}  // namespace stateferry
