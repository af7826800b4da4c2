// What the stores of a run say of one that lets us wait.
#include "stateferry/transfer/stores.hpp"

#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// Answers when it is told to, and has a trouble to tell of.
class SlowStorage final : public Storage {
 public:
  std::shared_future<void> may_answer;
  std::vector<std::string> troubles;
  std::function<void()> within;

  std::optional<StoredFile> stat(const std::string& uri) override {
    if (within) within();
    may_answer.wait();
    return StoredFile{uri, 1};
  }
  void list(const std::string&, const std::function<void(const StoredFile&)>&) override {}
  void read(const std::string&, const std::optional<ByteRange>&, ByteSink&) override {}
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
  std::vector<std::string> take_troubles() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(troubles, {});
  }

 private:
  std::mutex mutex_;
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
            sink};
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
  storage->troubles = {"connection refused: s3://b/k (attempt 1 of 4)"};
  Stores all = stores();
  all.tell_waits(teller(), kNever);
  EXPECT_TRUE(all.stat("s3://b/k"));
  EXPECT_EQ(lines, std::vector<std::string>{
                       "trying again: connection refused: s3://b/k (attempt 1 of 4)"});
}

TEST_F(StoresTest, AnAttemptThatNobodyHasLookedAtIsToldAtTheEnd) {
  answer.set_value();
  storage->troubles = {"SlowDown: s3://b/k (attempt 1 of 4)"};
  Stores all = stores();
  all.tell_waits([this](const std::string& line) { lines.push_back(line); },
                 {std::chrono::hours(1), std::chrono::hours(1), std::chrono::hours(1)});
  EXPECT_TRUE(all.stat("s3://b/k"));
  EXPECT_EQ(lines.size(), 1U);
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
  storage->troubles = {"nobody asks"};
  Stores all = stores();
  all.tell_waits([this](const std::string& line) { lines.push_back(line); }, kAtOnce);
  EXPECT_TRUE(all.stat("file:/b/k"));
  EXPECT_TRUE(lines.empty());
}

}  // namespace
}  // namespace stateferry
