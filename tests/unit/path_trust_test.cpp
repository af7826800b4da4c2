// Who could change a path, and whom that makes untrusted. What needs files of several users runs as
// root only; else the tests take another user than the one who made the files for the one who runs.
#include "registry/path_trust.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <map>

#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr uid_t kNobodys = 54321;  // a user and a group that no database knows

struct FakeAccounts final : Accounts {
  std::map<uid_t, User> users;
  std::map<gid_t, Group> groups;

  std::optional<User> user(uid_t uid) const override {
    const auto found = users.find(uid);
    return found == users.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<Group> group(gid_t gid) const override {
    const auto found = groups.find(gid);
    return found == groups.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<uid_t> with_primary_group(gid_t gid) const override {
    std::vector<uid_t> result;
    for (const auto& [uid, user] : users) {
      if (user.primary_group == gid) result.push_back(uid);
    }
    return result;
  }
};

// ---------------------------------------------------------------------------- private groups

class PrivateGroup : public testing::Test {
 protected:
  PrivateGroup() {
    accounts_.users = {{1000, {"alice", 1000}}, {1001, {"bob", 100}}};
    accounts_.groups = {{1000, {"alice", {}}}, {100, {"users", {}}}, {50, {"staff", {"alice"}}}};
  }
  FakeAccounts accounts_;
};

TEST_F(PrivateGroup, HasTheNameOfItsOwnerAndNoOtherMember) {
  EXPECT_TRUE(is_private_group(1000, 1000, accounts_));
  accounts_.groups[1000].members = {"alice"};
  EXPECT_TRUE(is_private_group(1000, 1000, accounts_));
}

TEST_F(PrivateGroup, HasNoOtherMembers) {
  accounts_.groups[1000].members = {"alice", "bob"};
  EXPECT_FALSE(is_private_group(1000, 1000, accounts_));
}

TEST_F(PrivateGroup, IsNobodyElsesPrimaryGroup) {
  accounts_.users[1002] = {"carol", 1000};
  EXPECT_FALSE(is_private_group(1000, 1000, accounts_));
}

// Users that the database doesn't list, such as those of a directory service, may have it, too.
TEST_F(PrivateGroup, IsNoneOfAnotherName) {
  EXPECT_FALSE(is_private_group(100, 1001, accounts_));
  EXPECT_FALSE(is_private_group(50, 1000, accounts_));
}

TEST_F(PrivateGroup, OfAUserWithoutEntryHasTheSameNumber) {
  EXPECT_TRUE(is_private_group(kNobodys, kNobodys, accounts_));
  EXPECT_FALSE(is_private_group(kNobodys + 1, kNobodys, accounts_));
  EXPECT_FALSE(is_private_group(0, kNobodys, accounts_));
  accounts_.groups[kNobodys] = {"project", {}};
  EXPECT_FALSE(is_private_group(kNobodys, kNobodys, accounts_));
  accounts_.groups.clear();
  accounts_.users[kNobodys + 1] = {"dave", kNobodys};
  EXPECT_FALSE(is_private_group(kNobodys, kNobodys, accounts_));
}

// ---------------------------------------------------------------------------- paths

class Path : public testing::Test {
 protected:
  Path() {
    for (const char* name : {"outer", "outer/inner", "bin", "lib"}) directory(name);
    file("outer/inner/file");
    file("bin/program");
    file("lib/file");
  }

  fs::path at(const std::string& name) const { return root_ / name; }
  void directory(const std::string& name) {
    fs::create_directory(at(name));
    ASSERT_EQ(::chmod(at(name).c_str(), 0755), 0);
  }
  void file(const std::string& name) {
    test::write_file(at(name), "");
    ASSERT_EQ(::chmod(at(name).c_str(), 0644), 0);
  }
  void mode(const std::string& name, mode_t mode) { ASSERT_EQ(::chmod(at(name).c_str(), mode), 0); }
  // Makes our own group private, or shares it with somebody.
  void own_group(bool is_private) {
    const uid_t uid = ::geteuid();
    const gid_t gid = ::getegid();
    accounts_.users[uid] = {"me", gid};
    accounts_.groups[gid] = {"me", {}};
    if (!is_private) accounts_.groups[gid].members = {"mallory"};
  }
  void give(const std::string& name, uid_t uid, gid_t gid) {
    ASSERT_EQ(::lchown(at(name).c_str(), uid, gid), 0);
  }

  // `COMPONENT: WHY` with the component below the test's folder; empty when the path is trusted.
  std::string fault(const std::string& name, const PathTrust& trust) const {
    const FollowedPath followed = trust.follow(at(name));
    if (!followed.fault) return "";
    const std::string component = followed.fault->component.lexically_relative(root_).string();
    return component + ": " + followed.fault->why;
  }
  std::string fault(const std::string& name) const {
    return fault(name, PathTrust(::geteuid(), accounts_));
  }

  const test::TemporaryDirectory temporary_;
  const fs::path root_ = fs::canonical(temporary_.path());
  FakeAccounts accounts_;
};

TEST_F(Path, ThatOnlyWeCanWriteIsTrusted) {
  EXPECT_EQ(fault("outer/inner/file"), "");
  const FollowedPath followed =
      PathTrust(::geteuid(), accounts_).follow(at("outer/../outer/./inner/file"));
  EXPECT_EQ(followed.real, at("outer/inner/file"));
  EXPECT_TRUE(S_ISREG(followed.mode));
}

TEST_F(Path, NamesTheComponentThatAllMayWrite) {
  mode("outer", 0777);
  EXPECT_EQ(fault("outer/inner/file"), "outer: every user may write here");
  mode("outer", 0755);
  mode("outer/inner/file", 0646);
  EXPECT_EQ(fault("outer/inner/file"), "outer/inner/file: every user may write here");
  const auto followed = PathTrust(::geteuid(), accounts_).follow(at("outer/inner/file"));
  ASSERT_TRUE(followed.fault);
  EXPECT_EQ(followed.fault->mend, "chmod o-w " + at("outer/inner/file").string());
}

TEST_F(Path, MayGoThroughAStickyDirectory) {
  mode("outer", 01777);
  EXPECT_EQ(fault("outer/inner/file"), "");
  mode("outer", 01770);
  EXPECT_EQ(fault("outer/inner/file"), "");
  mode("outer/inner/file", 01666);  // of a file the bit means nothing
  EXPECT_EQ(fault("outer/inner/file"), "outer/inner/file: every user may write here");
}

TEST_F(Path, OfAnotherUserIsNotTrusted) {
  const PathTrust somebody(::geteuid() + 1, accounts_);
  if (::geteuid() == 0) {
    EXPECT_EQ(fault("outer/inner/file", somebody), "");
    give("outer/inner", kNobodys, kNobodys);
    EXPECT_EQ(fault("outer/inner/file"), "outer/inner: this belongs to user 54321");
    accounts_.users[kNobodys] = {"mallory", kNobodys};
    EXPECT_EQ(fault("outer/inner/file"), "outer/inner: this belongs to user mallory (54321)");
    EXPECT_EQ(fault("outer/inner/file", PathTrust(kNobodys, accounts_)), "");
  } else {
    EXPECT_THAT(fault("outer/inner/file", somebody), HasSubstr("this belongs to user "));
  }
}

// Also below a sticky directory, where others may have put it.
TEST_F(Path, BelowAStickyDirectoryIsStillJudged) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  mode("outer", 01777);
  give("outer/inner", kNobodys, kNobodys);
  EXPECT_EQ(fault("outer/inner/file"), "outer/inner: this belongs to user 54321");
}

TEST_F(Path, OfAPrivateGroupIsTrustedWithUmask002) {
  if (::geteuid() == 0) {
    for (const char* name : {"outer", "outer/inner", "outer/inner/file"}) {
      give(name, kNobodys, kNobodys);
      mode(name, 0775);
    }
    EXPECT_EQ(fault("outer/inner/file", PathTrust(kNobodys, accounts_)), "");
    return;
  }
  own_group(true);
  for (const char* name : {"outer", "outer/inner", "outer/inner/file"}) mode(name, 0775);
  EXPECT_EQ(fault("outer/inner/file"), "");
}

TEST_F(Path, OfASharedGroupIsNotTrusted) {
  if (::geteuid() == 0) {
    accounts_.groups[50] = {"staff", {}};
    give("outer/inner", 0, 50);
    mode("outer/inner", 0775);
    EXPECT_EQ(fault("outer/inner/file"), "outer/inner: group staff (50) may write here");
    return;
  }
  own_group(false);
  mode("outer/inner", 0775);
  EXPECT_THAT(fault("outer/inner/file"), HasSubstr("outer/inner: group me ("));
}

TEST_F(Path, OfGroup0IsTrustedOnlyBelowRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  give("outer/inner", 0, 0);
  mode("outer/inner", 0775);
  EXPECT_EQ(fault("outer/inner/file"), "");
  give("outer/inner", kNobodys, 0);
  EXPECT_EQ(fault("outer/inner/file", PathTrust(kNobodys, accounts_)),
            "outer/inner: group 0 may write here");
}

// The mode shows what any entry of the list may do as if it were the group's.
TEST_F(Path, WithAnAccessListIsNotTrustedWhereItLetsOthersWrite) {
  struct Entry {
    std::uint16_t tag, rights;
    std::uint32_t id;
  };
  struct List {
    std::uint32_t version;
    std::array<Entry, 5> entries;
  };
  constexpr std::uint32_t kNone = 0xffffffff;
  const List list = {
      2, {{{1, 7, kNone}, {2, 7, kNobodys}, {4, 5, kNone}, {0x10, 7, kNone}, {0x20, 5, kNone}}}};
  if (::setxattr(at("outer").c_str(), "system.posix_acl_access", &list, sizeof list, 0) != 0) {
    ASSERT_EQ(errno, EOPNOTSUPP);
    GTEST_SKIP() << "this file system has no access lists";
  }
  own_group(true);
  EXPECT_EQ(fault("outer/inner/file"), "outer: an access list lets others write here");
  mode("outer", 0755);  // as the hint says
  EXPECT_EQ(fault("outer/inner/file"), "");
}

TEST_F(Path, IsJudgedByWhatItsLinksLeadTo) {
  fs::create_symlink("../outer", at("lib/link"));
  EXPECT_EQ(fault("lib/link/inner/file"), "");
  EXPECT_EQ(PathTrust(::geteuid(), accounts_).follow(at("lib/link/inner/file")).real,
            at("outer/inner/file"));
  mode("outer", 0777);
  EXPECT_EQ(fault("lib/link/inner/file"), "outer: every user may write here");
}

// Whoever can write the directory can let the link lead elsewhere.
TEST_F(Path, IsJudgedByWhereItsLinksLie) {
  fs::create_symlink(at("outer"), at("lib/link"));
  mode("lib", 0777);
  EXPECT_EQ(fault("lib/link/inner/file"), "lib: every user may write here");
}

TEST_F(Path, IsJudgedByWhoseItsLinksAre) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  fs::create_symlink(at("outer"), at("lib/link"));
  mode("lib", 01777);
  EXPECT_EQ(fault("lib/link/inner/file"), "");
  give("lib/link", kNobodys, kNobodys);
  EXPECT_EQ(fault("lib/link/inner/file"), "lib/link: this belongs to user 54321");
}

TEST_F(Path, ThatLeadsNowhereIsNotTrusted) {
  EXPECT_EQ(fault("outer/none/file"), "outer/none: No such file or directory");
  fs::create_symlink("loop", at("lib/loop"));
  EXPECT_EQ(fault("lib/loop"), "lib/loop: Too many levels of symbolic links");
  EXPECT_EQ(PathTrust(::geteuid(), accounts_).follow(at("lib/loop")).fault->error, ELOOP);
}

// ---------------------------------------------------------------------------- the executable

// Who runs another user's program is in that user's hands.
TEST_F(Path, OfTheExecutablesOwnerIsTrusted) {
  const uid_t owner = ::geteuid() == 0 ? kNobodys : ::geteuid();
  if (::geteuid() == 0) {
    for (const char* name : {"bin/program", "lib", "lib/file"}) give(name, owner, owner);
  }
  PathTrust trust(owner + 1, accounts_);
  EXPECT_THAT(fault("lib/file", trust), HasSubstr("this belongs to user "));
  trust.trust_writers_of(at("bin/program"));
  EXPECT_EQ(fault("lib/file", trust), "");
}

// Built with umask 002 in a group that many share: they could write the executable, too.
TEST_F(Path, OfAGroupThatMayWriteTheExecutableIsTrusted) {
  own_group(false);
  if (::geteuid() == 0) {
    accounts_.groups[50] = {"staff", {"me"}};
    for (const char* name : {"bin", "lib"}) give(name, 0, 50);
  }
  for (const char* name : {"bin", "lib"}) mode(name, 0775);
  EXPECT_THAT(fault("lib/file"), HasSubstr("may write here"));
  PathTrust trust(::geteuid(), accounts_);
  trust.trust_writers_of(at("bin/program"));
  EXPECT_EQ(fault("lib/file", trust), "");
  // A group that may write only beside it proves nothing.
  mode("bin", 0755);
  PathTrust stricter(::geteuid(), accounts_);
  stricter.trust_writers_of(at("bin/program"));
  EXPECT_THAT(fault("lib/file", stricter), HasSubstr("may write here"));
}

TEST_F(Path, AboveTheExecutableIsGiven) {
  ASSERT_EQ(::chmod(root_.c_str(), 0777), 0);
  EXPECT_EQ(fault("lib/file"), ".: every user may write here");
  PathTrust trust(::geteuid(), accounts_);
  trust.trust_writers_of(at("bin/program"));
  EXPECT_EQ(fault("lib/file", trust), "");
  mode("lib", 0777);
  EXPECT_EQ(fault("lib/file", trust), "lib: every user may write here");
}

}  // namespace
}  // namespace stateferry
