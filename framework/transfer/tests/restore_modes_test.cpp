#include "stateferry/transfer/restore_modes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace stateferry {
namespace {

// A snapshot of one subtask whose keyed state a test sets.
class RestoreModesTest : public testing::Test {
 protected:
  explicit RestoreModesTest(Dialect dialect = {6, {2, 1}})
      : document_(memory_source({}, "made"), Arena(), {}, dialect) {
    OperatorState& op = document_.root().operators.emplace_back(arena());
    op.subtasks.emplace_back(arena());
  }

  Arena& arena() { return document_.arena(); }
  void keyed(const KeyedStateHandle& handle) {
    document_.root().operators[0].subtasks[0].state.managed_keyed = handle;
  }
  static StreamStateHandle relative() { return RelativeFileStateHandle{{"x"}, 1}; }
  static StreamStateHandle absolute() { return FileStateHandle{{"s3://b/x"}, 1}; }

  IncrementalRemoteKeyedStateHandle incremental(const StreamStateHandle& shared,
                                                const StreamStateHandle& rest) {
    IncrementalRemoteKeyedStateHandle handle;
    handle.meta_handle = rest;
    handle.shared_state.push_back(arena(), {"000001.sst", shared});
    handle.private_state.push_back(arena(), {"CURRENT", rest});
    return handle;
  }
  KeyedStateHandle changelog(const KeyedStateHandle& materialized, const StreamStateHandle& log) {
    ChangelogStreamStateHandle stream;
    stream.handles.push_back(arena(), {0, log});
    auto* handle = arena().make<ChangelogStateBackendHandle>();
    handle->materialized.push_back(arena(), materialized);
    handle->non_materialized.push_back(arena(), KeyedStateHandle(stream));
    return handle;
  }
  static KeyGroupsStateHandle key_groups(const StreamStateHandle& delegate) {
    KeyGroupsStateHandle handle;
    handle.delegate = delegate;
    return handle;
  }

  // `CLAIM` → goes on; every mode restores, and says why it doesn't go on.
  std::map<std::string, bool> modes() {
    std::map<std::string, bool> result;
    for (const RestoreMode& mode : restore_modes(restore_traits(document_))) {
      EXPECT_TRUE(mode.restores);
      EXPECT_EQ(mode.goes_on, mode.why.empty());
      result.emplace(mode.name, mode.goes_on);
    }
    return result;
  }
  using Modes = std::map<std::string, bool>;
  static inline const Modes kAll{{"CLAIM", true}, {"NO_CLAIM", true}, {"LEGACY", true}};

  Document document_;
};

TEST_F(RestoreModesTest, WhatIsWrittenAnewEachTimeMayBeRelative) {
  keyed(key_groups(relative()));
  OperatorStreamStateHandle state;
  state.delegate = relative();
  document_.root().operators[0].subtasks[0].state.managed_operator.push_back(arena(), state);
  EXPECT_EQ(modes(), kAll);
}

TEST_F(RestoreModesTest, OnlyAFullCheckpointLeavesRelativeSharedFilesBehind) {
  keyed(incremental(relative(), absolute()));
  EXPECT_EQ(modes(), (Modes{{"CLAIM", false}, {"NO_CLAIM", true}, {"LEGACY", false}}));
  keyed(incremental(absolute(), relative()));
  EXPECT_EQ(modes(), kAll) << "Flink takes over no private files";
}

TEST_F(RestoreModesTest, AChangelogMustBeClaimed) {
  const Modes wanted{{"CLAIM", true}, {"NO_CLAIM", false}, {"LEGACY", true}};
  keyed(changelog(incremental(absolute(), absolute()), absolute()));
  EXPECT_EQ(modes(), wanted);
  keyed(changelog(key_groups(absolute()), absolute()));
  EXPECT_EQ(modes(), wanted);
}

TEST_F(RestoreModesTest, AllOfAChangelogIsTakenOver) {
  const Modes wanted{{"CLAIM", false}, {"NO_CLAIM", false}, {"LEGACY", false}};
  keyed(changelog(incremental(absolute(), relative()), absolute()));
  EXPECT_EQ(modes(), wanted) << "private files of what was materialized";
  keyed(changelog(key_groups(relative()), absolute()));
  EXPECT_EQ(modes(), wanted);
  keyed(changelog(key_groups(absolute()), relative()));
  EXPECT_EQ(modes(), wanted) << "the log";
}

TEST(RestoreModes, ThatAReleaseHas) {
  const auto names = [](Dialect dialect) {
    std::string text;
    for (const RestoreMode& mode : restore_modes({dialect, false, false})) {
      text += std::string(mode.name) + " ";
    }
    return text;
  };
  EXPECT_EQ(names({2, {1, 3}}), "BEFORE-1.15 ");
  EXPECT_EQ(names({3, {1, 14}}), "BEFORE-1.15 ");
  EXPECT_EQ(names({3, {1, 15}}), "BEFORE-1.15 CLAIM NO_CLAIM LEGACY ");
  EXPECT_EQ(names({4, {1, 16}}), "CLAIM NO_CLAIM LEGACY ");
  EXPECT_EQ(names({6, {2, 1}}), "CLAIM NO_CLAIM LEGACY ");
}

TEST(RestoreModes, ReleasesThatKeepThePlaceOfWhatTheyTakeOver) {
  for (const RestoreMode& mode : restore_modes({{7, {2, 4}}, false, true})) {
    EXPECT_TRUE(mode.goes_on) << mode.name;
  }
  for (const RestoreMode& mode : restore_modes({{3, {1, 11}}, false, true})) {
    EXPECT_FALSE(mode.goes_on) << mode.name;
  }
}

}  // namespace
}  // namespace stateferry
