#include "stateferry/io/durable.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry_test/forgetful_disk.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using Names = std::vector<std::string>;

template <class F>
std::string code_of(F&& f) {
  try {
    f();
  } catch (const IoError& error) {
    return error.code();
  }
  return "none";
}

TEST(Durable, ADirectoryThatCanNotBeSyncedIsAnError) {
  const TemporaryDirectory folder;
  test::ForgetfulDisk disk;
  sync_directory(folder.path().string());
  disk.fail("fsync", 0, EINVAL);
  EXPECT_EQ(code_of([&] { sync_directory(folder.path().string()); }), "E-IO-SYNC");
  EXPECT_EQ(code_of([&] { sync_directory(folder.file("missing")); }), "E-IO-SYNC");
}

TEST(Durable, TellsWhereDirectoriesWereMade) {
  const TemporaryDirectory folder;
  EXPECT_EQ(make_directories(folder.file("a/b/c/")),
            (Names{folder.path().string(), folder.file("a"), folder.file("a/b")}));
  EXPECT_TRUE(fs::is_directory(folder.file("a/b/c")));
  EXPECT_EQ(make_directories(folder.file("a/b/c")), Names{});
  EXPECT_EQ(make_directories(folder.file("a/d")), Names{folder.file("a")});
}

TEST(Durable, AFileInTheWayIsAnError) {
  const TemporaryDirectory folder;
  test::write_file(folder.file("a"), "file");
  EXPECT_EQ(code_of([&] { make_directories(folder.file("a/b")); }), "E-IO-CREATE");
}

}  // namespace
}  // namespace stateferry
