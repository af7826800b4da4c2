#include "stateferry/transfer/journal.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/journal_place.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "stateferry-journal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
  }
  std::string content(const std::string& name) const {
    std::ifstream in(at(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // What keeps a journal from being opened there.
  std::string refusal(const std::string& name) const {
    try {
      const Journal journal(at(name), "plan", 3);
    } catch (const IoError& error) {
      return error.code() + ": " + error.what();
    }
    return "none";
  }

  fs::path folder_;
};

// What can be seen beforehand; nothing comes to be by looking.
TEST_F(JournalTest, ThePlaceIsLookedAtWithoutWriting) {
  const auto place = [&](const std::string& name) -> std::string {
    try {
      check_journal_place(at(name));
    } catch (const IoError& error) {
      return error.code();
    }
    return "good";
  };
  EXPECT_EQ(place("new"), "good");
  EXPECT_EQ(place("new/below/journal"), "good");
  write("file", "x");
  EXPECT_EQ(place("file/journal"), "E-IO-CREATE");
  fs::create_symlink(at("file"), at("link"));
  EXPECT_EQ(place("link"), "E-IO-EXISTS");
  write("journal", "stateferry-journal 1 other 7\n0\n");
  EXPECT_EQ(place("journal"), "good");
  EXPECT_FALSE(fs::exists(at("new")));
  if (::geteuid() == 0) return;  // root may write anywhere
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(place("new/below/journal"), "E-IO-DENIED");
  fs::permissions(folder_, fs::perms::owner_all);
}

TEST_F(JournalTest, OnlyAJournalIsWrittenOver) {
  write("precious", "my notes\n");
  EXPECT_EQ(refusal("precious"), "E-IO-EXISTS: this is no journal; it is left as it is");
  EXPECT_EQ(content("precious"), "my notes\n");
  write("similar", "stateferry-journey 1 x\n");
  EXPECT_NE(refusal("similar"), "none");
  write("other-plan", "stateferry-journal 1 other 7\n0\n");
  write("cut", "stateferry-jou");
  write("empty", "");
  for (const char* name : {"other-plan", "cut", "empty", "new"}) {
    EXPECT_EQ(refusal(name), "none") << name;
    EXPECT_EQ(content(name), "stateferry-journal 1 plan 3\n") << name;
  }
}

TEST_F(JournalTest, ItGoesOnAndIsRemoved) {
  {
    Journal journal(at("j"), "plan", 3);
    journal.record(1);
  }
  Journal again(at("j"), "plan", 3);
  EXPECT_EQ(again.done(), std::vector<std::size_t>{1});
  again.discard();
  EXPECT_FALSE(fs::exists(at("j")));
}

// A number that no file has would be one behind the end of the plan.
TEST_F(JournalTest, OnlyNumbersOfThePlanCount) {
  write("j", "stateferry-journal 1 plan 3\n2\n3\n99999999999999999999\n-1\n1x\nend\n0\n");
  EXPECT_EQ(Journal(at("j"), "plan", 3).done(), (std::vector<std::size_t>{0, 2}));
}

TEST_F(JournalTest, AnotherFileInItsPlaceIsNotRemoved) {
  Journal journal(at("j"), "plan", 3);
  fs::rename(at("j"), at("moved"));
  write("j", "somebody's\n");
  journal.discard();
  EXPECT_EQ(content("j"), "somebody's\n");
}

TEST_F(JournalTest, NoLinkIsFollowed) {
  write("target", "stateferry-journal 1 other 7\n");
  fs::create_symlink(at("target"), at("link"));
  EXPECT_EQ(refusal("link"),
            "E-IO-EXISTS: a link stands where the journal should, and none is followed; it is left "
            "as it is");
  fs::create_symlink(at("nowhere"), at("dangling"));
  EXPECT_NE(refusal("dangling"), "none");
  EXPECT_FALSE(fs::exists(at("nowhere")));
  fs::create_hard_link(at("target"), at("second-name"));
  EXPECT_NE(refusal("second-name"), "none");
  EXPECT_EQ(content("target"), "stateferry-journal 1 other 7\n");
}

TEST_F(JournalTest, OnlyFiles) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal("pipe"),
            "E-IO-EXISTS: no file stands where the journal should; it is left as it is");
  fs::create_directory(at("directory"));
  EXPECT_NE(refusal("directory"), "none");
}

TEST_F(JournalTest, NotAnothersFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  write("theirs", "stateferry-journal 1 other 7\n");
  ASSERT_EQ(::chown(at("theirs").c_str(), 12345, 12345), 0);
  EXPECT_EQ(refusal("theirs"),
            "E-IO-EXISTS: a file of another user stands where the journal should; it is left as it "
            "is");
}

// ---------------------------------------------------------------------------- the folder

class JournalFolder : public JournalTest {
 protected:
  std::string folder() const {
    return journal_folder(
        [this](const char* name) {
          const auto found = environment_.find(name);
          return found == environment_.end() ? std::string() : found->second;
        },
        at("tmp"));
  }
  mode_t mode(const std::string& path) const {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }
  void SetUp() override {
    JournalTest::SetUp();
    fs::create_directory(at("tmp"));
    fs::permissions(at("tmp"), fs::perms::all);
    fs::create_directory(at("home"));
    fs::create_directory(at("run"));
  }
  std::string own() const { return at("tmp/stateferry-" + std::to_string(::geteuid())); }

  std::map<std::string, std::string> environment_;
};

TEST_F(JournalFolder, TheFirstPlaceThatThereIs) {
  environment_ = {
      {"XDG_STATE_HOME", at("state")}, {"HOME", at("home")}, {"XDG_RUNTIME_DIR", at("run")}};
  EXPECT_EQ(folder(), at("state/stateferry"));
  EXPECT_EQ(mode(folder()), 0700U);
  environment_.erase("XDG_STATE_HOME");
  EXPECT_EQ(folder(), at("home/.local/state/stateferry"));
  environment_.erase("HOME");
  EXPECT_EQ(folder(), at("run/stateferry"));
  environment_.erase("XDG_RUNTIME_DIR");
  EXPECT_EQ(folder(), own());
  EXPECT_EQ(mode(folder()), 0700U);
  environment_ = {{"HOME", at("nowhere")}, {"XDG_RUNTIME_DIR", "relative"}};
  EXPECT_EQ(folder(), own());
}

TEST_F(JournalFolder, OneThatIsOpenToOthersIsClosed) {
  fs::create_directory(own());
  fs::permissions(own(), fs::perms::all);
  EXPECT_EQ(folder(), own());
  EXPECT_EQ(mode(own()), 0700U);
}

TEST_F(JournalFolder, NoLinkAndNoFile) {
  fs::create_directory(at("elsewhere"));
  fs::create_directory_symlink(at("elsewhere"), own());
  EXPECT_EQ(folder(), "");
  fs::remove(own());
  std::ofstream(own()) << "x";
  EXPECT_EQ(folder(), "");
}

TEST_F(JournalFolder, NotAnothersFolderNorHome) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  environment_ = {{"HOME", at("home")}, {"XDG_RUNTIME_DIR", at("run")}};
  ASSERT_EQ(::chown(at("home").c_str(), 12345, 12345), 0);
  ASSERT_EQ(::chown(at("run").c_str(), 12345, 12345), 0);
  EXPECT_EQ(folder(), own());
  EXPECT_FALSE(fs::exists(at("home/.local")));
  ASSERT_EQ(::chown(own().c_str(), 12345, 12345), 0);
  EXPECT_EQ(folder(), "");
}

}  // namespace
}  // namespace stateferry
