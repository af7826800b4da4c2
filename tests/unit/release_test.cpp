#include "stateferry/model/release.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace stateferry {
namespace {

/// The format's description of a release, written down a second time.
struct Row {
  FlinkRelease release;
  std::int32_t writes, reads_first, reads_last;
  std::set<unsigned> knows, emits;
};

std::set<unsigned> upto(unsigned last, std::set<unsigned> without = {}) {
  std::set<unsigned> tags;
  for (unsigned tag = 0; tag <= last; ++tag) {
    if (!without.contains(tag)) tags.insert(tag);
  }
  return tags;
}

std::set<unsigned> tags_of(TagSet set) {
  std::set<unsigned> tags;
  for (unsigned tag = 0; tag < 32; ++tag) {
    if ((set >> tag & 1) != 0) tags.insert(tag);
  }
  return tags;
}

TEST(Releases, AreAsDescribed) {
  std::vector<Row> rows = {
      {{1, 2}, 1, 0, 1, upto(4), upto(4)},
      {{1, 3}, 2, 0, 2, upto(5), upto(5)},
  };
  for (std::uint16_t minor = 4; minor <= 10; ++minor) {
    rows.push_back({{1, minor}, 2, 1, 2, upto(5), upto(5)});
  }
  rows.push_back({{1, 11}, 3, 2, 3, upto(6), upto(6)});
  rows.push_back({{1, 12}, 3, 2, 3, upto(6), upto(6)});
  rows.push_back({{1, 13}, 3, 2, 3, upto(7), upto(7)});
  rows.push_back({{1, 14}, 3, 2, 3, upto(10), upto(10)});
  rows.push_back({{1, 15}, 3, 2, 3, upto(12), upto(12, {5})});
  for (std::uint16_t minor = 16; minor <= 19; ++minor) {
    rows.push_back({{1, minor}, 4, 2, 4, upto(14), upto(14, {5, 8, 10})});
  }
  rows.push_back({{1, 20}, 4, 2, 4, upto(17), upto(17, {5, 8, 10})});
  rows.push_back({{2, 0}, 5, 2, 5, upto(17), upto(17, {5, 8, 10})});
  for (std::uint16_t minor = 1; minor <= 3; ++minor) {
    rows.push_back({{2, minor}, 6, 2, 6, upto(17), upto(17, {5, 8, 10})});
  }
  rows.push_back({{2, 4}, 7, 2, 7, upto(17), upto(17, {5, 8, 10})});

  ASSERT_EQ(all_releases().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ReleaseInfo& info = all_releases()[i];
    SCOPED_TRACE(to_string(rows[i].release));
    EXPECT_EQ(info.release, rows[i].release);
    EXPECT_EQ(info.writes, rows[i].writes);
    EXPECT_EQ(info.reads_first, rows[i].reads_first);
    EXPECT_EQ(info.reads_last, rows[i].reads_last);
    EXPECT_EQ(tags_of(info.knows), rows[i].knows);
    EXPECT_EQ(tags_of(info.emits), rows[i].emits);
  }
}

TEST(Releases, AgreeWithThemselves) {
  const auto releases = all_releases();
  EXPECT_TRUE(std::is_sorted(releases.begin(), releases.end(),
                             [](const auto& a, const auto& b) { return a.release < b.release; }));
  for (const ReleaseInfo& info : releases) {
    SCOPED_TRACE(to_string(info.release));
    EXPECT_LE(info.reads_first, info.writes);
    EXPECT_EQ(info.reads_last, info.writes) << "every release reads what it writes, and not more";
    EXPECT_EQ(info.emits & ~info.knows, 0U);
    EXPECT_EQ(find_release(info.release), &info);
    const ReleaseInfo* body = find_release(info.body);
    ASSERT_NE(body, nullptr);
    EXPECT_LE(body->release, info.release);
    EXPECT_EQ(body->writes, info.writes);
    EXPECT_EQ(body->body, body->release) << "the body's name is that of the first release with it";
  }
  EXPECT_EQ(find_release({1, 1}), nullptr);
  EXPECT_EQ(find_release({2, 5}), nullptr);
}

TEST(Releases, BodiesOfVersion3) {
  EXPECT_EQ(find_release({1, 11})->body, (FlinkRelease{1, 11}));
  EXPECT_EQ(find_release({1, 12})->body, (FlinkRelease{1, 12}));
  EXPECT_EQ(find_release({1, 13})->body, (FlinkRelease{1, 12}));
  EXPECT_EQ(find_release({1, 14})->body, (FlinkRelease{1, 14}));
  EXPECT_EQ(find_release({1, 15})->body, (FlinkRelease{1, 15}));
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

TEST(Dialects, AreReadByReleases) {
  const auto read_by = [](FlinkRelease release, std::int32_t version) {
    const DialectInfo* found = dialect_read_by(release, version);
    return found == nullptr ? FlinkRelease{} : found->dialect.release;
  };
  EXPECT_EQ(read_by({1, 10}, 3), FlinkRelease{});
  EXPECT_EQ(read_by({1, 11}, 3), (FlinkRelease{1, 11}));
  EXPECT_EQ(read_by({1, 13}, 3), (FlinkRelease{1, 12}));
  EXPECT_EQ(read_by({1, 14}, 3), (FlinkRelease{1, 14}));
  EXPECT_EQ(read_by({2, 3}, 3), (FlinkRelease{1, 15}));
  EXPECT_EQ(read_by({2, 3}, 2), (FlinkRelease{1, 3}));
  EXPECT_EQ(read_by({2, 3}, 1), FlinkRelease{});
  EXPECT_EQ(read_by({2, 3}, 7), FlinkRelease{});
  EXPECT_EQ(read_by({3, 0}, 6), FlinkRelease{});
  for (const ReleaseInfo& info : all_releases()) {
    EXPECT_EQ(dialect_read_by(info.release, info.writes)->dialect,
              (Dialect{info.writes, info.body}))
        << to_string(info.release);
  }
  for (const DialectInfo& d : all_dialects()) EXPECT_EQ(find_dialect(d.dialect), &d);
  EXPECT_EQ(find_dialect({3, {1, 13}}), nullptr);
  EXPECT_EQ(newest_writer(2)->release, (FlinkRelease{1, 10}));
  EXPECT_EQ(newest_writer(8), nullptr);
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
  EXPECT_EQ(to_string(Dialect{3, {1, 12}}), "V3 of Flink 1.12");
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
  EXPECT_EQ(tag_range(0, 0), 1U);
  EXPECT_EQ(tag_range(0, 4), 0x1FU);
  EXPECT_EQ(tag_range(3, 5), 0x38U);
  EXPECT_EQ(tag_range(0, 31), 0xFFFFFFFFU);
  EXPECT_EQ(tag_bit(HandleTag::partitionable_operator), 0x10U);
}

TEST(Release, TagsThatTheWritersOfAFormatKnow) {
  EXPECT_FALSE(is_known_by_writers(2, HandleTag::relative_stream));
  EXPECT_TRUE(is_known_by_writers(3, HandleTag::relative_stream));
  EXPECT_TRUE(is_known_by_writers(4, HandleTag::segment_file)) << "by 1.20";
  EXPECT_FALSE(is_known_by_writers(3, HandleTag::segment_file));
  EXPECT_FALSE(is_known_by_writers(99, HandleTag::null));
}

}  // namespace
}  // namespace stateferry
