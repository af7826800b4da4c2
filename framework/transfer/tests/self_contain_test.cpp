#include "stateferry/transfer/self_contain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"
#include "stateferry_test/support.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

using testing::ElementsAre;

// A snapshot of one operator, made of the handles that a test puts into it.
class SelfContain : public testing::Test {
 protected:
  SelfContain() : document_(memory_source({}, "made"), Arena(), {}, Dialect{6, {2, 1}}) {
    OperatorState& op = document_.root().operators.emplace_back(document_.arena());
    op.uid = "orders";
    op.subtasks.emplace_back(document_.arena());
  }

  OperatorSubtaskState& state() { return document_.root().operators[0].subtasks[0].state; }
  void add(const StreamStateHandle& delegate) {
    OperatorStreamStateHandle handle;
    handle.delegate = delegate;
    state().managed_operator.push_back(document_.arena(), handle);
  }
  void add(const std::string& path) { add(FileStateHandle{{document_.arena().intern(path)}, 7}); }
  DirectoryNames names() {
    const References references = collect_references(document_, "s3://b/job/chk-1");
    return names_in_one_directory(document_, references, "s3://new", false);
  }
  std::vector<std::string> targets() {
    std::vector<std::string> all;
    for (const PlanRow& row : names().rows) all.push_back(row.target);
    return all;
  }
  std::string refusal() {
    try {
      names();
    } catch (const Error& error) {
      return error.code();
    }
    return "none";
  }

  Document document_;
};

TEST_F(SelfContain, EqualHandlesShareACopy) {
  add("s3://b/job/shared/x");
  add("s3://b/job/shared/y");
  add("s3://b/job/shared/x");
  const auto rows = names().rows;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].target, "s3://new/x");
  EXPECT_EQ(rows[0].handles, 2U);
  EXPECT_EQ(rows[0].bytes, 7U);
  EXPECT_EQ(rows[0].op, "uid:orders");
  EXPECT_EQ(rows[1].target, "s3://new/y");
}

// Flink has maps from handles, and loses what belongs to the second of two that became one.
TEST_F(SelfContain, HandlesThatFlinkTakesForDifferentStayDifferent) {
  add("s3://b/job/chk-1/x");
  add("s3a://b/job/chk-1/x");
  add(RelativeFileStateHandle{{"x"}, 7});
  EXPECT_THAT(targets(), ElementsAre("s3://new/x", "s3://new/x-2", "s3://new/x-3"));
  EXPECT_EQ(names().renamed, 2U);
}

// Flink compares paths as URIs: with and without a scheme they are two, though the file is one.
TEST_F(SelfContain, HandlesWithAndWithoutASchemeStayTwo) {
  add("/data/x");
  add("file:/data/x");
  add("/data/x");
  EXPECT_THAT(targets(), ElementsAre("s3://new/x", "s3://new/x-2"));
}

TEST_F(SelfContain, ANameWithANumberMayBeTakenToo) {
  add("s3://b/1/x");
  add("s3://b/1/x-2");
  add("s3://b/2/x");
  add("s3://b/3/x:y");
  EXPECT_THAT(targets(), ElementsAre("s3://new/x", "s3://new/x-2", "s3://new/x-3", "s3://new/x_y"));
}

// The number behind a name goes on where it was: no file begins to count anew.
TEST_F(SelfContain, ManyFilesOfOneName) {
  constexpr std::size_t kFiles = 100'000;
  for (std::size_t i = 0; i < kFiles; ++i) add("s3://b/" + std::to_string(i) + "/x");
  const DirectoryNames all = names();
  ASSERT_EQ(all.rows.size(), kFiles);
  EXPECT_EQ(all.rows.back().target, "s3://new/x-" + std::to_string(kFiles));
  EXPECT_LE(all.tried, 2 * kFiles);
}

// Nor where files have such names already: each of these is met once.
TEST_F(SelfContain, ManyFilesOfOneNameBesideNumberedOnes) {
  constexpr std::size_t kFiles = 1000;
  for (std::size_t i = 2; i < kFiles + 2; ++i) add("s3://b/a/x-" + std::to_string(i));
  for (std::size_t i = 0; i < kFiles; ++i) add("s3://b/" + std::to_string(i) + "/x");
  const DirectoryNames all = names();
  EXPECT_EQ(all.rows.back().target, "s3://new/x-" + std::to_string(2 * kFiles));
  EXPECT_LE(all.tried, 4 * kFiles);
}

TEST_F(SelfContain, NoStateFileGetsTheNameOfASnapshot) {
  for (const char* name : {"_metadata", "_METADATA", "._metadata.inprogress.1", "d/_metadata"}) {
    state().managed_operator.truncate(0);
    add(RelativeFileStateHandle{{name}, 7});
    EXPECT_EQ(refusal(), "E-MOVE-UNSAFE") << name;
  }
  state().managed_operator.truncate(0);
  add(RelativeFileStateHandle{{"_metadata-1"}, 7});
  EXPECT_EQ(refusal(), "none");
}

// No relative handle can name a part of a file.
TEST_F(SelfContain, MergedFilesAreRefused) {
  add("s3://b/job/shared/x");
  EXPECT_EQ(refusal(), "none");
  SegmentFileStateHandle segment;
  segment.path.text = "s3://b/job/taskowned/merged";
  segment.size = 7;
  add(segment);
  EXPECT_EQ(refusal(), "E-MOVE-SEGMENTS");
}

// Only what later checkpoints take over: the rest is to move with the directory.
TEST(Anchoring, MakesAbsoluteWhatLaterCheckpointsTakeOver) {
  const test::TemporaryDirectory directory;
  test::write_file(directory.file("_metadata"), test::tiny_snapshot({{"meta", 5}, {"a", 5}}));
  PluginRegistry registry = test::plugin_registry();
  DiagnosticList sink;
  Stores stores(registry, {});
  SnapshotTransfer m{
      registry, stores, sink,
      read_snapshot("file:" + directory.file("_metadata"), {}, stores, registry, sink)};
  Pipeline pipeline;
  pipeline.steps.push_back(anchoring("file:/new"));
  rewrite(m, pipeline);
  Document made = decode_document(memory_source(m.metadata, "made"), registry, sink);
  std::vector<std::string> uris;
  for (const Reference& file : collect_references(made, "s3://base").files) {
    uris.push_back(file.uri);
  }
  EXPECT_THAT(uris, ElementsAre("s3://base/meta", "file:/new/a"));
}

}  // namespace
}  // namespace stateferry
