#include <gtest/gtest.h>

#include <memory>

#include "../test_support.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

std::unique_ptr<HandleTransform> absolutize(const ParamNode& with) {
  return test::configured<HandleTransform>("handle.absolutize", with);
}

constexpr Dialect kV6{6, {2, 1}};

RelativeFileStateHandle relative(std::string_view path) {
  RelativeFileStateHandle handle;
  handle.relative_path.text = path;
  handle.size = 17;
  return handle;
}

TEST(Absolutize, PutsTheDirectoryInFront) {
  Arena arena;
  const auto transform = absolutize(test::map({}));
  EXPECT_TRUE(transform->needs_base_uri());
  StreamStateHandle handle = relative("44c90045");
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b/chk-3", kV6}), Outcome::changed);
  const auto& file = std::get<FileStateHandle>(handle);
  EXPECT_EQ(file.path.text, "s3://b/chk-3/44c90045");
  EXPECT_EQ(file.size, 17);
}

TEST(Absolutize, TheParameterWinsOverTheBaseUri) {
  Arena arena;
  const auto transform = absolutize(test::map({{"directory", test::scalar("s3://claimed/sp/")}}));
  EXPECT_FALSE(transform->needs_base_uri());
  StreamStateHandle handle = relative("a/b");
  transform->apply(handle, {arena, "s3://b/chk-3", kV6});
  EXPECT_EQ(std::get<FileStateHandle>(handle).path.text, "s3://claimed/sp/a/b");
}

TEST(Absolutize, KeepsModifiedUtf8) {
  Arena arena;
  const auto transform = absolutize(test::map({}));
  StreamStateHandle handle = relative("\xED\xA0\xBD\xED\xB8\x80");
  transform->apply(handle, {arena, "s3://b", kV6});
  EXPECT_EQ(std::get<FileStateHandle>(handle).path.text, "s3://b/\xED\xA0\xBD\xED\xB8\x80");
}

TEST(Absolutize, ASecondRunFindsItsResultsInPlace) {
  Arena arena;
  const auto transform = absolutize(test::map({}));
  StreamStateHandle handle = relative("44c90045");
  transform->apply(handle, {arena, "s3://b/chk-3", kV6});
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b/chk-3", kV6}), Outcome::already);
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b/chk-4", kV6}), Outcome::unmatched)
      << "absolute, but not by this step";
}

TEST(Absolutize, LeavesOtherHandlesAlone) {
  Arena arena;
  const auto transform = absolutize(test::map({}));
  EXPECT_TRUE(transform->applies_to(LocationKind::relative_file));
  EXPECT_TRUE(transform->applies_to(LocationKind::file));
  EXPECT_FALSE(transform->applies_to(LocationKind::segment_file));
  EXPECT_FALSE(transform->applies_to(LocationKind::bytes));
  StreamStateHandle handle = ByteStreamStateHandle{};
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b", kV6}), Outcome::unmatched);
}

}  // namespace
}  // namespace stateferry
