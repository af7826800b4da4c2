#include "stateferry/model/dialect.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace stateferry {
namespace {

/// Two versions of Flink, the second with two bodies, and one of nobody's.
Dialects made_up() {
  return Dialects({
      {.dialect = {9, {7, 7}}, .tags = tag_range(0, 17), .experimental = true},
      {.dialect = {3, {1, 12}, true},
       .written_by = {{1, 12}, {1, 13}},
       .read_by = {{1, 12}, {1, 14}},
       .tags = tag_range(0, 17)},
      {.dialect = {3, {1, 11}, true},
       .written_by = only_release({1, 11}),
       .read_by = only_release({1, 11})},
      {.dialect = {2, {1, 3}},
       .written_by = {{1, 3}, {1, 10}},
       .read_by = since_release({1, 3}),
       .parts = BodyPart::durations | BodyPart::chain_length},
  });
}

FlinkRelease release_of(const DialectInfo* found) {
  return found == nullptr ? FlinkRelease{} : found->dialect.release;
}

TEST(Dialects, AreSortedAndFound) {
  const Dialects dialects = made_up();
  std::vector<Dialect> names;
  for (const DialectInfo& d : dialects.all()) {
    names.push_back(d.dialect);
    EXPECT_EQ(dialects.find(d.dialect), &d);
  }
  EXPECT_EQ(names, (std::vector<Dialect>{{2, {1, 3}}, {3, {1, 11}}, {3, {1, 12}}, {9, {7, 7}}}));
  EXPECT_EQ(dialects.find({3, {1, 13}}), nullptr);
  EXPECT_EQ(dialects.of_version(3).size(), 2U);
  EXPECT_TRUE(dialects.of_version(4).empty());
  EXPECT_EQ(dialects.versions(), (std::vector<std::int32_t>{2, 3, 9}));
  EXPECT_TRUE(Dialects().all().empty());
}

TEST(Dialects, AreReadByReleases) {
  const Dialects dialects = made_up();
  EXPECT_EQ(dialects.read_by({1, 10}, 3), nullptr);
  EXPECT_EQ(release_of(dialects.read_by({1, 11}, 3)), (FlinkRelease{1, 11}));
  EXPECT_EQ(release_of(dialects.read_by({1, 14}, 3)), (FlinkRelease{1, 12}));
  EXPECT_EQ(dialects.read_by({1, 15}, 3), nullptr);
  EXPECT_EQ(dialects.read_by({7, 7}, 9), nullptr);
  EXPECT_EQ(release_of(dialects.newest_read_by({1, 14})), (FlinkRelease{1, 12}));
  EXPECT_EQ(release_of(dialects.newest_read_by({1, 15})), (FlinkRelease{1, 3}));
  EXPECT_EQ(dialects.newest_read_by({1, 2}), nullptr);
}

TEST(Dialects, AreWrittenByReleases) {
  const Dialects dialects = made_up();
  EXPECT_EQ(release_of(dialects.written_by({1, 10})), (FlinkRelease{1, 3}));
  EXPECT_EQ(release_of(dialects.written_by({1, 13})), (FlinkRelease{1, 12}));
  EXPECT_EQ(dialects.written_by({1, 14}), nullptr);
  EXPECT_EQ(newest_writer(dialects.of_version(3))->release, (FlinkRelease{1, 13}));
  EXPECT_EQ(newest_writer(dialects.of_version(9)), nullptr);
  EXPECT_EQ(newest_writer({}), nullptr);
}

TEST(Dialects, TagsThatTheWritersKnow) {
  const Dialects dialects = made_up();
  EXPECT_EQ(tags_of_writers(dialects.of_version(2)), tag_range(0, 5));
  EXPECT_EQ(tags_of_writers(dialects.of_version(3)), tag_range(0, 7)) << "by 1.13";
  EXPECT_EQ(tags_of_writers(dialects.of_version(9)), tag_range(0, 17)) << "what its body holds";
  EXPECT_EQ(tags_of_writers({}), 0U);
}

TEST(Dialects, Parts) {
  const Dialects dialects = made_up();
  EXPECT_TRUE(dialects.find({2, {1, 3}})->has(BodyPart::durations));
  EXPECT_TRUE(dialects.find({2, {1, 3}})->has(BodyPart::durations | BodyPart::chain_length));
  EXPECT_FALSE(dialects.find({2, {1, 3}})->has(BodyPart::durations | BodyPart::coordinator));
}

TEST(ReleaseRanges, HoldBothEnds) {
  const ReleaseRange range{{1, 12}, {1, 13}};
  EXPECT_FALSE(range.holds({1, 11}));
  EXPECT_TRUE(range.holds({1, 12}));
  EXPECT_TRUE(range.holds({1, 13}));
  EXPECT_FALSE(range.holds({1, 14}));
  EXPECT_FALSE(range.empty());
  EXPECT_TRUE(ReleaseRange{}.empty());
  EXPECT_FALSE(ReleaseRange{}.holds({}));
  EXPECT_TRUE(since_release({1, 12}).holds({9, 0}));
  EXPECT_FALSE(only_release({1, 12}).holds({1, 13}));
}

TEST(Versions, AsText) {
  const auto text = [](std::vector<std::int32_t> versions) { return versions_text(versions); };
  EXPECT_EQ(text({}), "none");
  EXPECT_EQ(text({6}), "6");
  EXPECT_EQ(text({1, 2, 3}), "1 to 3");
  EXPECT_EQ(text({1, 2, 3, 8}), "1 to 3, 8");
  EXPECT_EQ(text({1, 6, 7}), "1, 6 to 7");
}

}  // namespace
}  // namespace stateferry
