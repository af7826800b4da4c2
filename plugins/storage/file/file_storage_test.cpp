// The storage `file`, through the interface that all storages have.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <mutex>

#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry_test/support.hpp"

extern "C" const stateferry::PluginDescriptor* stateferry_plugin_entry();

namespace stateferry {
namespace {

namespace fs = std::filesystem;

class Watcher final : public CopyObserver {
 public:
  void progress(std::uint64_t n) override {
    const std::lock_guard lock(mutex);
    bytes += n;
  }
  void done(std::size_t i, std::uint64_t n, bool existed) override {
    const std::lock_guard lock(mutex);
    sizes[i] = n;
    if (existed) ++found;
  }
  void failed(std::size_t i, Diagnostic why) override {
    const std::lock_guard lock(mutex);
    failures[i] = std::move(why);
  }
  bool stopped() const override { return stop; }

  std::mutex mutex;
  std::uint64_t bytes = 0;
  std::size_t found = 0;
  std::map<std::size_t, std::uint64_t> sizes;
  std::map<std::size_t, Diagnostic> failures;
  bool stop = false;
};

class FileStorageTest : public testing::Test {
 protected:
  FileStorageTest() : storage(stateferry_plugin_entry()->entries[0].create_storage()) {
    fs::create_directories(directory.path() / "from" / "deep");
  }
  std::string uri(std::string_view name) const { return "file:" + directory.file(name); }
  void put(std::string_view name, std::string_view text) const {
    test::write_file(directory.path() / name, text);
  }
  std::string get(std::string_view name) const {
    return test::read_text_file(directory.path() / name);
  }
  CopyItem item(std::string_view from, std::string_view to) const {
    return {uri(from), uri(to), std::nullopt, std::nullopt};
  }
  CopyOptions options(unsigned jobs = 2) const { return {jobs, true, uri("from"), uri("to")}; }
  test::TemporaryDirectory directory;
  std::unique_ptr<Storage> storage;
};

// What a test looks at: a watcher can't be returned, for its mutex.
struct Seen {
  std::uint64_t bytes;
  std::size_t found;
  std::map<std::size_t, std::uint64_t> sizes;
  std::map<std::size_t, Diagnostic> failures;
};

Seen run(Storage& storage, const std::vector<CopyItem>& items, const CopyOptions& options) {
  Watcher watcher;
  storage.copy(items, options, watcher);
  return {watcher.bytes, watcher.found, watcher.sizes, watcher.failures};
}

TEST_F(FileStorageTest, OnePlaceHasOneIdentityWhateverItsName) {
  put("from/a", "one");
  put("from/b", "one");
  fs::create_directory_symlink(directory.path() / "from", directory.path() / "link");
  ASSERT_TRUE(storage->identity(uri("from")).has_value());
  EXPECT_EQ(storage->identity(uri("from")), storage->identity(uri("link")));
  EXPECT_EQ(storage->identity(uri("from/a")), storage->identity(uri("link/a")));
  EXPECT_NE(storage->identity(uri("from/a")), storage->identity(uri("from/b")));
  EXPECT_EQ(storage->identity(uri("from/none")), std::nullopt);
  EXPECT_EQ(storage->identity(uri("from/a/none")), std::nullopt);
}

TEST_F(FileStorageTest, AFileThatOnlyGotAnOldTimeIsStillNew) {
  const std::int64_t before = ::time(nullptr);
  put("from/a", "one");
  const timespec old[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, directory.file("from/a").c_str(), old, 0), 0);
  EXPECT_GE(storage->stat(uri("from/a"))->modified.value(), before);
  storage->list(uri("from"), [&](const StoredFile& file) {
    EXPECT_EQ(file.uri, uri("from/a"));
    EXPECT_EQ(file.size, 3U);
    EXPECT_GE(file.modified.value(), before);
  });
}

TEST_F(FileStorageTest, CopiesManyFilesWithTheirDirectories) {
  std::vector<CopyItem> items;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "deep/" + std::to_string(i);
    put("from/" + name, std::string(static_cast<std::size_t>(i), 'x'));
    items.push_back(item("from/" + name, "to/" + name));
  }
  const Seen seen = run(*storage, items, options(4));
  EXPECT_TRUE(seen.failures.empty());
  EXPECT_EQ(seen.sizes.size(), 100U);
  EXPECT_EQ(seen.bytes, 4950U);
  EXPECT_EQ(get("to/deep/99"), std::string(99, 'x'));
  // No temporary names are left.
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path() / "to" / "deep"), {}), 100);
}

TEST_F(FileStorageTest, CopiesAPart) {
  put("from/a", "0123456789");
  CopyItem part = item("from/a", "to/part");
  part.range = ByteRange{3, 4};
  part.size = 4;
  EXPECT_TRUE(run(*storage, {part}, options()).failures.empty());
  EXPECT_EQ(get("to/part"), "3456");
}

TEST_F(FileStorageTest, RefusesAPartBehindTheEnd) {
  put("from/a", "0123456789");
  CopyItem part = item("from/a", "to/part");
  part.range = ByteRange{8, UINT64_MAX};
  const Seen seen = run(*storage, {part}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-SIZE");
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "part"));
}

TEST_F(FileStorageTest, RefusesAFileOfAnotherSize) {
  put("from/a", "0123456789");
  CopyItem wrong = item("from/a", "to/a");
  wrong.size = 11;
  const Seen seen = run(*storage, {wrong}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-SIZE");
  EXPECT_EQ(seen.failures.at(0).message, "the file has 10 bytes instead of 11");
}

TEST_F(FileStorageTest, GoesOnAfterAFailure) {
  put("from/b", "b");
  const Seen seen = run(*storage, {item("from/a", "to/a"), item("from/b", "to/b")}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-IO-NOT-FOUND");
  EXPECT_EQ(get("to/b"), "b");
}

TEST_F(FileStorageTest, ASecondRunFindsTheSameContent) {
  put("from/a", "content");
  run(*storage, {item("from/a", "to/a")}, options());
  const Seen again = run(*storage, {item("from/a", "to/a")}, options());
  EXPECT_EQ(again.found, 1U);
  EXPECT_TRUE(again.failures.empty());
}

TEST_F(FileStorageTest, LeavesAnotherContentAlone) {
  put("from/a", "content");
  fs::create_directories(directory.path() / "to");
  put("to/a", "CONTENT");
  const Seen seen = run(*storage, {item("from/a", "to/a")}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-CONFLICT");
  EXPECT_EQ(get("to/a"), "CONTENT");
}

TEST_F(FileStorageTest, FollowsNoLinkBelowTheRoots) {
  put("secret", "secret");
  fs::create_symlink(directory.path() / "secret", directory.path() / "from" / "link");
  fs::create_directory_symlink(directory.path(), directory.path() / "from" / "up");
  fs::create_directories(directory.path() / "to");
  fs::create_directories(directory.path() / "elsewhere");
  fs::create_directory_symlink(directory.path() / "elsewhere", directory.path() / "to" / "out");
  fs::create_symlink(directory.path() / "elsewhere" / "x", directory.path() / "to" / "file");
  put("from/a", "a");
  const Seen seen = run(*storage,
                        {item("from/link", "to/1"), item("from/up/secret", "to/2"),
                         item("from/a", "to/out/3"), item("from/a", "to/file")},
                        options(1));
  ASSERT_EQ(seen.failures.size(), 4U);
  for (const auto& [i, failure] : seen.failures) EXPECT_EQ(failure.code, "E-STORE-SYMLINK") << i;
  EXPECT_EQ(seen.failures.at(2).subject, directory.file("to/out"));
  EXPECT_TRUE(fs::is_empty(directory.path() / "elsewhere"));
}

TEST_F(FileStorageTest, FollowsLinksAboveTheRoots) {
  put("from/a", "a");
  fs::create_directories(directory.path() / "real");
  fs::create_directory_symlink(directory.path() / "real", directory.path() / "to");
  EXPECT_TRUE(run(*storage, {item("from/a", "to/a")}, options()).failures.empty());
  EXPECT_EQ(get("real/a"), "a");
}

TEST_F(FileStorageTest, DoesNotWaitForAPipe) {
  ASSERT_EQ(::mkfifo(directory.file("from/pipe").c_str(), 0600), 0);
  const Seen seen = run(*storage, {item("from/pipe", "to/pipe")}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-IO-READ");
}

TEST_F(FileStorageTest, BeginsNothingWhenItIsStopped) {
  put("from/a", "a");
  Watcher watcher;
  watcher.stop = true;
  storage->copy(std::vector{item("from/a", "to/a")}, options(), watcher);
  EXPECT_TRUE(watcher.sizes.empty());
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "a"));
}

TEST_F(FileStorageTest, ListsAllFilesBelow) {
  put("from/a", "1");
  put("from/deep/b", "22");
  fs::create_symlink("a", directory.path() / "from" / "link");
  std::map<std::string, std::uint64_t> files;
  storage->list(uri("from"), [&](const StoredFile& f) { files[f.uri] = f.size; });
  EXPECT_EQ(files,
            (std::map<std::string, std::uint64_t>{{uri("from/a"), 1}, {uri("from/deep/b"), 2}}));
}

TEST_F(FileStorageTest, ListsWithoutSomeDirectoriesAndWithDirectoriesThemselves) {
  put("from/a", "1");
  put("from/deep/b", "22");
  fs::create_directory(directory.path() / "from" / "empty");
  fs::create_directory_symlink("from/deep", directory.path() / "link");
  std::vector<std::string> names;
  ListOptions options;
  options.left_out = {uri("link"), uri("none")};  // another name of from/deep
  options.directories = true;
  storage->list_with(uri("from"), options,
                     [&](const StoredFile& file) { names.push_back(file.uri); });
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{uri("from/a"), uri("from/empty/")}));
}

TEST_F(FileStorageTest, ReadsParts) {
  put("from/a", "0123456789");
  std::vector<std::byte> bytes;
  storage->read(uri("from/a"), ByteRange{2, 3}, *memory_sink(bytes));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "234");
  EXPECT_THROW(storage->read(uri("from/a"), ByteRange{8, 3}, *memory_sink(bytes)), IoError);
}

TEST_F(FileStorageTest, WritesOnlyWhatIsNew) {
  const std::string text = "new";
  const auto source = memory_source(std::as_bytes(std::span(text)), "new");
  storage->write_new(uri("to/deep/file"), *source);
  EXPECT_EQ(get("to/deep/file"), "new");
  try {
    storage->write_new(uri("to/deep/file"), *source);
    FAIL() << "it was replaced";
  } catch (const IoError& error) {
    EXPECT_EQ(error.code(), "E-IO-EXISTS");
  }
}

TEST_F(FileStorageTest, RemovesWithEmptyDirectories) {
  put("from/a", "a");
  put("from/deep/b", "b");
  storage->remove(uri("from/deep/b"), uri("from"));
  EXPECT_FALSE(fs::exists(directory.path() / "from" / "deep"));
  storage->remove(uri("from/a"), uri("from"));
  EXPECT_TRUE(fs::exists(directory.path() / "from"));
}

TEST_F(FileStorageTest, RefusesHosts) {
  EXPECT_THROW(storage->stat("file://host/x"), IoError);
  EXPECT_FALSE(storage->stat(uri("nothing")).has_value());
  EXPECT_FALSE(storage->stat(uri("from")).has_value());
}

}  // namespace
}  // namespace stateferry
