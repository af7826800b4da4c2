#include <gtest/gtest.h>

#include <memory>

#include "../test_support.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

std::unique_ptr<HandleTransform> relativize(const ParamNode& with = test::map({})) {
  return test::configured<HandleTransform>("handle.relativize", with);
}

constexpr Dialect kV6{6, {2, 1}};

FileStateHandle file(std::string_view path) {
  FileStateHandle handle;
  handle.path.text = path;
  handle.size = 17;
  return handle;
}

// What becomes of `path` beside an s3://b/chk-3/_metadata: the relative path, or what is said.
std::string result(const HandleTransform& transform, std::string_view path,
                   std::string_view base = "s3://b/chk-3") {
  Arena arena;
  StreamStateHandle handle = file(path);
  switch (transform.apply(handle, {arena, base, kV6})) {
    case Outcome::unmatched:
      EXPECT_EQ(std::get<FileStateHandle>(handle).path.text, path);
      return "(unmatched)";
    case Outcome::already:
      return "(already)";
    case Outcome::changed:
      break;
  }
  EXPECT_EQ(std::get<RelativeFileStateHandle>(handle).size, 17);
  return std::string(std::get<RelativeFileStateHandle>(handle).relative_path.text);
}

TEST(Relativize, FilesBesideMetadataGetABareName) {
  const auto transform = relativize();
  EXPECT_TRUE(transform->needs_base_uri());
  EXPECT_EQ(result(*transform, "s3://b/chk-3/44c90045"), "44c90045");
  EXPECT_EQ(result(*transform, "s3://b/44c90045", "s3://b/"), "44c90045") << "a bucket's root";
  EXPECT_EQ(result(*transform, "file:///d//x", "file:/d"), "x") << "another tool's spelling";
}

TEST(Relativize, FilesElsewhereStayAbsolute) {
  const auto transform = relativize();
  for (const char* path : {"s3://b/shared/x", "s3://b/chk-30/x", "s3://b/chk-3/deeper/x",
                           "s3://b/chk-3", "s3a://b/chk-3/x", "s3:bad"}) {
    EXPECT_EQ(result(*transform, path), "(unmatched)") << path;
  }
}

TEST(Relativize, ANameThatFlinkWouldTakeForASchemeStaysAbsolute) {
  EXPECT_EQ(result(*relativize(), "s3://b/chk-3/a:b"), "(unmatched)");
}

TEST(Relativize, KeepsModifiedUtf8) {
  EXPECT_EQ(result(*relativize(), "s3://b/chk-3/\xED\xA0\xBD\xED\xB8\x80"),
            "\xED\xA0\xBD\xED\xB8\x80");
}

TEST(Relativize, TheParameterIsWhereMetadataWillLie) {
  const auto transform =
      relativize(test::map({{"directory", test::scalar("s3://new/savepoint-1/")}}));
  EXPECT_FALSE(transform->needs_base_uri());
  EXPECT_EQ(result(*transform, "s3://new/savepoint-1/x"), "x");
  EXPECT_EQ(result(*transform, "s3://b/chk-3/x"), "(unmatched)");
}

TEST(Relativize, WhatIsRelativeIsInPlace) {
  Arena arena;
  const auto transform = relativize();
  StreamStateHandle handle = RelativeFileStateHandle{};
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b/chk-3", kV6}), Outcome::already);
  handle = SegmentFileStateHandle{};
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b/chk-3", kV6}), Outcome::unmatched);
  EXPECT_FALSE(transform->applies_to(LocationKind::segment_file))
      << "the file of a segment is always absolute";
}

TEST(Relativize, FormatsOfFlinksThatKnowNoRelativeHandlesRefuse) {
  Arena arena;
  const auto transform = relativize();
  StreamStateHandle handle = file("s3://b/chk-3/x");
  const auto context = [&](Dialect target, unsigned last_tag) {
    return HandleContext{arena, "s3://b/chk-3", target, kLocalFileSystem, tag_range(0, last_tag)};
  };
  EXPECT_THROW(transform->apply(handle, context({2, {1, 3}}, 5)), CapabilityError);
  EXPECT_TRUE(std::holds_alternative<FileStateHandle>(handle));
  EXPECT_EQ(transform->apply(handle, context({3, {1, 11}}, 6)), Outcome::changed);
}

TEST(Relativize, UndoesAbsolutize) {
  Arena arena;
  const auto there = test::configured<HandleTransform>("handle.absolutize", test::map({}));
  RelativeFileStateHandle before;
  for (const char* path : {"44c90045", "with space", "%20"}) {
    before.relative_path.text = path;
    StreamStateHandle handle = before;
    there->apply(handle, {arena, "s3://b/chk-3", kV6});
    EXPECT_EQ(relativize()->apply(handle, {arena, "s3://b/chk-3", kV6}), Outcome::changed);
    EXPECT_EQ(std::get<RelativeFileStateHandle>(handle).relative_path.text, path);
  }
}

}  // namespace
}  // namespace stateferry
