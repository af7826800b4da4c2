#include "stateferry/host/restores_seen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

#include "golden.hpp"

namespace stateferry::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RestoresSeen seen(std::int32_t version, const std::string& name, FlinkRelease reader) {
  for (const Golden& golden : golden_files(version)) {
    if (golden.name() != name) continue;
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    return restores_seen(root, *codecs().dialects().find(golden.dialect), reader);
  }
  throw std::runtime_error("no golden file " + name);
}

std::set<std::string> kinds_of(const RestoresSeen& seen) {
  std::set<std::string> kinds;
  for (const RestoreSeen& trial : seen.trials) kinds.emplace(trial.kind);
  return kinds;
}
std::set<std::string> readers_of(const RestoresSeen& seen) {
  std::set<std::string> readers;
  for (const RestoreSeen& trial : seen.trials) readers.emplace(trial.reader);
  return readers;
}

TEST(RestoresSeen, TheKindFollowsFromWhatIsInTheFile) {
  const FlinkRelease reader{1, 18};
  const auto kinds = [&](const std::string& name) {
    return kinds_of(seen(4, name + ".v4-1.20.3.bin", reader));
  };
  EXPECT_THAT(kinds("rocksdb-savepoint"),
              ElementsAre("canonical savepoint, RocksDB", "canonical savepoint, heap"));
  EXPECT_THAT(kinds("native-heap-savepoint"), ElementsAre("native savepoint, heap"));
  EXPECT_THAT(kinds("native-rocksdb-savepoint"), ElementsAre("native savepoint, RocksDB"));
  EXPECT_THAT(kinds("ckpt-heap-chk2"), ElementsAre("checkpoint, heap"));
  EXPECT_THAT(kinds("inc-chk2"), ElementsAre("checkpoint, RocksDB incremental"));
  EXPECT_THAT(kinds("changelog-chk24"), ElementsAre("checkpoint, changelog over RocksDB"));
  EXPECT_THAT(kinds("unaligned-chk1"), ElementsAre("unaligned checkpoint, in-flight records"));
  EXPECT_THAT(kinds("finished-chk3"), ElementsAre("checkpoint, finished operators"));
  EXPECT_THAT(kinds("merge-chk2"), ElementsAre("checkpoint, file merging, heap"));
  EXPECT_THAT(kinds("merge-inc-chk2"),
              ElementsAre("checkpoint, file merging, RocksDB incremental"));
  EXPECT_THAT(kinds("generated-empty"), IsEmpty());
}

TEST(RestoresSeen, OnlyWritersOfTheDialectCount) {
  for (const RestoreSeen& trial : seen(6, "inc-chk2.v6-2.3.0.bin", {1, 20}).trials) {
    EXPECT_EQ(trial.writer, "2.3.0");
    EXPECT_EQ(trial.reader, "1.20.3");
    EXPECT_EQ(trial.reason.empty(), trial.restored);
  }
}

TEST(RestoresSeen, ACanonicalSavepointMayGoWhereOthersDont) {
  const RestoresSeen refused = seen(6, "inc-chk2.v6-2.3.0.bin", {1, 20});
  ASSERT_FALSE(refused.trials.front().restored);
  EXPECT_TRUE(refused.canonical_savepoint_helps);
  const RestoresSeen restored = seen(6, "rocksdb-savepoint.v6-2.3.0.bin", {1, 20});
  ASSERT_TRUE(restored.trials.front().restored);
  EXPECT_FALSE(restored.canonical_savepoint_helps);
  // Neither goes that far.
  EXPECT_FALSE(seen(6, "inc-chk2.v6-2.3.0.bin", {1, 15}).canonical_savepoint_helps);
}

TEST(RestoresSeen, AReleaseThatWasNotTriedHasItsNeighbours) {
  const RestoresSeen none = seen(6, "inc-chk2.v6-2.3.0.bin", {1, 19});
  EXPECT_TRUE(none.to_older);
  EXPECT_FALSE(none.reader_tried);
  EXPECT_GT(readers_of(none).size(), 2U);
}

TEST(RestoresSeen, UpwardsThereIsNoQuestion) {
  const RestoresSeen up = seen(4, "inc-chk2.v4-1.20.3.bin", {2, 0});
  EXPECT_FALSE(up.to_older);
  EXPECT_THAT(up.trials, IsEmpty());
  EXPECT_FALSE(seen(6, "inc-chk2.v6-2.3.0.bin", {2, 3}).to_older);
  // Format version 4 may be of 1.20, too.
  EXPECT_TRUE(seen(4, "inc-chk2.v4-1.16.3.bin", {1, 19}).to_older);
}

}  // namespace
}  // namespace stateferry::test
