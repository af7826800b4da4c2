// Many files that are read at once: over a store that lies.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {
namespace {

class Reader final : public ReadObserver {
 public:
  std::unique_ptr<ByteSink> open(std::size_t index) override {
    const std::lock_guard lock(mutex);
    bytes[index].clear();
    return memory_sink(bytes[index]);
  }
  void done(std::size_t index, ByteSink&) override {
    const std::lock_guard lock(mutex);
    const auto& all = bytes[index];
    read[index] = std::string(reinterpret_cast<const char*>(all.data()), all.size());
  }
  void failed(std::size_t index, Diagnostic why) override {
    const std::lock_guard lock(mutex);
    failures[index] = why.code;
  }

  std::mutex mutex;
  std::map<std::size_t, std::vector<std::byte>> bytes;
  std::map<std::size_t, std::string> read;
  std::map<std::size_t, std::string> failures;
};

TEST(ReadMany, ReadsEachOnceByAnyNumberOfThreads) {
  for (const unsigned jobs : {1U, 3U, 64U}) {
    test::LyingStore store;
    std::vector<std::string> uris;
    for (int i = 0; i < 50; ++i) {
      uris.push_back("s3://b/" + std::to_string(i));
      store.put(uris.back(), "content " + std::to_string(i));
    }
    store.erase("s3://b/7");
    Stores stores(store.finder(), {});
    Reader reader;
    stores.read_many(uris, jobs, reader);
    EXPECT_EQ(reader.read.size(), 49U);
    EXPECT_EQ(reader.read[13], "content 13");
    EXPECT_EQ(reader.failures.size(), 1U);
    EXPECT_EQ(reader.failures[7], "E-IO-NOT-FOUND");
  }
}

TEST(ReadMany, AnAttemptThatWasCutCountsForNothing) {
  test::LyingStore store;
  store.tries = 3;
  store.put("s3://b/a", "0123456789");
  store.read_cut.insert("s3://b/a");
  Stores stores(store.finder(), {}, RetryTimes{std::chrono::milliseconds(1)});
  Reader reader;
  stores.read_many(std::vector<std::string>{"s3://b/a"}, 2, reader);
  EXPECT_EQ(reader.read[0], "0123456789");
}

}  // namespace
}  // namespace stateferry
