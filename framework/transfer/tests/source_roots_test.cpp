#include "stateferry/transfer/source_roots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>

#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

References references(const std::string& base, const std::vector<std::string>& uris) {
  References all;
  all.base = base;
  for (const std::string& uri : uris) {
    Reference file;
    file.uri = uri;
    file.size = 10;
    all.files.push_back(file);
  }
  return all;
}

// `files of each root`, or the code of the refusal.
std::string roots(const References& all, const std::vector<std::string>& more = {}) {
  try {
    std::string text;
    for (const SourceRoot& root : source_roots(all, more)) {
      EXPECT_EQ(root.bytes, root.files * 10);
      text += root.uri + "=" + std::to_string(root.files) + " ";
    }
    return text;
  } catch (const RuleError& error) {
    return error.code();
  }
}

TEST(SourceRoots, ACheckpointHasWhatFlinkPutsIntoTheJobsDirectory) {
  EXPECT_EQ(roots(references("s3://b/job/chk-3",
                             {"s3://b/job/chk-3/a", "s3a://b/job/shared/b", "s3://b/job/chk-1/c",
                              "s3://b/job/taskowned/d", "s3://b/job/dstl/e/f"})),
            "s3://b/job=5 ");
  for (const char* uri :
       {"s3://b/job/a", "s3://b/job/.ssh/a", "s3://b/job/chk-/a", "s3://b/job/chk-1x/a",
        "s3://b/job2/shared/a", "s3://b/job/shared", "file:/etc/passwd"}) {
    EXPECT_EQ(roots(references("s3://b/job/chk-3", {uri})), "E-MOVE-ROOTS") << uri;
  }
}

TEST(SourceRoots, ASavepointHasItsOwnDirectory) {
  EXPECT_EQ(roots(references("s3://b/sp-1", {"s3://b/sp-1/a"})), "s3://b/sp-1=1 ");
  EXPECT_EQ(roots(references("s3://b/sp-1", {"s3://b/shared/a"})), "E-MOVE-ROOTS");
}

TEST(SourceRoots, OthersMustBeNamed) {
  const References all = references(
      "file:/data/job/chk-3",
      {"file:/data/job/shared/a", "file:/etc/passwd", "file:/etc/ssl/x", "s3://b/it's/a"});
  EXPECT_EQ(roots(all, {"file:/etc"}), "E-MOVE-ROOTS");
  EXPECT_EQ(roots(all, {"file:/etc", "s3://b"}), "file:/data/job=1 file:/etc=2 s3://b=1 ");
  try {
    source_roots(all, {});
    FAIL() << "files from elsewhere were taken";
  } catch (const RuleError& error) {
    EXPECT_THAT(error.diagnostic().notes,
                testing::ElementsAre("file:/etc  2 files", "s3://b/it's  1 file"));
    // To be copied to a command line: the text may be hostile.
    EXPECT_THAT(error.diagnostic().hint,
                HasSubstr(R"( --take-from 'file:/etc' --take-from 's3://b/it'\''s')"));
  }
}

class TargetInside : public testing::Test {
 protected:
  TargetInside() : registry_(test::plugin_registry()), stores_(registry_, {}) {
    fs::create_directories(directory_.path() / "job" / "chk-3");
    fs::create_directories(directory_.path() / "job" / "shared");
    fs::create_directories(directory_.path() / "claimed");
  }
  std::string uri(const std::string& name) const { return "file:" + directory_.file(name); }
  bool refused(const std::string& target) {
    try {
      refuse_target_inside(references(uri("job/chk-3"), {uri("job/shared/a"), uri("claimed/a")}),
                           uri(target), stores_);
      return false;
    } catch (const RuleError& error) {
      EXPECT_EQ(error.code(), "E-MOVE-NESTED");
      return true;
    }
  }

  test::TemporaryDirectory directory_;
  PluginRegistry registry_;
  DiagnosticList sink_;
  Stores stores_;
};

TEST_F(TargetInside, ByName) {
  for (const char* target : {"job", "job/new", "job/chk-3", "job/chk-3/new/er", "job/shared/new",
                             "claimed", "claimed/new"}) {
    EXPECT_TRUE(refused(target)) << target;
  }
  EXPECT_TRUE(refused(".")) << "it holds the snapshot";
  EXPECT_FALSE(refused("new"));
  EXPECT_FALSE(refused("job2"));
  EXPECT_FALSE(refused("new/job"));
}

TEST_F(TargetInside, ByWhatADirectoryIs) {
  const auto link = [&](const char* to, const char* name) {
    fs::create_directory_symlink(directory_.path() / to, directory_.path() / name);
  };
  link("job", "link");
  link("claimed", "link2");
  link(".", "link3");
  EXPECT_TRUE(refused("link"));
  EXPECT_TRUE(refused("link/new/er"));
  EXPECT_TRUE(refused("link2/new"));
  EXPECT_TRUE(refused("link3")) << "it holds the snapshot";
  EXPECT_TRUE(refused("link3/job/new"));
  EXPECT_FALSE(refused("link3/new"));
}

// A disk that is mounted below the tree, too; mounts are permitted to few, so they are told.
TEST_F(TargetInside, ByWhatIsMountedBelowTheTree) {
  class Mounted final : public Storage {
   public:
    std::optional<StoredFile> stat(const std::string&) override { return std::nullopt; }
    std::optional<std::string> identity(const std::string& uri) override {
      const std::map<std::string, std::string> places = {{"file:/dev/shm", "disk"},
                                                         {"file:/nowhere/job", "tree"},
                                                         {"file:/nowhere/job/shared/", "disk"}};
      const auto at = places.find(uri);
      return at == places.end() ? std::nullopt : std::optional(at->second);
    }
    void list(const std::string& directory, const ListOptions&,
              const std::function<void(const StoredFile&)>& each) override {
      each({directory + "/chk-3/", 0});
      each({directory + "/shared/", 0});
    }
    void read(const std::string&, const ReadOptions&, ByteSink&) override {}
    bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
  };
  Stores stores(
      [](std::string_view) {
        return StorageOffer{std::make_shared<Mounted>(), "mounted", "file"};
      },
      {});
  const References all = references("file:/nowhere/job/chk-3", {"file:/nowhere/job/shared/a"});
  EXPECT_THROW(refuse_target_inside(all, "file:/dev/shm/new", stores), RuleError);
  refuse_target_inside(all, "file:/nowhere/new", stores);
}

TEST_F(TargetInside, ByWhereLinksLead) {
  fs::create_directories(directory_.path() / "job" / "taskowned" / "deep");
  fs::create_directories(directory_.path() / "elsewhere");
  fs::create_directory_symlink("job/taskowned/deep", directory_.path() / "link");
  fs::create_directory_symlink("link", directory_.path() / "link2");
  fs::create_directory_symlink("../../elsewhere", directory_.path() / "job/taskowned/out");
  EXPECT_TRUE(refused("link"));
  EXPECT_TRUE(refused("link/new"));
  EXPECT_TRUE(refused("link2/new/er"));
  EXPECT_FALSE(refused("elsewhere/new")) << "what a link in the tree leads to is not in the tree";
}

}  // namespace
}  // namespace stateferry
