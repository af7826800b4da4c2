#include <gtest/gtest.h>

#include <memory>

#include "../test_support.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/abi.hpp"

// A module's objects are linked into its test, so its entry function can be called as the host
// does.
extern "C" const stateferry::PluginDescriptor* stateferry_plugin_entry();

namespace stateferry {
namespace {

std::unique_ptr<HandleTransform> absolutize(const ParamNode& with) {
  std::unique_ptr<Transform> made(stateferry_plugin_entry()->entries[0].create_transform());
  EXPECT_TRUE(test::configure(*made, with).empty());
  return std::unique_ptr<HandleTransform>(dynamic_cast<HandleTransform*>(made.release()));
}

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
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b/chk-3"}), Outcome::changed);
  const auto& file = std::get<FileStateHandle>(handle);
  EXPECT_EQ(file.path.text, "s3://b/chk-3/44c90045");
  EXPECT_EQ(file.size, 17);
}

TEST(Absolutize, TheParameterWinsOverTheBaseUri) {
  Arena arena;
  const auto transform = absolutize(test::map({{"directory", test::scalar("s3://claimed/sp/")}}));
  EXPECT_FALSE(transform->needs_base_uri());
  StreamStateHandle handle = relative("a/b");
  transform->apply(handle, {arena, "s3://b/chk-3"});
  EXPECT_EQ(std::get<FileStateHandle>(handle).path.text, "s3://claimed/sp/a/b");
}

TEST(Absolutize, KeepsModifiedUtf8) {
  Arena arena;
  const auto transform = absolutize(test::map({}));
  StreamStateHandle handle = relative("\xED\xA0\xBD\xED\xB8\x80");
  transform->apply(handle, {arena, "s3://b"});
  EXPECT_EQ(std::get<FileStateHandle>(handle).path.text, "s3://b/\xED\xA0\xBD\xED\xB8\x80");
}

TEST(Absolutize, LeavesOtherHandlesAlone) {
  Arena arena;
  const auto transform = absolutize(test::map({}));
  EXPECT_TRUE(transform->applies_to(LocationKind::relative_file));
  EXPECT_FALSE(transform->applies_to(LocationKind::file));
  StreamStateHandle handle = FileStateHandle{};
  EXPECT_EQ(transform->apply(handle, {arena, "s3://b"}), Outcome::unmatched);
}

}  // namespace
}  // namespace stateferry
