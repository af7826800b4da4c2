#include "stateferry/io/file_access.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stateferry_test/forgetful_disk.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

class FileAccessTest : public testing::Test {
 protected:
  FileAccessTest()
      : fd(::open(folder.file("new").c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600)) {}
  ~FileAccessTest() override { ::close(fd); }
  unsigned mode() const {
    struct stat status {};
    EXPECT_EQ(::fstat(fd, &status), 0);
    return status.st_mode & 07777;
  }
  FileAccess mine(mode_t mode) const { return {::geteuid(), access_of(fd, "new").group, mode}; }

  test::TemporaryDirectory folder;
  const int fd;
};

TEST_F(FileAccessTest, LeavesOutWhatRunsAsSomebodyElse) {
  EXPECT_TRUE(give_access(fd, mine(06754)));
  EXPECT_EQ(mode(), 0754U);
  ASSERT_EQ(::chmod(folder.file("new").c_str(), 06755), 0);
  EXPECT_EQ(access_of(fd, "new").mode, 0755U);
  EXPECT_EQ(access_of(folder.file("new")), access_of(fd, "new"));
  EXPECT_EQ(access_of(folder.file("none")), std::nullopt);
}

// Whoever is in only one of the two groups must not gain by it.
TEST_F(FileAccessTest, AnotherGroupGetsWhatGroupAndOthersBothHad) {
  test::ForgetfulDisk disk;
  disk.fail_always("fchown", EPERM);
  const struct {
    unsigned source, copy;
  } cases[] = {{0640, 0600}, {0644, 0644}, {0664, 0644}, {0604, 0600}, {0755, 0755}, {0751, 0711}};
  for (const auto& c : cases) {
    FileAccess access = mine(c.source);
    access.group += 1;
    EXPECT_FALSE(give_access(fd, access));
    EXPECT_EQ(mode(), c.copy) << std::oct << c.source;
  }
}

TEST_F(FileAccessTest, AGroupIsKeptWithoutTheOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  test::ForgetfulDisk disk;
  disk.fail("fchown", 0, EPERM);
  EXPECT_FALSE(give_access(fd, {4711, 4712, 0640}));
  EXPECT_EQ(mode(), 0640U);
  EXPECT_EQ(access_of(fd, "new").group, 4712U);
}

TEST_F(FileAccessTest, SaysThatTheModeCouldNotBeGiven) {
  test::ForgetfulDisk disk;
  disk.fail("fchmod", 0, EPERM);
  EXPECT_FALSE(give_access(fd, mine(0644)));
}

}  // namespace
}  // namespace stateferry
