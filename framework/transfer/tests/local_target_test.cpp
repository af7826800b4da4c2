// What is known of a local target before the first file is copied.
#include "local_target.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <limits>

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

TEST(LocalTarget, HasRoomAsItsFileSystemHas) {
  const test::TemporaryDirectory folder;
  const std::uint64_t here = free_bytes(folder.path().string(), folder.path().string());
  EXPECT_GT(here, 0U);
  // Nothing has a size in there, so nothing can be said.
  EXPECT_EQ(free_bytes("/proc/self", "/"), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace stateferry
