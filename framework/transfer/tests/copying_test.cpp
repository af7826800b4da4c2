// What the host does around the small calls of a storage: copying, comparing, and calls that are
// made again; over a store that lies.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "lying_storage.hpp"
#include "served_storage.hpp"
#include "spool.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/stores.hpp"
#include "stateferry_test/code_of.hpp"

namespace stateferry {
namespace {

using test::code_of;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// What became of each item, by its number: each is told once.
class Outcomes final : public CopyObserver {
 public:
  void progress(std::uint64_t more) override {
    const std::lock_guard lock(mutex_);
    bytes += more;
  }
  void done(std::size_t i, std::uint64_t size, bool existed) override {
    const std::lock_guard lock(mutex_);
    tell(i, std::to_string(size) + (existed ? " existed" : ""));
    if (done_throws) throw std::runtime_error("not an error of ours");
  }
  void grown(std::size_t i, std::uint64_t bytes_kept) override {
    const std::lock_guard lock(mutex_);
    kept[i] = bytes_kept;
  }
  void access_not_kept(std::size_t i) override { lost.insert(i); }
  void failed(std::size_t i, Diagnostic why) override {
    const std::lock_guard lock(mutex_);
    tell(i, why.code);
  }
  bool stopped() const override {
    const std::lock_guard lock(mutex_);
    return all.size() >= stop_after;
  }

  std::map<std::size_t, std::string> all;
  std::set<std::size_t> lost;
  std::map<std::size_t, std::uint64_t> kept;
  std::uint64_t bytes = 0;
  std::size_t stop_after = SIZE_MAX;
  bool done_throws = false;

 private:
  void tell(std::size_t i, std::string text) {
    EXPECT_TRUE(all.emplace(i, std::move(text)).second) << "told twice: " << i;
  }
  mutable std::mutex mutex_;
};

using Told = std::map<std::size_t, std::string>;

class Copying : public testing::Test {
 protected:
  Copying() {
    store.put("s3://old/a", "state");
    options.jobs = 1;
  }
  Stores stores() { return {store.finder(), {}, kAtOnce}; }
  CopyItem item(const std::string& source, const std::string& target,
                std::optional<ByteRange> range = {}, std::optional<std::uint64_t> size = {}) const {
    return {"s3://old/" + source, "gs://new/" + target, range, size};
  }
  Told copy(const std::vector<CopyItem>& items) {
    outcomes.all.clear();
    outcomes.bytes = 0;
    stores().copy(items, options, outcomes);
    return outcomes.all;
  }
  Told copy_one() { return copy({item("a", "a")}); }

  static constexpr RetryTimes kAtOnce{std::chrono::milliseconds(0),
                                      std::chrono::milliseconds(1000)};
  test::LyingStore store;
  CopyOptions options;
  Outcomes outcomes;
};

// By the storage's own copier, and by hand.
class CopyingEitherWay : public Copying, public testing::WithParamInterface<bool> {
 protected:
  CopyingEitherWay() { store.copies_nothing = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(ByHand, CopyingEitherWay, testing::Bool());

TEST_P(CopyingEitherWay, PartsAreCopiedAndComparedAsParts) {
  const std::vector<CopyItem> items = {item("a", "part", ByteRange{1, 3}, 3),
                                       item("a", "none", ByteRange{2, 0}, 0)};
  EXPECT_EQ(copy(items), (Told{{0, "3"}, {1, "0"}}));
  EXPECT_EQ(store.content("gs://new/part"), "tat");
  EXPECT_EQ(store.content("gs://new/none"), "");
  EXPECT_EQ(copy(items), (Told{{0, "3 existed"}, {1, "0 existed"}}));
}

TEST_P(CopyingEitherWay, WhatComesMeanwhileIsComparedToo) {
  store.comes_first = {{"gs://new/a", "state"}};
  EXPECT_EQ(copy_one(), (Told{{0, "5 existed"}}));
  store.erase("gs://new/a");
  store.comes_first = {{"gs://new/a", "STATE"}};
  EXPECT_EQ(copy_one(), (Told{{0, "E-STORE-CONFLICT"}}));
  EXPECT_EQ(store.content("gs://new/a"), "STATE");
}

TEST_F(Copying, WhatComesBeforeTheBatchHasItsNamesIsComparedToo) {
  store.comes_last = {{"gs://new/a", "state"}};
  EXPECT_EQ(copy({item("a", "a"), item("a", "b")}), (Told{{0, "5 existed"}, {1, "5"}}));
  store.erase("gs://new/a");
  store.comes_last = {{"gs://new/a", "STATE"}};
  EXPECT_EQ(copy({item("a", "a"), item("a", "c")}), (Told{{0, "E-STORE-CONFLICT"}, {1, "5"}}));
  EXPECT_EQ(store.content("gs://new/a"), "STATE");
}

// The last batch of all: what came is in a further one.
TEST_F(Copying, EachBatchIsFinished) {
  store.batch = 10;
  store.comes_last = {{"gs://new/b", "state"}};
  EXPECT_EQ(copy({item("a", "a"), item("a", "b"), item("a", "c")}),
            (Told{{0, "5"}, {1, "5 existed"}, {2, "5"}}));
}

TEST_F(Copying, ABatchIsFinishedWhenItIsFull) {
  store.batch = 2;
  outcomes.stop_after = 2;
  EXPECT_EQ(copy({item("a", "a"), item("a", "b"), item("a", "c"), item("a", "d")}).size(), 2U);
  EXPECT_FALSE(store.has("gs://new/c"));
}

TEST_F(Copying, FailuresOfABatchAreOfSingleFiles) {
  store.batch = 10;
  store.not_finished = {{"gs://new/b", "E-IO-SYNC"}};
  EXPECT_EQ(copy({item("a", "a"), item("a", "b"), item("none", "c"), item("a", "d")}),
            (Told{{0, "5"}, {1, "E-IO-SYNC"}, {2, "E-IO-NOT-FOUND"}, {3, "5"}}));
}

TEST_F(Copying, WhatTheTargetHasIsAskedForWhereTheCopierDoesNotSay) {
  store.tells_no_sizes = true;
  store.copied_short = {"gs://new/short"};
  store.not_copied = {"gs://new/none"};
  store.batch = 10;
  EXPECT_EQ(copy({item("a", "a", {}, 5), item("a", "short", {}, 5), item("a", "none", {}, 0),
                  item("a", "part", ByteRange{0, 2})}),
            (Told{{0, "5"}, {1, "E-STORE-SIZE"}, {2, "E-STORE-SIZE"}, {3, "2"}}));
}

TEST_F(Copying, ASizeThatIsWrongIsAFailure) {
  EXPECT_EQ(copy({item("a", "a", {}, 6)}), (Told{{0, "E-STORE-SIZE"}}));
}

// Where no size is said, the writer may have written on since the target was copied.
TEST_P(CopyingEitherWay, ABeginningIsMadeWhole) {
  store.put("gs://new/a", "sta");
  EXPECT_EQ(copy_one(), (Told{{0, "5"}}));
  EXPECT_EQ(store.content("gs://new/a"), "state");
  EXPECT_EQ(outcomes.kept, (std::map<std::size_t, std::uint64_t>{{0, 0}}));  // this store replaces
  EXPECT_EQ(copy_one(), (Told{{0, "5 existed"}}));
}

TEST_P(CopyingEitherWay, WhatHasWrittenOnMeanwhileIsThere) {
  store.put("gs://new/a", "state and more");
  EXPECT_EQ(copy_one(), (Told{{0, "14 existed"}}));
  EXPECT_EQ(store.content("gs://new/a"), "state and more");
}

TEST_P(CopyingEitherWay, WhatIsNoBeginningIsLeftAlone) {
  for (const std::string_view other : {"STA", "stAte and more", "STATE", ""}) {
    store.put("gs://new/a", other);
    EXPECT_EQ(copy_one(), (Told{{0, "E-STORE-CONFLICT"}})) << other;
    EXPECT_EQ(store.content("gs://new/a"), other);
  }
}

// Whose size is known, that is damaged.
TEST_P(CopyingEitherWay, ABeginningOfAKnownFileIsLeftAlone) {
  store.put("gs://new/a", "sta");
  EXPECT_EQ(copy({item("a", "a", {}, 5)}), (Told{{0, "E-STORE-CONFLICT"}}));
  EXPECT_EQ(copy({item("a", "a", ByteRange{0, 4}, 4)}), (Told{{0, "E-STORE-CONFLICT"}}));
  EXPECT_EQ(store.content("gs://new/a"), "sta");
}

// Somebody else writes between the look and the end.
TEST_P(CopyingEitherWay, ABeginningThatBecomesAnotherFileIsLeftAlone) {
  store.put("gs://new/a", "sta");
  store.comes_first = {{"gs://new/a", "other"}};
  EXPECT_EQ(copy_one(), (Told{{0, "E-STORE-CONFLICT"}}));
  EXPECT_EQ(store.content("gs://new/a"), "other");
}

// Nothing need be read to see it.
TEST_F(Copying, ATargetOfAnotherSizeIsNotRead) {
  store.put("gs://new/a", "another state");
  EXPECT_EQ(copy({item("a", "a", {}, 5)}), (Told{{0, "E-STORE-CONFLICT"}}));
  EXPECT_EQ(store.reads, 0U);
}

TEST_F(Copying, WhatFailsForTheMomentIsCopiedAgain) {
  store.tries = 2;
  store.copied_twice = {"gs://new/a"};
  EXPECT_EQ(copy_one(), (Told{{0, "5"}}));
  EXPECT_EQ(store.content("gs://new/a"), "state");
  store.tries = 1;
  store.copied_twice = {"gs://new/b"};
  EXPECT_EQ(copy({item("a", "b")}), (Told{{0, "E-STORE-TEMPORARY"}}));
}

TEST_F(Copying, EachByteIsTold) {
  for (const std::uint64_t shown : {0U, 3U, 5U}) {
    store.shows = shown;
    store.erase("gs://new/a");
    copy_one();
    EXPECT_EQ(outcomes.bytes, 5U) << shown;
  }
}

// However often it was copied, and whoever was faster.
TEST_F(Copying, NoByteIsToldTwice) {
  store.shows = 3;
  store.tries = 2;
  store.copied_twice = {"gs://new/a"};
  copy_one();
  EXPECT_EQ(outcomes.bytes, 5U);
  store.comes_first = {{"gs://new/b", "state"}};
  store.comes_last = {{"gs://new/c", "state"}};
  EXPECT_EQ(copy({item("a", "b"), item("a", "c")}), (Told{{0, "5 existed"}, {1, "5 existed"}}));
  EXPECT_EQ(outcomes.bytes, 10U);
}

TEST_F(Copying, AccessThatIsNotKeptIsTold) {
  store.access_lost = {"gs://new/b"};
  copy({item("a", "a"), item("a", "b")});
  EXPECT_EQ(outcomes.lost, std::set<std::size_t>{1});
}

TEST_F(Copying, AllItemsAreShownBeforeTheFirstIsCopied) {
  copy({item("a", "a"), item("a", "b")});
  EXPECT_EQ(store.prepared, (std::vector<std::string>{"gs://new/a", "gs://new/b"}));
}

TEST_F(Copying, ThereIsAlwaysAThread) {
  options.jobs = 0;
  EXPECT_EQ(copy_one(), (Told{{0, "5"}}));
}

// An observer that waits for two files at once: with one thread it would wait in vain.
TEST_F(Copying, ThreadsCopyAtOnce) {
  class Meeting final : public CopyObserver {
   public:
    void progress(std::uint64_t) override {}
    void done(std::size_t, std::uint64_t, bool) override {
      std::unique_lock lock(mutex);
      ++here;
      both.notify_all();
      met &= both.wait_for(lock, std::chrono::seconds(5), [&] { return here == 2; });
    }
    void failed(std::size_t, Diagnostic) override {}
    bool stopped() const override { return false; }
    std::mutex mutex;
    std::condition_variable both;
    int here = 0;
    bool met = true;
  } meeting;
  options.jobs = 2;
  stores().copy(std::vector{item("a", "a"), item("a", "b")}, options, meeting);
  EXPECT_TRUE(meeting.met);
}

TEST_F(Copying, WhatAPluginThrowsIsAnError) {
  store.finish_throws = true;
  EXPECT_EQ(code_of([&] { copy_one(); }), "E-PLUGIN-FAILED");
  store.makes_no_copier = true;
  EXPECT_EQ(code_of([&] { copy_one(); }), "E-PLUGIN-FAILED");
}

TEST_F(Copying, WhatAnObserverThrowsStopsAll) {
  outcomes.done_throws = true;
  EXPECT_THROW(copy_one(), std::runtime_error);
}

TEST_F(Copying, LinksAreRefusedBelowTheRootsAlsoByHand) {
  store.copies_nothing = true;
  options.source_root = "s3://old";
  options.target_root = "gs://new";
  copy_one();
  EXPECT_EQ(store.read_root.at("s3://old/a"), "s3://old");
  copy_one();
  EXPECT_EQ(store.read_root.at("gs://new/a"), "gs://new") << "when it is compared";
}

TEST_F(Copying, ByHandEachFileIsItsOwn) {
  store.copies_nothing = true;
  store.put("s3://old/long", "a long state");
  store.put("s3://old/b", "b");
  EXPECT_EQ(copy({item("long", "long"), item("b", "b"), item("a", "a")}),
            (Told{{0, "12"}, {1, "1"}, {2, "5"}}));
  EXPECT_EQ(store.content("gs://new/b"), "b");
  EXPECT_EQ(store.content("gs://new/a"), "state");
}

TEST(SpoolTest, IsClosed) {
  const auto open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open();
  { Spool spool; }
  EXPECT_EQ(open(), before);
}

// ------------------------------------------------------------------------- calls that are made
// again

class SecondAttempt : public Copying {
 protected:
  SecondAttempt() { store.tries = 2; }
  std::string write(std::string_view text) {
    return code_of([&] { stores().write_new("s3://b/x", *memory_source(bytes_of(text), "x")); });
  }
  std::string replace(std::string_view before, std::string_view text) {
    return code_of([&] {
      stores().replace("s3://b/x", *memory_source(bytes_of(text), "x"),
                       {sha256_hex(bytes_of(before)), true});
    });
  }
  std::string remove() {
    return code_of([&] { stores().remove("s3://b/x", "s3://b"); });
  }
};

TEST_F(SecondAttempt, FindsWhatTheFirstHasWritten) {
  store.unheard_at = 1;
  EXPECT_EQ(write("new"), "ok");
  EXPECT_EQ(store.content("s3://b/x"), "new");
  EXPECT_EQ(write("new"), "E-IO-EXISTS") << "which is nobody's own";
  store.fails_at = store.calls + 1;
  EXPECT_EQ(write("another"), "E-IO-EXISTS");
  EXPECT_EQ(store.content("s3://b/x"), "new");
}

TEST_F(SecondAttempt, FindsWhatTheFirstHasReplaced) {
  store.put("s3://b/x", "old");
  store.unheard_at = 1;
  EXPECT_EQ(replace("old", "new"), "ok");
  EXPECT_EQ(store.content("s3://b/x"), "new");
  EXPECT_EQ(replace("old", "new"), "E-STORE-CONFLICT") << "somebody else has";
  store.fails_at = store.calls + 1;
  EXPECT_EQ(replace("old", "another"), "E-STORE-CONFLICT");
}

TEST_F(SecondAttempt, FindsWhatTheFirstHasRemoved) {
  store.put("s3://b/x", "old");
  store.unheard_at = 1;
  EXPECT_EQ(remove(), "ok");
  EXPECT_FALSE(store.has("s3://b/x"));
  EXPECT_EQ(remove(), "E-IO-NOT-FOUND") << "it never was there";
}

TEST_F(SecondAttempt, ReadsFromTheBeginning) {
  Stores all = stores();
  const auto cut = [&] { store.read_cut = {"s3://old/a"}; };
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  const auto text = [&] {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  cut();
  all.read("s3://old/a", {}, *sink);
  EXPECT_EQ(text(), "state");
  bytes.clear();
  cut();
  all.read("s3://old/a", ByteRange{1, 3}, *memory_sink(bytes));
  EXPECT_EQ(text(), "tat");
  cut();
  EXPECT_EQ(all.digest("s3://old/a"), sha256_hex(bytes_of("state")));
  EXPECT_EQ(all.digest("s3://old/a", ByteRange{1, 3}), sha256_hex(bytes_of("tat")));
  EXPECT_EQ(all.digest("s3://old/a", ByteRange{1, 0}), sha256_hex(bytes_of("")));
  cut();
  EXPECT_EQ(sha256_hex(*all.open("s3://old/a")), sha256_hex(bytes_of("state")));
  EXPECT_EQ(code_of([&] {
              all.read("s3://old/a", ByteRange{3, 3}, *memory_sink(bytes));
            }),
            "E-STORE-SIZE");
}

TEST_F(SecondAttempt, ShowsNothingTwiceOfAListing) {
  store.put("s3://old/b", "b");
  store.list_cut = true;
  std::vector<std::string> shown;
  Stores all = stores();
  const auto list = [&] {
    return code_of(
        [&] { all.list("s3://old", [&](const StoredFile& f) { shown.push_back(f.uri); }); });
  };
  EXPECT_EQ(list(), "E-STORE-TEMPORARY");
  EXPECT_EQ(shown.size(), 1U);
  shown.clear();
  store.fails_at = store.calls + 1;
  EXPECT_EQ(list(), "ok") << "nothing was shown before";
  EXPECT_EQ(shown, (std::vector<std::string>{"s3://old/a", "s3://old/b"}));
}

TEST_F(SecondAttempt, IsMadeOfEachKindOfCall) {
  Stores all = stores();
  store.knows_identity = true;
  const auto failing = [&](const std::function<void()>& call) {
    store.fails_at = store.calls + 1;
    return code_of(call);
  };
  EXPECT_EQ(failing([&] { EXPECT_TRUE(all.stat("s3://old/a")); }), "ok");
  EXPECT_EQ(failing([&] { EXPECT_TRUE(all.identity("s3://old/a")); }), "ok");
  EXPECT_EQ(failing([&] { all.check_target("s3://old"); }), "ok");
  EXPECT_EQ(failing([&] { all.make_durable(std::vector<std::string>{"s3://old/a"}); }), "ok");
  EXPECT_EQ(store.durable, std::set<std::string>{"s3://old/a"});
}

TEST_F(SecondAttempt, ComesAfterAPause) {
  const auto pause = std::chrono::milliseconds(20);
  Stores all(store.finder(), {}, {pause, std::chrono::milliseconds(0)});
  store.tries = 3;
  store.fails_at = 1;
  const auto start = std::chrono::steady_clock::now();
  all.stat("s3://old/a");
  EXPECT_GE(std::chrono::steady_clock::now() - start, pause)
      << "patience is for who doesn't answer";
}

// ------------------------------------------------------------------------------ whose file it is

TEST_F(Copying, EachStorageIsConfiguredOnce) {
  Stores all = stores();
  for (const char* uri : {"s3://b/1", "gs://b/1", "s3://b/2"}) all.stat(uri);
  EXPECT_EQ(store.configured, 1U);
}

TEST_F(Copying, ASchemeIsAWholeWord) {
  test::LyingStore other;
  other.put("s3://old/a", "another");
  const auto serving = [](StorageOffer made, const char* schemes) {
    made.schemes = schemes;
    return made;
  };
  Stores all(
      [&](std::string_view scheme) {
        return scheme == "s3" ? serving(other.finder()(scheme), "s3")
                              : serving(store.finder()(scheme), "s3a");
      },
      {});
  EXPECT_TRUE(all.stat("s3a://old/a"));
  EXPECT_EQ(all.stat("s3://old/a").value().size, 7U);
}

TEST_F(Copying, ANewFileIsLikeOneOfItsOwnStorageOnly) {
  Stores all = stores();
  const auto source = memory_source(bytes_of("new"), "new");
  all.write_new("s3://b/1", *source, {"gs://old/a", true});
  all.write_new("s3://b/2", *source, {"file:/old/a", true});
  EXPECT_EQ(store.likes.at("s3://b/1"), "gs://old/a") << "one storage serves both schemes";
  EXPECT_EQ(store.likes.at("s3://b/2"), "");
}

TEST_F(Copying, WhatIsLeftOutOfAListingIsNotShown) {
  store.put("s3://old/deep/b", "b");
  store.put("s3://old/deeper", "c");
  ListOptions without;
  without.left_out = {"s3://old/deep"};
  std::vector<std::string> shown;
  stores().list("s3://old", without, [&](const StoredFile& f) { shown.push_back(f.uri); });
  EXPECT_EQ(shown, (std::vector<std::string>{"s3://old/a", "s3://old/deeper"}));
}

}  // namespace
}  // namespace stateferry
