// Segments of merged files become files of their own: in every golden file that has any.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "golden.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

using Part = std::tuple<std::string, std::uint64_t, std::uint64_t>;

/// What a walk finds of segments and files.
class Finder final : public TreeVisitor {
 public:
  void handle(StreamStateHandle& handle, const Location&) override {
    if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      segments.emplace_back(s->path.text, s->start_position, s->size);
    } else if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      relative.emplace_back(r->relative_path.text);
    } else if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
      absolute.emplace_back(f->path.text);
    } else if (std::holds_alternative<EmptySegmentFileStateHandle>(handle)) {
      ++placeholders;
    }
  }
  void location(const Location& location, std::string_view&) override {
    if (location.kind == LocationKind::directory) ++directories;
  }

  std::vector<Part> segments;
  std::vector<std::string> relative;
  std::vector<std::string> absolute;
  std::size_t placeholders = 0;
  std::size_t directories = 0;
};

Finder find(CheckpointMetadata& root) {
  Finder finder;
  walk(root, finder);
  return finder;
}

std::vector<Golden> files_with_segments() {
  std::vector<Golden> files;
  for (const std::int32_t version : tested_versions()) {
    for (Golden& golden : golden_files(version)) {
      Arena arena;
      auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
      const Finder found = find(root);
      if (!found.segments.empty() || found.placeholders > 0) files.push_back(std::move(golden));
    }
  }
  return files;
}

Golden golden_named(std::int32_t version, const std::string& name) {
  for (Golden& golden : golden_files(version)) {
    if (golden.name() == name) return std::move(golden);
  }
  throw std::runtime_error("no golden file " + name);
}

TEST(Unmerge, EverySegmentGetsAFile) {
  const auto files = files_with_segments();
  ASSERT_GE(files.size(), 10U);
  for (const Golden& golden : files) {
    SCOPED_TRACE(golden.name());
    Arena arena;
    auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    const Finder before = find(root);
    const auto copies = unmerge_segments(root, arena, {"s3://new/savepoint-1", true});
    const Finder after = find(root);
    EXPECT_TRUE(after.segments.empty());
    EXPECT_EQ(after.placeholders, 0U);
    EXPECT_EQ(after.directories, 0U);
    EXPECT_EQ(after.relative.size(), before.relative.size() + before.segments.size());
    EXPECT_EQ(after.absolute, before.absolute);

    std::set<Part> copied;
    std::set<std::string> names(before.relative.begin(), before.relative.end());
    for (const SegmentCopy& copy : copies) {
      EXPECT_TRUE(copied.insert({copy.source, copy.offset, copy.length}).second);
      EXPECT_TRUE(names.insert(copy.name).second) << copy.name << " is there already";
      EXPECT_EQ(copy.target, "s3://new/savepoint-1/" + copy.name);
      EXPECT_LT(copy.operator_index, root.operators.size());
      EXPECT_NE(copy.role, Role::none);
    }
    EXPECT_EQ(copied, std::set<Part>(before.segments.begin(), before.segments.end()));
    EXPECT_EQ(names, std::set<std::string>(after.relative.begin(), after.relative.end()));
    // Every dialect's codec takes the result, and nothing is left to do in it.
    const auto bytes = encode_file(*golden.codec, golden.dialect, root);
    auto again = decode_file(*golden.codec, golden.dialect, bytes, arena);
    EXPECT_TRUE(unmerge_segments(again, arena, {"s3://new/savepoint-1", true}).empty());
    EXPECT_EQ(test::first_difference(root, again), std::nullopt);
  }
}

TEST(Unmerge, OperatorStateLosesItsDirectories) {
  const Golden golden = golden_named(4, "merge-chk2.v4-1.20.3.bin");
  Arena arena;
  auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
  const auto copies = unmerge_segments(root, arena, {"file:/new/chk-2", false});
  ASSERT_FALSE(copies.empty());
  EXPECT_THAT(copies[0].source, testing::EndsWith("/91e784d3-dfd5-45cd-a578-e4d96070c8b8"));
  EXPECT_EQ(copies[0].offset, 673U);
  EXPECT_EQ(copies[0].length, 251U);
  EXPECT_EQ(copies[0].name, "045c2f20-11c2-4e88-b5f1-e8f149b4bc84");
  EXPECT_EQ(copies[0].role, Role::managed_operator);
  const auto* handle = std::get_if<OperatorStreamStateHandle>(
      &root.operators[copies[0].operator_index].subtasks[0].state.managed_operator[0]);
  ASSERT_NE(handle, nullptr);
  ASSERT_EQ(handle->states.size(), 1U);
  const auto& file = std::get<FileStateHandle>(handle->delegate);
  EXPECT_EQ(file.path.text, "file:/new/chk-2/045c2f20-11c2-4e88-b5f1-e8f149b4bc84");
  EXPECT_EQ(file.size, 251);
}

/// An operator with one incremental handle that has these files as shared state.
CheckpointMetadata incremental(Arena& arena, std::initializer_list<StreamStateHandle> files) {
  CheckpointMetadata root;
  OperatorState& op = root.operators.emplace_back(arena);
  op.parallelism = op.max_parallelism = 1;
  IncrementalRemoteKeyedStateHandle handle;
  handle.meta_handle = *files.begin();
  for (const StreamStateHandle& file : files) {
    handle.shared_state.push_back(arena, {"000001.sst", file});
  }
  op.subtasks.emplace_back(arena).state.managed_keyed = handle;
  return root;
}

SegmentFileStateHandle segment(std::int64_t start, std::string_view id, std::int64_t size = 5) {
  SegmentFileStateHandle handle;
  handle.start_position = start;
  handle.size = size;
  handle.path.text = "s3://b/shared/merged";
  handle.logical_file_id = id;
  return handle;
}

TEST(Unmerge, NamesAreNeverTakenAlready) {
  Arena arena;
  auto root = incremental(
      arena, {segment(0, "_metadata"), segment(5, "x"), segment(0, "_metadata"), segment(10, "x"),
              RelativeFileStateHandle{{"x-2"}, 1}, FileStateHandle{{"s3://b/y"}, 1},
              segment(15, "y"), segment(20, "../up"), segment(25, ""), segment(30, "z", 0)});
  const auto copies = unmerge_segments(root, arena, {"s3://b/", true});
  std::vector<std::string> names;
  for (const SegmentCopy& copy : copies) names.push_back(copy.name);
  EXPECT_THAT(names,
              testing::ElementsAre("_metadata-2", "x", "x-3", "y-2", "___up", "segment", "z"));
  EXPECT_EQ(copies[1].target, "s3://b/x");
  EXPECT_EQ(copies[6].length, 0U);
  EXPECT_EQ(find(root).relative,
            (std::vector<std::string>{"_metadata-2", "_metadata-2", "x", "_metadata-2", "x-3",
                                      "x-2", "y-2", "___up", "segment", "z"}));
}

TEST(Unmerge, APlaceholderWhereAHandleMustBeHasNoBytes) {
  Arena arena;
  auto root = incremental(arena, {EmptySegmentFileStateHandle{}});
  EXPECT_TRUE(unmerge_segments(root, arena, {"s3://b", true}).empty());
  const auto& keyed = std::get<IncrementalRemoteKeyedStateHandle>(
      root.operators[0].subtasks[0].state.managed_keyed);
  EXPECT_TRUE(std::get<ByteStreamStateHandle>(keyed.shared_state[0].handle).data.empty());
}

TEST(Unmerge, AnUnknownSizeCantBeCut) {
  Arena arena;
  auto root = incremental(arena, {segment(0, "x", -1)});
  try {
    unmerge_segments(root, arena, {"s3://b", true});
    FAIL() << "an unknown size was taken";
  } catch (const CapabilityError& error) {
    EXPECT_EQ(error.code(), "E-CAPABILITY-FIELD");
    EXPECT_EQ(error.diagnostic().place->model_path,
              "operators[0].subtasks[0].managed_keyed.meta_handle");
  }
}

TEST(HandleForms, RelativeAndBack) {
  Arena arena;
  const FileStateHandle file{{"s3://b/sp-1/b c"}, 7};
  const auto relative = relative_handle(file, "s3://b/sp-1", arena);
  ASSERT_TRUE(relative);
  EXPECT_EQ(relative->relative_path.text, "b c");
  EXPECT_EQ(relative->size, 7);
  EXPECT_EQ(absolute_handle(*relative, "s3://b/sp-1", arena).path.text, file.path.text);
  for (const char* path : {"s3://b/sp-10/a", "s3://b/sp-1", "s3://c/sp-1/a", "s3://b/sp-1/a:b",
                           "s3://b/sp-1/a/b", "s3a://b/sp-1/a"}) {
    EXPECT_FALSE(relative_handle(FileStateHandle{{path}, 7}, "s3://b/sp-1", arena)) << path;
  }
  // The file system's root as directory.
  EXPECT_EQ(relative_handle(FileStateHandle{{"s3://b/x"}, 7}, "s3://b/", arena)->relative_path.text,
            "x");
}

}  // namespace
}  // namespace stateferry::test
