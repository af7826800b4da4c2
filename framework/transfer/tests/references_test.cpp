#include "stateferry/transfer/references.hpp"

#include <gtest/gtest.h>

#include <set>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/move_plan.hpp"

namespace stateferry {
namespace {

// A snapshot of one operator, made of the handles that a test puts into it.
class ReferencesTest : public testing::Test {
 protected:
  ReferencesTest() : document_(memory_source({}, "made"), Arena(), {}, Dialect{6, {2, 1}}) {
    OperatorState& op = document_.root().operators.emplace_back(document_.arena());
    op.uid = "orders";
    op.subtasks.emplace_back(document_.arena());
  }

  void add(const StreamStateHandle& handle) {
    OperatorStreamStateHandle state;
    state.delegate = handle;
    OperatorSubtaskState& subtask = document_.root().operators[0].subtasks[0].state;
    subtask.managed_operator.push_back(document_.arena(), state);
  }
  static FileStateHandle file(std::string_view path, std::int64_t size) {
    FileStateHandle handle;
    handle.path.text = path;
    handle.size = size;
    return handle;
  }
  static RelativeFileStateHandle relative(std::string_view path, std::int64_t size = 1) {
    RelativeFileStateHandle handle;
    handle.relative_path.text = path;
    handle.size = size;
    return handle;
  }
  static SegmentFileStateHandle segment(std::string_view path, std::int64_t start,
                                        std::int64_t size) {
    SegmentFileStateHandle handle;
    handle.path.text = path;
    handle.start_position = start;
    handle.size = size;
    return handle;
  }
  References collect(const std::string& base = "s3://b/job/chk-1") {
    return collect_references(document_, base);
  }

  Document document_;
};

TEST_F(ReferencesTest, AFileThatHandlesShareIsOne) {
  add(file("s3://b/job/shared/x", 7));
  add(file("s3a://b/job/shared/x", 7));
  const References r = collect();
  ASSERT_EQ(r.files.size(), 1U);
  EXPECT_EQ(r.files[0].uri, "s3://b/job/shared/x");
  EXPECT_EQ(r.files[0].handles, 2U);
  EXPECT_EQ(r.files[0].size, 7U);
  EXPECT_EQ(r.files[0].role, Role::managed_operator);
  EXPECT_EQ(r.operator_text(r.files[0]), "uid:orders");
}

TEST_F(ReferencesTest, RelativeOnesLieBesideMetadata) {
  add(relative("deep/x", 5));
  const References r = collect("s3://b/job/chk-1/");
  ASSERT_EQ(r.files.size(), 1U);
  EXPECT_EQ(r.files[0].uri, "s3://b/job/chk-1/deep/x");
  EXPECT_TRUE(r.files[0].relative);
}

TEST_F(ReferencesTest, SegmentsSayHowFarAFileReaches) {
  add(segment("s3://b/job/taskowned/m", 0, 10));
  add(segment("s3://b/job/taskowned/m", 30, 12));
  const References r = collect();
  ASSERT_EQ(r.files.size(), 1U);
  EXPECT_TRUE(r.files[0].segments);
  EXPECT_FALSE(r.files[0].size.has_value());
  EXPECT_EQ(r.files[0].at_least, 42U);
}

TEST_F(ReferencesTest, SizesThatContradictEachOtherAreNotBelieved) {
  add(file("s3://b/x", 7));
  add(file("s3://b/x", 9));
  add(file("s3://b/y", -1));
  const References r = collect();
  ASSERT_EQ(r.files.size(), 2U);
  EXPECT_FALSE(r.files[0].size.has_value());
  EXPECT_EQ(r.files[0].at_least, 9U);
  EXPECT_FALSE(r.files[1].size.has_value());
}

TEST_F(ReferencesTest, TextIsBroughtIntoFlinksForm) {
  add(file("file:///data//x", 1));
  EXPECT_EQ(collect("file:/data").files[0].uri, "file:/data/x");
}

TEST_F(ReferencesTest, WithoutASchemeTheyAreOfTheDefaultFileSystem) {
  add(file("/data/job/shared/x", 7));
  add(file("file:/data/job/shared/x", 7));
  add(file("relative/x", 7));
  const References local = collect("file:/data/job/chk-1");
  ASSERT_EQ(local.files.size(), 1U) << "one file under two names";
  EXPECT_EQ(local.files[0].uri, "file:/data/job/shared/x");
  EXPECT_EQ(local.store_roots, (std::set<std::string>{"", "file:"}));
  EXPECT_EQ(local.unsafe_count, 1U) << "of whose working directory?";
  const References hdfs = collect_references(document_, "hdfs://nn/job/chk-1", "hdfs://nn");
  ASSERT_EQ(hdfs.files.size(), 2U);
  EXPECT_EQ(hdfs.files[0].uri, "hdfs://nn/data/job/shared/x");
}

TEST_F(ReferencesTest, WhatLeadsElsewhereIsNotFollowed) {
  add(relative("../../etc/passwd"));
  add(relative("a/../../x"));
  add(relative("/etc/passwd"));
  add(relative("s3://other/x"));
  add(relative("..x/fine"));
  const References r = collect();
  EXPECT_EQ(r.files.size(), 1U);
  EXPECT_EQ(r.unsafe_count, 4U);
  ASSERT_EQ(r.unsafe.size(), 4U);
  EXPECT_EQ(r.unsafe[0],
            "../../etc/passwd (operators[0].subtasks[0].managed_operator[0].delegate)");
  try {
    refuse_unsafe(r);
    FAIL() << "it was followed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-MOVE-UNSAFE");
    EXPECT_EQ(error.diagnostic().notes, r.unsafe);
  }
}

TEST_F(ReferencesTest, ManyUnsafeOnesAreCounted) {
  for (int i = 0; i < 25; ++i) add(relative("../x"));
  const References r = collect();
  EXPECT_EQ(r.unsafe.size(), 10U);
  EXPECT_EQ(r.unsafe_count, 25U);
}

}  // namespace
}  // namespace stateferry
