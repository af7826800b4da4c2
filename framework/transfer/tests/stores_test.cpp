// What the stores of a run say of one that lets us wait, and how they share out work.
#include "stateferry/transfer/stores.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <thread>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "wait_log.hpp"

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

  std::string fault;  // of its configuration

  void configure(ParamBinder& params) override {
    if (!fault.empty()) params.error("slow", "E-RULE-VALUE", fault);
    params.finish();
  }
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
  Stores stores(std::chrono::milliseconds pause = std::chrono::milliseconds(1)) {
    return {[this](std::string_view) {
              StorageOffer offer;
              offer.name = "slow";
              offer.schemes = "s3 file";
              offer.storage = storage;
              return offer;
            },
            {},
            {pause, std::chrono::milliseconds(100)}};
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

TEST_F(StoresTest, PausesGrow) {
  answer.set_value();
  Stores all = stores(std::chrono::milliseconds(10));
  storage->failures.assign(2, IoError("E-STORE-TEMPORARY", "SlowDown", "s3://b/k"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(all.stat("s3://b/k"));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20 + 40));
}

// Patience is for who does not answer at all.
TEST_F(StoresTest, WhatIsTemporaryIsTriedHoweverLongItTakes) {
  answer.set_value();
  Stores all = stores();
  storage->failures.assign(2, IoError("E-STORE-TEMPORARY", "SlowDown", "s3://b/k"));
  storage->within = [] { std::this_thread::sleep_for(std::chrono::milliseconds(110)); };
  EXPECT_TRUE(all.stat("s3://b/k"));
}

TEST_F(StoresTest, AFaultOfTheConfigurationIsToldAsOne) {
  answer.set_value();
  storage->fault = "not this way";
  Stores all = stores();
  try {
    all.stat("s3://b/k");
    FAIL() << "it was used";
  } catch (const RuleError& error) {
    EXPECT_EQ(error.code(), "E-CONFIG");
    EXPECT_STREQ(error.what(), "not this way");
  }
  EXPECT_EQ(storage->calls, 0U);
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

// ------------------------------------------------------------------------------ waiting

// Keeps what it is told, and lets a test wait for it.
class Lines {
 public:
  WaitTeller teller() {
    return [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
      changed_.notify_all();
    };
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  // Waits until there are so many.
  void await(std::size_t n) const {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return lines_.size() >= n; }));
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
};

using Milliseconds = std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
constexpr Milliseconds kLong = std::chrono::hours(1);

TEST(WaitLogTest, OfManyTroublesTheLastAreTold) {
  Lines lines;
  WaitLog log(lines.teller(), {kLong, kLong, kLong});
  {
    const WaitLog::Call call(&log, "s3://b/k");
    for (int i = 1; i <= 7; ++i) log.trouble(std::to_string(i));
  }
  EXPECT_EQ(lines.all(),
            (std::vector<std::string>{"trying again: 3", "trying again: 4", "trying again: 5",
                                      "trying again: 6", "trying again: 7"}));
}

TEST(WaitLogTest, WhoIsSilentIsToldAfterTwiceTheTime) {
  constexpr Milliseconds kFirst(20);
  Lines lines;
  WaitLog log(lines.teller(), {kFirst, kLong, Milliseconds(1)});
  const auto start = Clock::now();
  const WaitLog::Call call(&log, "s3://b/k");
  lines.await(1);
  EXPECT_GE(Clock::now() - start, kFirst);
  lines.await(3);
  EXPECT_GE(Clock::now() - start, 4 * kFirst);
}

TEST(WaitLogTest, CopiesHaveTheirOwnTime) {
  Lines lines;
  WaitLog log(lines.teller(), {Milliseconds(1), kLong, Milliseconds(1)});
  {
    const WaitLog::Call call(&log, "s3://b/k", true);
    std::this_thread::sleep_for(Milliseconds(20));
  }
  EXPECT_EQ(lines.all(), std::vector<std::string>());
}

TEST(WaitLogTest, NobodyIsWatchedBetweenCalls) {
  Lines lines;
  WaitLog log(lines.teller(), {Milliseconds(5), kLong, Milliseconds(1)});
  { const WaitLog::Call call(&log, "s3://b/k"); }
  std::this_thread::sleep_for(Milliseconds(30));
  for (const std::string& line : lines.all()) EXPECT_TRUE(line.ends_with("s3://b/k")) << line;
}

TEST(WaitLogTest, OfCopiesItIsSaidThatNoFileIsFinished) {
  Lines lines;
  WaitLog log(lines.teller(), {kLong, Milliseconds(1), Milliseconds(1)});
  const WaitLog::Call call(&log, "s3://b/k", true);
  lines.await(1);
  ASSERT_FALSE(lines.all().empty());
  EXPECT_EQ(lines.all().front(), "no file was finished for 0 seconds: s3://b/k");
}

class Quiet final : public CopyObserver {
  void progress(std::uint64_t) override {}
  void done(std::size_t, std::uint64_t, bool) override {}
  void failed(std::size_t, Diagnostic) override {}
  bool stopped() const override { return false; }
};

// Copies one file after the other, and each of them only when so many lines were told.
class WaitingStorage final : public Storage {
 public:
  explicit WaitingStorage(Lines& lines) : lines_(lines) {}
  Milliseconds longest{0};   // that the second file took
  bool shows_bytes = false;  // of the first, right before the second waits; else it ends then

  std::optional<StoredFile> stat(const std::string&) override { return std::nullopt; }
  void stat_many(
      std::span<const std::string> uris,
      const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) override {
    for (std::size_t i = 0; i < uris.size(); ++i) {
      if (waits_in_stat) wait(i);
      found(i, std::nullopt);
    }
  }
  void list(const std::string&, const ListOptions&,
            const std::function<void(const StoredFile&)>&) override {}
  void read(const std::string&, const ReadOptions&, ByteSink&) override {}
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
  bool copies(std::string_view, std::string_view) const override { return true; }
  std::unique_ptr<Copier> make_copier(const CopierOptions&) override {
    return std::make_unique<WaitingCopier>(*this);
  }
  bool waits_in_stat = false;

 private:
  class WaitingCopier final : public Copier {
   public:
    explicit WaitingCopier(WaitingStorage& storage) : s_(storage) {}
    void copy(const CopyItem&, const Progress& progress) override {
      s_.wait(s_.begun_++);
      if (s_.shows_bytes) {
        progress(1);
        s_.wait(s_.begun_++);
      }
    }
    void finish(std::span<CopyResult> results) override {
      for (CopyResult& result : results) result.size = 0;
    }

   private:
    WaitingStorage& s_;
  };
  // The first waits until the next line is far away, the second for one more.
  void wait(std::size_t i) {
    const auto start = Clock::now();
    lines_.await(kLinesOfTheFirst + i);
    if (i == 1) longest = std::chrono::duration_cast<Milliseconds>(Clock::now() - start);
  }
  static constexpr std::size_t kLinesOfTheFirst = 7;
  Lines& lines_;
  std::size_t begun_ = 0;
};

// Seven lines come after 10, 20, 40 … 640 ms of silence; the next one after 1,280, unless the store
// has said something: then after 10, however slow the machine is.
class Silence : public testing::Test {
 protected:
  Silence() : storage(std::make_shared<WaitingStorage>(lines)) {}
  Stores stores() {
    Stores made(
        [this](std::string_view) {
          return StorageOffer{storage, "waiting", "s3", ""};
        },
        {});
    made.tell_waits(lines.teller(), {kFirst, kFirst, Milliseconds(1)});
    return made;
  }
  void copy(std::size_t files) {
    const std::vector<CopyItem> items(files, {"s3://b/x", "s3://c/x", std::nullopt, {}});
    CopyOptions options;
    options.jobs = 1;
    stores().copy(items, options, observer);
  }
  static constexpr Milliseconds kFirst{10};
  static constexpr Milliseconds kWithoutAnAnswer{500};
  Lines lines;
  std::shared_ptr<WaitingStorage> storage;
  Quiet observer;
};

TEST_F(Silence, EndsWithEachAnswer) {
  storage->waits_in_stat = true;
  const std::vector<std::string> uris = {"s3://b/1", "s3://b/2"};
  stores().stat_many(uris, [](std::size_t, const std::optional<StoredFile>&) {});
  EXPECT_LT(storage->longest, kWithoutAnAnswer);
  EXPECT_EQ(lines.all().front(), "no answer for 0 seconds: s3://b/1");
}

TEST_F(Silence, EndsWithEachFile) {
  copy(2);
  EXPECT_LT(storage->longest, kWithoutAnAnswer);
  EXPECT_EQ(lines.all().front(), "no file was finished for 0 seconds: s3://c/x");
}

TEST_F(Silence, EndsWithEachByte) {
  storage->shows_bytes = true;
  copy(1);
  EXPECT_LT(storage->longest, kWithoutAnAnswer);
}

TEST_F(StoresTest, LocalCopiesAreNotWatched) {
  answer.set_value();
  Stores all = stores();
  all.tell_waits([this](const std::string& line) { lines.push_back(line); }, kAtOnce);
  storage->within = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  Quiet observer;
  all.copy(std::vector<CopyItem>{{"file:/b/k", "file:/c/k", std::nullopt, {}}}, {}, observer);
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

// Of calls on several threads none is watched when it has ended, in whatever order they end.
TEST(WaitLogTest, CallsThatOverlap) {
  std::atomic<int> told = 0;
  WaitLog log([&](const std::string&) { ++told; },
              {std::chrono::milliseconds(30), std::chrono::hours(1), std::chrono::milliseconds(1)});
  auto first = std::make_unique<WaitLog::Call>(&log, "s3://bucket/first");
  auto second = std::make_unique<WaitLog::Call>(&log, "s3://bucket/second");
  first.reset();
  second.reset();
  const int before = told;
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_EQ(told, before);
}

}  // namespace
}  // namespace stateferry
