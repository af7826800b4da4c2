#include "stateferry/model/release.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stateferry {
namespace {

std::set<unsigned> tags_of(TagSet set) {
  std::set<unsigned> tags;
  for (unsigned tag = 0; tag < 32; ++tag) {
    if ((set >> tag & 1) != 0) tags.insert(tag);
  }
  return tags;
}

// The format's description, written down a second time.
TEST(Releases, KnowTags) {
  const auto last_known = [](FlinkRelease release) {
    if (release >= FlinkRelease{1, 20}) return 17U;
    if (release >= FlinkRelease{1, 16}) return 14U;
    if (release >= FlinkRelease{1, 15}) return 12U;
    if (release >= FlinkRelease{1, 14}) return 10U;
    if (release >= FlinkRelease{1, 13}) return 7U;
    if (release >= FlinkRelease{1, 11}) return 6U;
    return release >= FlinkRelease{1, 3} ? 5U : 4U;
  };
  for (const ReleaseInfo& info : all_releases()) {
    EXPECT_EQ(info.knows, tag_range(0, last_known(info.release))) << to_string(info.release);
  }
}

TEST(Releases, AreThoseThatExist) {
  std::vector<FlinkRelease> released;
  for (std::uint16_t minor = 2; minor <= 20; ++minor) released.push_back({1, minor});
  for (std::uint16_t minor = 0; minor <= 3; ++minor) released.push_back({2, minor});
  ASSERT_EQ(all_releases().size(), released.size());
  for (std::size_t i = 0; i < released.size(); ++i) {
    EXPECT_EQ(all_releases()[i].release, released[i]);
    EXPECT_EQ(find_release(released[i]), &all_releases()[i]);
    EXPECT_EQ(&nearest_release(released[i]), &all_releases()[i]);
  }
  EXPECT_EQ(find_release({1, 1}), nullptr);
  EXPECT_EQ(find_release({2, 4}), nullptr);
  EXPECT_EQ(newest_release().release, released.back());
  EXPECT_EQ(nearest_release({9, 9}).release, released.back());
  EXPECT_EQ(nearest_release({1, 77}).release, (FlinkRelease{1, 20}));
  EXPECT_EQ(nearest_release({0, 1}).release, released.front());
}

TEST(Releases, WhatReadersCopeWith) {
  using F = ReaderFeature;
  const std::pair<F, FlinkRelease> since[] = {
      {F::broadcast_state, {1, 5}}, {F::key_groups_stream, {1, 13}}, {F::finished_tasks, {1, 14}},
      {F::repeated_files, {1, 16}}, {F::absent_meta, {1, 19}},
  };
  for (const ReleaseInfo& info : all_releases()) {
    SCOPED_TRACE(to_string(info.release));
    for (const auto& [feature, first] : since) {
      EXPECT_EQ(has(info.copes, feature), info.release >= first);
    }
    EXPECT_EQ(has(info.copes, F::legacy_state), info.release <= (FlinkRelease{1, 3}));
  }
}

TEST(Releases, AsText) {
  for (const ReleaseInfo& info : all_releases()) {
    EXPECT_EQ(release_from_text(to_string(info.release)), info.release);
  }
  EXPECT_EQ(release_from_text("1.18.1"), (FlinkRelease{1, 18}));
  EXPECT_EQ(release_from_text("0.0"), (FlinkRelease{0, 0}));
  EXPECT_EQ(release_from_text("65535.65535.1"), (FlinkRelease{65535, 65535}));
  for (const char* bad : {"", "1", "1.", ".1", "1.2.", "1.2.3.4", "1.2x", "1.2.x", "v1.2", " 1.2",
                          "1.2 ", "-1.2", "1.-2", "1,2", "65536.1", "1.65536", "1.2-SNAPSHOT"}) {
    EXPECT_EQ(release_from_text(bad), std::nullopt) << bad;
  }
}

TEST(Dialects, AsText) {
  EXPECT_EQ(to_string(Dialect{3, {1, 12}, true}), "V3 of Flink 1.12");
  EXPECT_EQ(to_string(Dialect{5, {2, 0}}), "V5");
}

TEST(HandleTags, HaveFlinksNames) {
  EXPECT_EQ(handle_tag_name(HandleTag::null), "NULL");
  EXPECT_EQ(handle_tag_name(HandleTag::relative_stream), "RELATIVE_STREAM");
  EXPECT_EQ(handle_tag_name(HandleTag::segment_partitionable_operator),
            "SEGMENT_PARTITIONABLE_OPERATOR");
  std::set<std::string_view> names;
  for (unsigned tag = 0; tag <= kMaxHandleTag; ++tag) {
    EXPECT_TRUE(names.insert(handle_tag_name(static_cast<HandleTag>(tag))).second) << tag;
  }
}

TEST(TagSets, Ranges) {
  EXPECT_EQ(tags_of(tag_range(3, 5)), (std::set<unsigned>{3, 4, 5}));
  EXPECT_EQ(tag_range(0, 0), 1U);
  EXPECT_EQ(tag_range(0, 4), 0x1FU);
  EXPECT_EQ(tag_range(3, 5), 0x38U);
  EXPECT_EQ(tag_range(0, 31), 0xFFFFFFFFU);
  EXPECT_EQ(tag_bit(HandleTag::partitionable_operator), 0x10U);
}

}  // namespace
}  // namespace stateferry
