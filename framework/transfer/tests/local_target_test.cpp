// What is known of a local target before the first file is copied.
#include "local_target.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

std::string code_of(const std::string& directory) {
  try {
    check_local_target(directory);
  } catch (const Error& error) {
    return error.code();
  }
  return "ok";
}

TEST(LocalTarget, MayBeMissingWithDirectoriesAbove) {
  const test::TemporaryDirectory folder;
  EXPECT_EQ(code_of(folder.path().string()), "ok");
  EXPECT_EQ(code_of(folder.file("a/b/c")), "ok");
}

TEST(LocalTarget, IsNotWhereAFileOrADeadLinkStands) {
  const test::TemporaryDirectory folder;
  test::write_file(folder.file("file"), "text");
  fs::create_symlink("nowhere", folder.file("link"));
  EXPECT_EQ(code_of(folder.file("file")), "E-IO-CREATE");
  EXPECT_EQ(code_of(folder.file("file/below")), "E-IO-CREATE");
  EXPECT_EQ(code_of(folder.file("link/below")), "E-IO-CREATE");
}

TEST(LocalTarget, NeedsPermission) {
  const test::TemporaryDirectory folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  // Root may write anywhere.
  const uid_t before = ::geteuid();
  ASSERT_TRUE(before != 0 || ::seteuid(65534) == 0);
  const std::string code = code_of(folder.file("a/b"));
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(code, "E-IO-DENIED");
}

TEST(LocalTarget, MayLieWhereNobodyMayLook) {
  const test::TemporaryDirectory folder;
  fs::create_directory(folder.file("closed"));
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(folder.file("closed").c_str(), 0), 0);
  const uid_t before = ::geteuid();
  ASSERT_TRUE(before != 0 || ::seteuid(65534) == 0);
  const std::string code = code_of(folder.file("closed/a/b"));
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(code, "E-IO-DENIED");
}

std::uint64_t room_at(const std::string& directory) {
  const std::uint64_t room = fs::space(directory).available;
  EXPECT_GT(room, 10U) << directory;
  return room;
}

TEST(LocalTarget, NeedsRoomForAllThatGoesToItsFileSystem) {
  const test::TemporaryDirectory folder;
  const std::string here = folder.path().string();
  const std::uint64_t most = room_at(here) / 10 * 6;
  EXPECT_FALSE(find_shortage({{here, 1}}, here));
  EXPECT_FALSE(find_shortage({{folder.file("a/b"), most}}, here));
  const auto shortage = find_shortage({{folder.file("a/b"), most}, {folder.file("c"), most}}, "/");
  ASSERT_TRUE(shortage) << "each alone has room";
  EXPECT_EQ(shortage->needed, 2 * most);
  EXPECT_LT(shortage->room, shortage->needed);
  EXPECT_GT(shortage->room, most / 2);
  EXPECT_EQ(shortage->directory, folder.file("a/b"));
}

TEST(LocalTarget, EachFileSystemHasItsOwnRoom) {
  const test::TemporaryDirectory folder;
  const std::string here = folder.path().string();
  const std::string other = "/dev/shm";
  struct stat a {};
  struct stat b {};
  ASSERT_TRUE(::stat(here.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0);
  ASSERT_NE(a.st_dev, b.st_dev);
  const std::uint64_t most = room_at(here) / 10 * 6;
  const std::uint64_t there = room_at(other) / 10 * 6;
  EXPECT_FALSE(find_shortage({{here, most}, {other, there}}, "/"));
  for (const std::string& full : {here, other}) {
    const auto shortage = find_shortage(
        {{here, full == here ? 3 * most : most}, {other, full == other ? 3 * there : there}}, "/");
    ASSERT_TRUE(shortage) << full;
    EXPECT_EQ(shortage->directory, full);
  }
}

// Nothing has a size in there, so nothing can be said.
TEST(LocalTarget, WhatHasNoSizeIsNeverShort) {
  EXPECT_FALSE(find_shortage({{"/proc/self", UINT64_MAX}}, "/"));
}

}  // namespace
}  // namespace stateferry
