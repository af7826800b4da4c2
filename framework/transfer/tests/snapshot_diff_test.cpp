// What is different in two snapshots.
#include "stateferry/transfer/snapshot_diff.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "stateferry/io/byte_source.hpp"
#include "stateferry_test/support.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

class SnapshotDiffTest : public testing::Test {
 protected:
  SnapshotMarks marks(const std::string& bytes, const std::string& base = "s3://b/job/chk-1") {
    const auto view = std::as_bytes(std::span(bytes.data(), bytes.size()));
    PartReader reader(memory_source(view, "made"), registry, sink);
    return read_marks(reader, base, kLocalFileSystem, nullptr);
  }
  SnapshotMarks marks(const std::vector<test::TinyFile>& files) {
    return marks(test::tiny_snapshot(files));
  }

  PluginRegistry registry = test::plugin_registry();
  DiagnosticList sink;
};

// An operator with these handles, of eight bytes each.
OperatorMarks op(const std::string& hash, const std::string& uid,
                 const std::vector<std::string>& handles) {
  OperatorMarks marks;
  marks.hash = hash;
  marks.uid = uid;
  std::string all = hash + uid;
  for (const std::string& handle : handles) {
    marks.handles.push_back({fingerprint_of(std::string_view(handle)), 8});
    marks.state_bytes += 8;
    all += "/" + handle;
  }
  std::sort(marks.handles.begin(), marks.handles.end(),
            [](const HandleMark& a, const HandleMark& b) { return a.what < b.what; });
  marks.all = fingerprint_of(std::string_view(all));
  return marks;
}

SnapshotMarks with(std::vector<OperatorMarks> operators) {
  SnapshotMarks marks;
  marks.operators = std::move(operators);
  return marks;
}

TEST_F(SnapshotDiffTest, TheSameIsTheSame) {
  const SnapshotMarks one = marks({{"s3://b/job/shared/a", 10}, {"s3://b/job/shared/b", 20}});
  const SnapshotDifference d = compare(one, one);
  EXPECT_TRUE(d.same());
  EXPECT_EQ(d.files.shared.count, 2U);
  EXPECT_EQ(d.files.shared.bytes, 30U);
  EXPECT_EQ(d.handles.shared.count, 2U);
}

TEST_F(SnapshotDiffTest, TellsNewGoneAndSharedFiles) {
  const SnapshotMarks a = marks({{"s3://b/job/shared/a", 10}, {"s3://b/job/shared/b", 20}});
  const SnapshotMarks b = marks({{"s3a://b/job/shared/b", 20}, {"s3://b/job/shared/c", 5}});
  const SnapshotDifference d = compare(a, b);
  EXPECT_FALSE(d.same());
  EXPECT_EQ(d.files.shared.count, 1U) << "s3 and s3a are one store";
  EXPECT_EQ(d.files.added.bytes, 5U);
  EXPECT_EQ(d.files.gone.bytes, 10U);
  EXPECT_EQ(d.new_files, std::vector<std::uint32_t>{1});
  EXPECT_EQ(d.gone_files, std::vector<std::uint32_t>{0});
  ASSERT_EQ(d.operators.size(), 1U);
  EXPECT_TRUE(d.operators[0].resized);
  EXPECT_EQ(d.operators[0].files.added.bytes, 5U);
}

TEST_F(SnapshotDiffTest, RelativeFilesLieWhereTheirSnapshotDoes) {
  const std::string bytes = test::tiny_snapshot({{"a", 10}});
  const SnapshotDifference d =
      compare(marks(bytes, "s3://b/job/chk-1"), marks(bytes, "s3://b/job/chk-2"));
  EXPECT_EQ(d.files.shared.count, 0U);
  EXPECT_TRUE(compare(marks(bytes), marks(bytes, "s3a://b/job/chk-1")).same());
}

TEST_F(SnapshotDiffTest, EveryByteOfAnOperatorCounts) {
  const std::string bytes = test::tiny_snapshot({{"s3://b/job/shared/a", 10}});
  std::string other = bytes;
  other[bytes.find("backend")] = 'B';
  const SnapshotDifference d = compare(marks(bytes), marks(other));
  EXPECT_FALSE(d.same());
  EXPECT_TRUE(d.operators.at(0).otherwise);
}

TEST_F(SnapshotDiffTest, MatchesByIdThenByUidThenByHandles) {
  const SnapshotMarks a = with({op("1", "one", {"x"}), op("2", "two", {"y"}),
                                op("3", "three", {"z"}), op("4", "four", {"w"}), op("5", "", {})});
  const SnapshotMarks b = with({op("1", "uno", {"x"}), op("22", "two", {"y2"}),
                                op("33", "drei", {"z"}), op("6", "six", {"v"}), op("7", "", {})});
  const SnapshotDifference d = compare(a, b);
  std::size_t renamed = 0;
  std::size_t added = 0;
  std::size_t removed = 0;
  for (const OperatorDifference& one : d.operators) {
    renamed += one.renamed ? 1 : 0;
    added += one.before ? 0 : 1;
    removed += one.after ? 0 : 1;
  }
  EXPECT_EQ(renamed, 3U);
  EXPECT_EQ(added, 2U) << "what has no state is not known again by it";
  EXPECT_EQ(removed, 2U);
  EXPECT_TRUE(compare(a, a).same());
}

TEST_F(SnapshotDiffTest, TheOrderOfOperatorsIsNoDifference) {
  const OperatorMarks one = op("1", "one", {"x"});
  const OperatorMarks two = op("2", "two", {"y"});
  EXPECT_TRUE(compare(with({one, two}), with({two, one})).same());
  // An id that is there twice, as only a forged file has it.
  EXPECT_TRUE(compare(with({one, one}), with({one, one})).same());
}

TEST_F(SnapshotDiffTest, ANameThatIsNotKnownIsNoOther) {
  EXPECT_FALSE(
      compare(with({op("1", "", {"x"})}), with({op("1", "one", {"x"})})).operators.at(0).renamed);
}

TEST_F(SnapshotDiffTest, EqualHandlesAreCounted) {
  const SnapshotDifference d =
      compare(with({op("1", "", {"x", "x", "y"})}), with({op("1", "", {"x", "y", "y"})}));
  EXPECT_EQ(d.handles.shared.count, 2U);
  EXPECT_EQ(d.handles.added.count, 1U);
  EXPECT_EQ(d.handles.gone.count, 1U);
}

}  // namespace
}  // namespace stateferry
