// What a run writes to a store: whole or not at all, nothing replaced that somebody else has
// changed, and what was replaced kept.
#include "stateferry/transfer/stored_output.hpp"

#include <gtest/gtest.h>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"

namespace stateferry {
namespace {

constexpr const char* kFile = "s3://bucket/job/chk-2/_metadata";
constexpr const char* kBackup = "s3://bucket/job/chk-2/_metadata.bak";

class StoredOutputTest : public testing::Test {
 protected:
  StoredOutputTest() : stores(store.finder(), {}) {}

  static std::span<const std::byte> bytes(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
  }
  // Writes `new`; returns the code of the error, else `ok`.
  std::string put(StoredOutput options = {}) {
    try {
      const auto sink = stored_sink(stores, kFile, std::move(options));
      sink->write(bytes("what is taken back"));
      sink->restart();
      sink->write(bytes("new"));
      if (sha256_hex(*sink->written()) != sha256_hex("new")) return "read back wrong";
      sink->commit();
      return "ok";
    } catch (const Error& error) {
      notes = error.diagnostic().notes;
      return error.code();
    }
  }
  // In the place of `old`, which is kept.
  std::string replace() {
    const auto kept = memory_source(bytes(old), "old");
    return put({.before = sha256_hex(old), .backup = kBackup, .kept = kept.get()});
  }

  test::LyingStore store;
  Stores stores;
  const std::string old = "old";
  std::vector<std::string> notes;
};

TEST_F(StoredOutputTest, ANewFile) {
  EXPECT_EQ(put(), "ok");
  EXPECT_EQ(store.content(kFile), "new");
  EXPECT_EQ(store.size(), 1U);
}

TEST_F(StoredOutputTest, NothingAppearsBeforeItIsCommitted) {
  stored_sink(stores, kFile, {})->write(bytes("new"));
  EXPECT_EQ(store.size(), 0U);
}

TEST_F(StoredOutputTest, AFileThatIsThereIsNotReplacedUnasked) {
  store.put(kFile, old);
  EXPECT_EQ(put(), "E-IO-EXISTS");
  EXPECT_EQ(store.content(kFile), old);
}

TEST_F(StoredOutputTest, WhatIsReplacedIsKept) {
  store.put(kFile, old);
  EXPECT_EQ(replace(), "ok");
  EXPECT_EQ(store.content(kFile), "new");
  EXPECT_EQ(store.content(kBackup), old);
}

TEST_F(StoredOutputTest, AFileThatWasChangedMeanwhileLeavesAllAsItIs) {
  store.put(kFile, "another's");
  EXPECT_EQ(replace(), "E-STORE-CONFLICT");
  EXPECT_EQ(store.content(kFile), "another's");
  EXPECT_FALSE(store.has(kBackup));
}

TEST_F(StoredOutputTest, ABackupOfARunThatWasStoppedIsTaken) {
  store.put(kFile, old);
  store.put(kBackup, old);
  EXPECT_EQ(replace(), "ok");
  EXPECT_EQ(store.content(kFile), "new");
}

TEST_F(StoredOutputTest, AnotherFileWithTheBackupsNameStopsIt) {
  store.put(kFile, old);
  store.put(kBackup, "somebody's");
  EXPECT_EQ(replace(), "E-IO-EXISTS");
  EXPECT_EQ(store.content(kFile), old);
  EXPECT_EQ(store.content(kBackup), "somebody's");
}

TEST_F(StoredOutputTest, WhatIsReadBackWrongIsRemoved) {
  store.read_wrong.insert(kFile);
  EXPECT_EQ(put(), "E-VERIFY");
  EXPECT_FALSE(store.has(kFile));
  EXPECT_EQ(put({.verify = false}), "ok");
}

TEST_F(StoredOutputTest, WhatReplacedSomethingIsNotRemoved) {
  store.put(kFile, old);
  store.not_replaced.insert(kFile);
  EXPECT_EQ(replace(), "E-VERIFY");
  EXPECT_EQ(store.content(kBackup), old);
  EXPECT_TRUE(store.has(kFile));
}

TEST_F(StoredOutputTest, AnAttemptThatWasNotHeardOfIsItsOwn) {
  store.tries = 3;
  store.unheard_at = 1;
  EXPECT_EQ(put(), "ok");
  EXPECT_EQ(store.content(kFile), "new");
}

}  // namespace
}  // namespace stateferry
