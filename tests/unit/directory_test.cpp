#include "stateferry/io/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::TemporaryDirectory;

TEST(ForEachName, TellsAllButTheDirectoryAndTheOneAbove) {
  const TemporaryDirectory folder;
  test::write_file(folder.file("a"), std::string_view());
  test::write_file(folder.file(".hidden"), std::string_view());
  ASSERT_EQ(::mkdir(folder.file("sub").c_str(), 0700), 0);
  std::vector<std::string> names;
  EXPECT_EQ(for_each_name(folder.file(""), [&](const std::string& name) { names.push_back(name); }),
            0);
  EXPECT_THAT(names, testing::UnorderedElementsAre("a", ".hidden", "sub"));
}

TEST(ForEachName, SaysWhatFailed) {
  const TemporaryDirectory folder;
  test::write_file(folder.file("a"), std::string_view());
  const auto none = [](const std::string&) { FAIL(); };
  EXPECT_EQ(for_each_name(folder.file("missing"), none), ENOENT);
  EXPECT_EQ(for_each_name(folder.file("a"), none), ENOTDIR);
}

TEST(ForEachName, PassesOnWhatIsThrown) {
  const TemporaryDirectory folder;
  test::write_file(folder.file("a"), std::string_view());
  const auto stop = [](const std::string&) { throw std::runtime_error("enough"); };
  EXPECT_THROW(static_cast<void>(for_each_name(folder.file(""), stop)), std::runtime_error);
}

TEST(RemoveIfStill, LeavesWhatIsAnotherByNow) {
  const TemporaryDirectory folder;
  test::write_file(folder.file("mine"), std::string_view("mine"));
  struct stat mine {};
  ASSERT_EQ(::lstat(folder.file("mine").c_str(), &mine), 0);
  test::write_file(folder.file("other"), std::string_view("other"));
  remove_if_still(folder.file("other"), mine);
  EXPECT_TRUE(std::filesystem::exists(folder.file("other")));
  ASSERT_EQ(::symlink(folder.file("mine").c_str(), folder.file("link").c_str()), 0);
  remove_if_still(folder.file("link"), mine);
  EXPECT_TRUE(std::filesystem::exists(folder.file("link")));
  remove_if_still(folder.file("missing"), mine);
  remove_if_still(folder.file("mine"), mine);
  EXPECT_FALSE(std::filesystem::exists(folder.file("mine")));
}

}  // namespace
}  // namespace stateferry
