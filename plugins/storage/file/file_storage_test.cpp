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
#include "stateferry/io/sha256.hpp"
#include "stateferry/plugin/file_extender.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/transfer/stores.hpp"
#include "stateferry_test/code_of.hpp"
#include "stateferry_test/forgetful_disk.hpp"
#include "stateferry_test/support.hpp"

extern "C" const stateferry::PluginDescriptor* stateferry_plugin_entry();

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using test::code_of;

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
  void access_not_kept(std::size_t) override {
    const std::lock_guard lock(mutex);
    ++access_not_kept_count;
  }
  void failed(std::size_t i, Diagnostic why) override {
    const std::lock_guard lock(mutex);
    failures[i] = std::move(why);
  }
  bool stopped() const override { return stop; }

  std::mutex mutex;
  std::uint64_t bytes = 0;
  std::size_t found = 0;
  std::size_t access_not_kept_count = 0;
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
  unsigned mode(std::string_view name) const {
    struct stat status {};
    EXPECT_EQ(::stat(directory.file(name).c_str(), &status), 0) << name;
    return status.st_mode & 07777;
  }
  void set_mode(std::string_view name, unsigned mode) const {
    EXPECT_EQ(::chmod(directory.file(name).c_str(), mode), 0) << name;
  }
  bool write_new(std::string_view name, std::string_view text, std::string_view like = {}) {
    const auto source = memory_source(std::as_bytes(std::span(text)), "new");
    return storage->write_new(uri(name), *source, {like.empty() ? std::string() : uri(like), true});
  }
  CopyOptions options(unsigned jobs = 2) const { return {{true, uri("from"), uri("to")}, jobs}; }
  test::TemporaryDirectory directory;
  std::shared_ptr<Storage> storage;
};

// What a test looks at: a watcher can't be returned, for its mutex.
struct Seen {
  std::uint64_t bytes;
  std::size_t found;
  std::size_t access_not_kept;
  std::map<std::size_t, std::uint64_t> sizes;
  std::map<std::size_t, Diagnostic> failures;
};

void run(const std::shared_ptr<Storage>& storage, const std::vector<CopyItem>& items,
         const CopyOptions& options, Watcher& watcher) {
  Stores stores([&](std::string_view) { return StorageOffer{storage, "file", "file", ""}; }, {});
  stores.copy(items, options, watcher);
}

Seen run(const std::shared_ptr<Storage>& storage, const std::vector<CopyItem>& items,
         const CopyOptions& options) {
  Watcher watcher;
  run(storage, items, options, watcher);
  return {watcher.bytes, watcher.found, watcher.access_not_kept_count, watcher.sizes,
          watcher.failures};
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
  storage->list(uri("from"), {}, [&](const StoredFile& file) {
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
  const Seen seen = run(storage, items, options(4));
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
  EXPECT_TRUE(run(storage, {part}, options()).failures.empty());
  EXPECT_EQ(get("to/part"), "3456");
}

TEST_F(FileStorageTest, RefusesAPartBehindTheEnd) {
  put("from/a", "0123456789");
  CopyItem part = item("from/a", "to/part");
  part.range = ByteRange{8, UINT64_MAX};
  const Seen seen = run(storage, {part}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-SIZE");
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "part"));
}

TEST_F(FileStorageTest, RefusesAFileOfAnotherSize) {
  put("from/a", "0123456789");
  CopyItem wrong = item("from/a", "to/a");
  wrong.size = 11;
  const Seen seen = run(storage, {wrong}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-SIZE");
  EXPECT_EQ(seen.failures.at(0).message, "the file has 10 bytes instead of 11");
}

TEST_F(FileStorageTest, GoesOnAfterAFailure) {
  put("from/b", "b");
  const Seen seen = run(storage, {item("from/a", "to/a"), item("from/b", "to/b")}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-IO-NOT-FOUND");
  EXPECT_EQ(get("to/b"), "b");
}

TEST_F(FileStorageTest, ASecondRunFindsTheSameContent) {
  put("from/a", "content");
  run(storage, {item("from/a", "to/a")}, options());
  const Seen again = run(storage, {item("from/a", "to/a")}, options());
  EXPECT_EQ(again.found, 1U);
  EXPECT_TRUE(again.failures.empty());
}

TEST_F(FileStorageTest, LeavesAnotherContentAlone) {
  put("from/a", "content");
  fs::create_directories(directory.path() / "to");
  put("to/a", "CONTENT");
  const Seen seen = run(storage, {item("from/a", "to/a")}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-CONFLICT");
  EXPECT_EQ(get("to/a"), "CONTENT");
}

TEST_F(FileStorageTest, WhatIsNoFileIsAConflict) {
  put("from/a", "content");
  put("from/b", "content");
  fs::create_directories(directory.path() / "to" / "a");
  const Seen seen = run(storage, {item("from/a", "to/a"), item("from/b", "to/a/b")}, options(1));
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-STORE-CONFLICT");
  EXPECT_EQ(get("to/a/b"), "content");
}

// Until the end of the process, whenever that is, the file is a beginning of what it is to be.
TEST_F(FileStorageTest, ExtendsInPlace) {
  auto* const extender = dynamic_cast<FileExtender*>(storage.get());
  ASSERT_NE(extender, nullptr);
  fs::create_directories(directory.path() / "to");
  put("to/a", "old");
  const auto bytes = [](std::string_view text) { return std::as_bytes(std::span(text)); };
  const auto before = storage->identity(uri("to/a"));
  {
    const auto sink = extender->extend(uri("to/a"), {3, uri("to"), true});
    ASSERT_NE(sink, nullptr);
    sink->write(bytes(" and"));
    EXPECT_EQ(get("to/a"), "old and");
  }
  EXPECT_EQ(get("to/a"), "old and");
  {
    const auto sink = extender->extend(uri("to/a"), {7, uri("to"), true});
    sink->write(bytes(" n"));
    sink->restart();
    sink->write(bytes(" new"));
    sink->commit();
  }
  EXPECT_EQ(get("to/a"), "old and new");
  EXPECT_EQ(storage->identity(uri("to/a")), before);
}

TEST_F(FileStorageTest, ExtendsNoFileOfAnotherSizeOrWithOtherNames) {
  auto* const extender = dynamic_cast<FileExtender*>(storage.get());
  fs::create_directories(directory.path() / "to");
  put("to/a", "old");
  EXPECT_EQ(code_of([&] {
              extender->extend(uri("to/a"), {2, uri("to"), true});
            }),
            "E-STORE-CONFLICT");
  EXPECT_EQ(code_of([&] {
              extender->extend(uri("to/none"), {0, uri("to"), true});
            }),
            "E-IO-NOT-FOUND");
  fs::create_symlink(directory.path() / "to" / "a", directory.path() / "to" / "link");
  EXPECT_EQ(code_of([&] {
              extender->extend(uri("to/link"), {3, uri("to"), true});
            }),
            "E-STORE-SYMLINK");
  fs::create_hard_link(directory.path() / "to" / "a", directory.path() / "other");
  EXPECT_EQ(extender->extend(uri("to/a"), {3, uri("to"), true}), nullptr);
  EXPECT_EQ(get("to/a"), "old");
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
  const Seen seen = run(storage,
                        {item("from/link", "to/1"), item("from/up/secret", "to/2"),
                         item("from/a", "to/out/3"), item("from/a", "to/file")},
                        options(1));
  ASSERT_EQ(seen.failures.size(), 4U);
  for (const auto& [i, failure] : seen.failures) EXPECT_EQ(failure.code, "E-STORE-SYMLINK") << i;
  EXPECT_EQ(seen.failures.at(2).subject, directory.file("to/out"));
  EXPECT_TRUE(fs::is_empty(directory.path() / "elsewhere"));
}

// Who lists to see what still needs a file must not miss one.
TEST_F(FileStorageTest, AListingWithoutWhatCouldNotBeLookedAtIsNone) {
  put("from/a", "a");
  test::ForgetfulDisk disk;
  storage->list(uri("from"), {}, [](const StoredFile&) {});
  const unsigned last = disk.calls("lstat") - 1;  // that of the file
  disk.fail("lstat", last, EIO);
  std::string code;
  try {
    storage->list(uri("from"), {}, [](const StoredFile&) {});
  } catch (const IoError& error) {
    code = error.code();
  }
  EXPECT_EQ(code, "E-IO-READ");
  disk.fail("lstat", last, ENOENT);  // it went away meanwhile
  storage->list(uri("from"), {}, [](const StoredFile&) { ADD_FAILURE(); });
}

TEST_F(FileStorageTest, FollowsLinksAboveTheRoots) {
  put("from/a", "a");
  fs::create_directories(directory.path() / "real");
  fs::create_directory_symlink(directory.path() / "real", directory.path() / "to");
  EXPECT_TRUE(run(storage, {item("from/a", "to/a")}, options()).failures.empty());
  EXPECT_EQ(get("real/a"), "a");
}

TEST_F(FileStorageTest, DoesNotWaitForAPipe) {
  ASSERT_EQ(::mkfifo(directory.file("from/pipe").c_str(), 0600), 0);
  const Seen seen = run(storage, {item("from/pipe", "to/pipe")}, options());
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.at(0).code, "E-IO-READ");
}

TEST_F(FileStorageTest, BeginsNothingWhenItIsStopped) {
  put("from/a", "a");
  Watcher watcher;
  watcher.stop = true;
  run(storage, {item("from/a", "to/a")}, options(), watcher);
  EXPECT_TRUE(watcher.sizes.empty());
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "a"));
}

TEST_F(FileStorageTest, ListsAllFilesBelow) {
  put("from/a", "1");
  put("from/deep/b", "22");
  fs::create_symlink("a", directory.path() / "from" / "link");
  std::map<std::string, std::uint64_t> files;
  storage->list(uri("from"), {}, [&](const StoredFile& f) { files[f.uri] = f.size; });
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
  storage->list(uri("from"), options, [&](const StoredFile& file) { names.push_back(file.uri); });
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{uri("from/a"), uri("from/empty/")}));
}

TEST_F(FileStorageTest, ReadsParts) {
  put("from/a", "0123456789");
  std::vector<std::byte> bytes;
  storage->read(uri("from/a"), {ByteRange{2, 3}}, *memory_sink(bytes));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "234");
  bytes.clear();
  storage->read(uri("from/a"), {ByteRange{8, 3}}, *memory_sink(bytes));
  EXPECT_EQ(bytes.size(), 2U);
}

TEST_F(FileStorageTest, WritesOnlyWhatIsNew) {
  EXPECT_TRUE(write_new("to/deep/file", "new"));
  EXPECT_EQ(get("to/deep/file"), "new");
  try {
    write_new("to/deep/file", "new");
    FAIL() << "it was replaced";
  } catch (const IoError& error) {
    EXPECT_EQ(error.code(), "E-IO-EXISTS");
  }
}

TEST_F(FileStorageTest, ReplacesOnlyWhatWasRead) {
  put("from/file", "old");
  set_mode("from/file", 0604);
  const auto replace = [&](std::string_view before, std::string_view text) -> std::string {
    const auto source = memory_source(std::as_bytes(std::span(text)), "new");
    try {
      storage->replace(uri("from/file"), *source,
                       {sha256_hex(std::as_bytes(std::span(before))), true});
    } catch (const IoError& error) {
      return error.code();
    }
    return "ok";
  };
  EXPECT_EQ(replace("another", "new"), "E-STORE-CONFLICT");
  EXPECT_EQ(get("from/file"), "old");
  EXPECT_EQ(replace("old", "new"), "ok");
  EXPECT_EQ(get("from/file"), "new");
  EXPECT_EQ(mode("from/file"), 0604U);
  fs::remove(directory.path() / "from" / "file");
  EXPECT_NE(replace("new", "newer"), "ok");
  EXPECT_FALSE(fs::exists(directory.path() / "from" / "file"));
}

// ------------------------------------------------------------------------------ access

TEST_F(FileStorageTest, FilesAndDirectoriesGetTheModesOfTheirSources) {
  put("from/open", "open");
  put("from/deep/private", "private");
  put("from/deep/program", "program");
  set_mode("from/open", 0644);
  set_mode("from/deep/private", 0600);
  set_mode("from/deep/program", 06755);
  set_mode("from/deep", 0700);
  set_mode("from", 02750);
  const Seen seen = run(storage,
                        {item("from/deep/private", "to/deep/private"), item("from/open", "to/open"),
                         item("from/deep/program", "to/deep/program")},
                        options(1));
  EXPECT_TRUE(seen.failures.empty());
  EXPECT_EQ(seen.access_not_kept, 0U);
  EXPECT_EQ(mode("to/open"), 0644U);
  EXPECT_EQ(mode("to/deep/private"), 0600U);
  EXPECT_EQ(mode("to/deep/program"), 0755U);
  EXPECT_EQ(mode("to/deep"), 0700U);
  EXPECT_EQ(mode("to"), 0750U);
}

TEST_F(FileStorageTest, APartHasTheModeOfItsFile) {
  put("from/a", "0123456789");
  set_mode("from/a", 0600);
  CopyItem part = item("from/a", "to/part");
  part.range = ByteRange{3, 4};
  run(storage, {part}, options());
  EXPECT_EQ(mode("to/part"), 0600U);
}

TEST_F(FileStorageTest, DirectoriesAboveTheRootAreNoCopies) {
  put("from/a", "a");
  set_mode("from", 0700);
  CopyOptions roots = options();
  roots.target_root = uri("new/to");
  EXPECT_TRUE(run(storage, {item("from/a", "new/to/a")}, roots).failures.empty());
  EXPECT_EQ(mode("new/to"), 0700U);
  EXPECT_EQ(mode("new"), 0755U);
}

TEST_F(FileStorageTest, AMeetingPlaceIsNoPattern) {
  put("from/a", "a");
  set_mode("from", 01777);
  EXPECT_TRUE(run(storage, {item("from/a", "to/a")}, options()).failures.empty());
  EXPECT_EQ(mode("to"), 0755U);
}

TEST_F(FileStorageTest, NothingIsOpenBeforeItIsItsOwners) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  put("from/deep/a", "a");
  set_mode("from/deep/a", 0644);
  ASSERT_EQ(::chown(directory.file("from/deep/a").c_str(), 4711, 4712), 0);
  ASSERT_EQ(::chown(directory.file("from/deep").c_str(), 4713, 4714), 0);
  const test::ForgetfulDisk disk;
  const Seen seen = run(storage, {item("from/deep/a", "to/deep/a")}, options());
  EXPECT_EQ(seen.access_not_kept, 0U);
  EXPECT_GE(disk.calls("fchown"), 2U);
  EXPECT_TRUE(disk.too_open().empty());
  struct stat status {};
  ASSERT_EQ(::stat(directory.file("to/deep/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 4711U);
  EXPECT_EQ(status.st_gid, 4712U);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
  ASSERT_EQ(::stat(directory.file("to/deep").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 4713U);
  EXPECT_EQ(status.st_gid, 4714U);
}

TEST_F(FileStorageTest, SaysWhereTheOwnerCanNotBeKept) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root has files of others";
  put("from/a", "a");
  put("from/b", "b");
  put("from/mine", "mine");
  for (const char* name : {"from/a", "from/b"}) {
    set_mode(name, 0640);
    ASSERT_EQ(::chown(directory.file(name).c_str(), 4711, 4712), 0);
  }
  test::ForgetfulDisk disk;
  disk.fail_always("fchown", EPERM);
  const Seen seen =
      run(storage, {item("from/a", "to/a"), item("from/b", "to/b"), item("from/mine", "to/c")},
          options());
  EXPECT_TRUE(seen.failures.empty());
  EXPECT_EQ(seen.access_not_kept, 2U);
  // Another group than the source's gets no more than everybody.
  EXPECT_EQ(mode("to/a"), 0600U);
}

TEST_F(FileStorageTest, SaysWhereTheModeCanNotBeKept) {
  put("from/a", "a");
  test::ForgetfulDisk disk;
  disk.fail_always("fchmod", EPERM);
  EXPECT_EQ(run(storage, {item("from/a", "to/a")}, options()).access_not_kept, 1U);
  EXPECT_EQ(mode("to/a"), 0600U);
}

TEST_F(FileStorageTest, ANewFileIsLikeAnother) {
  put("from/deep/a", "a");
  set_mode("from/deep/a", 0600);
  set_mode("from/deep", 0700);
  EXPECT_TRUE(write_new("to/chk/_metadata", "new", "from/deep/a"));
  EXPECT_EQ(mode("to/chk/_metadata"), 0600U);
  EXPECT_EQ(mode("to/chk"), 0700U);
  EXPECT_EQ(mode("to"), 0755U);
  test::ForgetfulDisk disk;
  disk.fail_always("fchmod", EPERM);
  EXPECT_FALSE(write_new("to/chk/second", "new", "from/deep/a"));
}

TEST_F(FileStorageTest, ANewFileOfNothingLocalIsForOwnerAndGroup) {
  const mode_t before = ::umask(0);
  write_new("to/deep/a", "new");
  ::umask(0077);
  write_new("private/a", "new");
  ::umask(before);
  EXPECT_EQ(mode("to/deep/a"), 0640U);
  EXPECT_EQ(mode("to/deep"), 0750U);
  EXPECT_EQ(mode("private/a"), 0600U);
  EXPECT_EQ(mode("private"), 0700U);
}

// ---------------------------------------------------------------------------- single steps

// Copies without the host around it.
class FileCopierTest : public FileStorageTest {
 protected:
  FileCopierTest() { how = options(); }
  void begin() { copier = storage->make_copier(how); }
  std::vector<CopyResult> finish(std::size_t n) {
    std::vector<CopyResult> results(n);
    copier->finish(results);
    return results;
  }
  std::string copy(const CopyItem& what) {
    try {
      copier->copy(what, [&](std::uint64_t more) { bytes += more; });
    } catch (const Error& error) {
      return error.code();
    }
    return "ok";
  }

  CopyOptions how;
  std::unique_ptr<Copier> copier;
  std::uint64_t bytes = 0;
};

// Nothing of the wrong size gets a name, not even for a moment.
TEST_F(FileCopierTest, WhatIsSeenToBeWrongGetsNoName) {
  put("from/a", "0123456789");
  begin();
  CopyItem wrong = item("from/a", "to/a");
  wrong.size = 11;
  EXPECT_EQ(copy(wrong), "E-STORE-SIZE");
  wrong.size.reset();
  for (const ByteRange range : {ByteRange{11, 0}, ByteRange{8, 3}, ByteRange{UINT64_MAX, 2}}) {
    wrong.range = range;
    EXPECT_EQ(copy(wrong), "E-STORE-SIZE");
  }
  EXPECT_EQ(copy(item("from/none", "to/a")), "E-IO-NOT-FOUND");
  finish(0);
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "a"));
}

TEST_F(FileCopierTest, ABatchHasSoManyFiles) {
  put("from/a", "0123456789");
  begin();
  for (int i = 0; i < 31; ++i) EXPECT_EQ(copy(item("from/a", "to/" + std::to_string(i))), "ok");
  EXPECT_FALSE(copier->full());
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "0")) << "names come at the end";
  copy(item("from/a", "to/31"));
  EXPECT_TRUE(copier->full());
  finish(32);
  EXPECT_FALSE(copier->full());
  EXPECT_EQ(get("to/31"), "0123456789");
}

TEST_F(FileCopierTest, ABatchHasSoManyBytes) {
  constexpr std::uint64_t kBytes = 64 << 20;
  put("from/large", "");
  fs::resize_file(directory.path() / "from" / "large", kBytes);
  put("from/a", "0123456789");
  how.sync = false;
  begin();
  EXPECT_EQ(copy(item("from/large", "to/large")), "ok");
  EXPECT_TRUE(copier->full());
  EXPECT_EQ(bytes, kBytes);
  finish(1);
  copy(item("from/a", "to/a"));
  EXPECT_FALSE(copier->full());
  finish(1);
}

TEST_F(FileCopierTest, ResultsAreInTheOrderOfTheFiles) {
  put("from/a", "a");
  put("from/long", "long");
  begin();
  copy(item("from/long", "to/long"));
  copy(item("from/a", "to/a"));
  fs::create_directories(directory.path() / "to");
  put("to/a", "another's");
  const auto results = finish(2);
  EXPECT_FALSE(results[0].failure);
  EXPECT_EQ(results[0].size, 4U);
  EXPECT_EQ(results[1].failure.value().code, "E-IO-EXISTS");
}

// A name that a power failure can take says that its file is whole.
TEST_F(FileCopierTest, ContentIsSafeBeforeItHasItsName) {
  put("from/a", "a");
  begin();
  copy(item("from/a", "to/a"));
  test::ForgetfulDisk disk;
  disk.before("link", [&] { EXPECT_EQ(disk.calls("fsync"), 1U); });
  finish(1);
  EXPECT_EQ(disk.calls("link"), 1U);
}

TEST_F(FileCopierTest, WhatHasNoNameIsNotAskedOfTheDisk) {
  put("from/a", "a");
  fs::create_directories(directory.path() / "to");
  begin();
  copy(item("from/a", "to/a"));
  put("to/a", "another's");
  test::ForgetfulDisk disk;
  disk.fail("fsync", 1);
  EXPECT_EQ(finish(1)[0].failure.value().code, "E-IO-EXISTS");
}

TEST_F(FileCopierTest, ADirectoryThatIsNotSafeIsToldOfAllItsFiles) {
  put("from/a", "a");
  fs::create_directories(directory.path() / "to");
  begin();
  copy(item("from/a", "to/a"));
  copy(item("from/a", "to/b"));
  test::ForgetfulDisk disk;
  disk.fail("fsync", 2);
  const auto results = finish(2);
  EXPECT_EQ(results[0].failure.value().code, "E-IO-SYNC");
  EXPECT_EQ(results[1].failure.value().code, "E-IO-SYNC");
}

// What failed is tried again with the next batch, and does not count as done.
TEST_F(FileCopierTest, ADirectoryAboveThatIsNotSafeIsToldEachTime) {
  put("from/a", "a");
  fs::create_directories(directory.path() / "to" / "deep");
  begin();
  test::ForgetfulDisk disk;
  disk.fail("fsync", 2);  // the content, its directory, the one above
  copy(item("from/a", "to/deep/a"));
  EXPECT_EQ(finish(1)[0].failure.value().code, "E-IO-SYNC");
  disk.fail("fsync", 2);
  copy(item("from/a", "to/deep/b"));
  EXPECT_EQ(finish(1)[0].failure.value().code, "E-IO-SYNC");
}

TEST_F(FileCopierTest, DirectoriesAboveTheRootAreNotItsConcern) {
  put("from/a", "a");
  fs::create_directories(directory.path() / "to");
  begin();
  copy(item("from/a", "to/a"));
  const test::ForgetfulDisk disk;
  finish(1);
  EXPECT_EQ(disk.calls("fsync"), 2U);
}

TEST_F(FileCopierTest, EachByteIsToldOnce) {
  put("from/a", "0123456789");
  begin();
  copy(item("from/a", "to/a"));
  EXPECT_EQ(bytes, 10U);
}

// As on file systems that can't copy by themselves.
TEST_F(FileCopierTest, WhatTheKernelDoesNotCopyIsReadAndWritten) {
  std::string large(700'000, 'x');
  for (std::size_t i = 0; i < large.size(); i += 5) large[i] = static_cast<char>(i);
  put("from/a", large);
  test::ForgetfulDisk disk;
  disk.fail_always("copy_file_range", EXDEV);
  begin();
  CopyItem part = item("from/a", "to/part");
  part.range = ByteRange{1, 600'000};
  EXPECT_EQ(copy(part), "ok");
  EXPECT_EQ(bytes, 600'000U);
  EXPECT_EQ(copy(item("from/a", "to/a")), "ok");
  disk.fail("pread", 0, EINTR);
  disk.fail("pwrite", 0, EINTR);
  EXPECT_EQ(copy(item("from/a", "to/again")), "ok");
  disk.before("pread", [&] { fs::resize_file(directory.path() / "from" / "a", 300'000); });
  EXPECT_EQ(copy(item("from/a", "to/shorter")), "E-IO-CHANGED");
  finish(3);
  EXPECT_EQ(get("to/part"), large.substr(1, 600'000));
  EXPECT_EQ(get("to/a"), large);
  EXPECT_EQ(get("to/again"), large);
  EXPECT_FALSE(fs::exists(directory.path() / "to" / "shorter"));
}

TEST_F(FileCopierTest, WhatTheKernelCopiesIsNotCopiedAgain) {
  put("from/a", "0123456789");
  test::ForgetfulDisk disk;
  begin();
  copy(item("from/a", "to/a"));
  EXPECT_EQ(disk.calls("pread"), 0U);
}

// Only whole files can be: the two share what they hold.
TEST_F(FileCopierTest, APartIsNoClone) {
  put("from/a", "0123456789");
  test::ForgetfulDisk disk;
  begin();
  CopyItem part = item("from/a", "to/part");
  part.range = ByteRange{3, 4};
  copy(part);
  EXPECT_EQ(disk.calls("ioctl"), 0U);
  copy(item("from/a", "to/a"));
  EXPECT_EQ(disk.calls("ioctl"), 1U);
  finish(2);
}

TEST_F(FileCopierTest, SaysWhereADirectoryCanNotHaveItsAccess) {
  put("from/deep/a", "a");
  begin();
  test::ForgetfulDisk disk;
  disk.fail("fchmod", 0, EPERM);
  copy(item("from/deep/a", "to/deep/a"));
  EXPECT_FALSE(finish(1)[0].access_kept);
}

TEST_F(FileCopierTest, WhatIsGoneIsNotKept) {
  begin();
  try {
    copier->keep(item("from/a", "to/a"));
    FAIL() << "it was kept";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-STORE-CONFLICT");
  }
}

// ---------------------------------------------------------------------------- power failures

TEST_F(FileStorageTest, ACopyOutlivesAPowerFailure) {
  std::vector<CopyItem> items;
  for (int i = 0; i < 70; ++i) {
    const std::string name = "deep/" + std::to_string(i);
    put("from/" + name, "content");
    items.push_back(item("from/" + name, "new/to/" + std::to_string(i % 3) + "/x/" + name));
  }
  CopyOptions how = options();
  how.target_root = uri("new/to");
  const test::ForgetfulDisk disk;
  EXPECT_TRUE(run(storage, items, how).failures.empty());
  EXPECT_EQ(disk.lost(), std::vector<std::string>());
}

TEST_F(FileStorageTest, WithoutSyncItDoesNot) {
  put("from/a", "a");
  CopyOptions how = options();
  how.sync = false;
  const test::ForgetfulDisk disk;
  EXPECT_TRUE(run(storage, {item("from/a", "to/a")}, how).failures.empty());
  EXPECT_FALSE(disk.synced(directory.file("to/a")));
  EXPECT_FALSE(disk.lost().empty());
}

TEST_F(FileStorageTest, WhatStoodThereIsMadeSafe) {
  put("from/a", "a");
  CopyOptions how = options();
  how.sync = false;
  const test::ForgetfulDisk disk;
  run(storage, {item("from/a", "to/deep/a")}, how);
  const Seen again = run(storage, {item("from/a", "to/deep/a")}, options());
  EXPECT_EQ(again.found, 1U);
  EXPECT_TRUE(disk.synced(directory.file("to/deep/a")));

  EXPECT_EQ(disk.lost(), std::vector<std::string>());
}

TEST_F(FileStorageTest, TheRootThatARunWithoutSyncHasMadeIsMadeSafe) {
  put("from/a", "a");
  put("from/b", "b");
  CopyOptions how = options();
  how.sync = false;
  how.target_root = uri("new/to");
  const test::ForgetfulDisk disk;
  run(storage, {item("from/a", "new/to/a")}, how);
  fs::remove(directory.path() / "new" / "to" / "a");
  how.sync = true;
  EXPECT_TRUE(run(storage, {item("from/b", "new/to/b")}, how).failures.empty());
  EXPECT_EQ(disk.lost(), std::vector<std::string>());
}

TEST_F(FileStorageTest, EachSyncThatFailsIsAnErrorAndTheNextRunGoesOn) {
  put("from/a", "a");
  put("from/deep/b", "b");
  const std::vector<CopyItem> items{item("from/a", "to/a"), item("from/deep/b", "to/deep/b")};
  unsigned syncs = 0;
  {
    const test::ForgetfulDisk disk;
    run(storage, items, options(1));
    syncs = disk.calls("fsync");
  }
  ASSERT_GE(syncs, 5U);  // two files, two directories, the name of the root
  for (unsigned i = 0; i < syncs; ++i) {
    fs::remove_all(directory.path() / "to");
    test::ForgetfulDisk disk;
    disk.fail("fsync", i, i % 2 == 0 ? EIO : EINVAL);
    const Seen seen = run(storage, items, options(1));
    ASSERT_FALSE(seen.failures.empty()) << i;
    for (const auto& failure : seen.failures) EXPECT_EQ(failure.second.code, "E-IO-SYNC") << i;
    EXPECT_EQ(seen.failures.size() + seen.sizes.size(), 2U) << i;
    EXPECT_TRUE(run(storage, items, options(1)).failures.empty()) << i;
    EXPECT_EQ(disk.lost(), std::vector<std::string>()) << i;
  }
}

TEST_F(FileStorageTest, ANewFileOutlivesAPowerFailure) {
  const test::ForgetfulDisk disk;
  write_new("to/very/deep/file", "new");
  EXPECT_EQ(disk.lost(), std::vector<std::string>());
}

TEST_F(FileStorageTest, ANewFileThatIsNotSafeIsAnError) {
  for (unsigned i = 0; i < 4; ++i) {
    fs::remove_all(directory.path() / "to");
    test::ForgetfulDisk disk;
    disk.fail("fsync", i);
    try {
      write_new("to/deep/file", "new");
      FAIL() << "it counts as safe: " << i;
    } catch (const IoError& error) {
      EXPECT_EQ(error.code(), "E-IO-SYNC");
    }
    // Only the last sync comes after the file has its name.
    EXPECT_EQ(fs::exists(directory.path() / "to" / "deep" / "file"), i == 3);
  }
}

TEST_F(FileStorageTest, WhatOthersHaveWrittenIsMadeSafeOrAnError) {
  put("from/a", "a");
  const std::vector<std::string> uris{uri("from/a")};
  test::ForgetfulDisk disk;
  storage->make_durable(uris);
  EXPECT_EQ(disk.calls("syncfs"), 1U);
  disk.fail("syncfs", 0);
  try {
    storage->make_durable(uris);
    FAIL() << "it counts as safe";
  } catch (const IoError& error) {
    EXPECT_EQ(error.code(), "E-IO-SYNC");
  }
}

// Gives its bytes, and before it ends changes the file that they were written to.
class Spoiling final : public ByteSource {
 public:
  Spoiling(std::string text, std::string directory)
      : text_(std::move(text)), directory_(std::move(directory)) {}
  const std::string& name() const noexcept override { return text_; }
  std::optional<std::uint64_t> size() const noexcept override { return text_.size(); }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t) override { return {}; }
  std::unique_ptr<ByteFeed> open() override { return std::make_unique<Feed>(*this); }
  std::span<const std::byte> bytes() override { return std::as_bytes(std::span(text_)); }
  void check_unchanged() const override {}

 private:
  class Feed final : public ByteFeed {
   public:
    explicit Feed(Spoiling& source) : source_(source) {}
    std::size_t read(std::span<std::byte> into) override {
      if (given_) {
        source_.spoil();
        return 0;
      }
      given_ = true;
      const auto bytes = source_.bytes();
      std::copy(bytes.begin(), bytes.end(), into.begin());
      return bytes.size();
    }

   private:
    Spoiling& source_;
    bool given_ = false;
  };
  void spoil() const {
    for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd")) {
      std::error_code error;
      if (!fs::read_symlink(entry, error).string().starts_with(directory_ + "/")) continue;
      const int fd = std::stoi(entry.path().filename().string());
      if (::pwrite(fd, "X", 1, 0) == 1) return;
    }
    FAIL() << "the file was not found";
  }

  std::string text_;
  std::string directory_;
};

TEST_F(FileStorageTest, WhatReadsBackDifferentlyGetsNoName) {
  fs::create_directories(directory.path() / "to");
  Spoiling source("content", directory.file("to"));
  try {
    storage->write_new(uri("to/_metadata"), source, {});
    FAIL() << "it was put in place";
  } catch (const IoError& error) {
    EXPECT_EQ(error.code(), "E-VERIFY");
  }
  EXPECT_TRUE(fs::is_empty(directory.path() / "to"));
}

// Says something else when it is asked again: as if what was written had been changed on its way.
class TwoFaced final : public ByteSource {
 public:
  const std::string& name() const noexcept override { return first_; }
  std::optional<std::uint64_t> size() const noexcept override { return first_.size(); }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t) override { return {}; }
  std::unique_ptr<ByteFeed> open() override { return nullptr; }
  std::span<const std::byte> bytes() override {
    return std::as_bytes(std::span(std::exchange(asked_, true) ? second_ : first_));
  }
  void check_unchanged() const override {}

 private:
  std::string first_ = "broken";
  std::string second_ = "whole!";
  bool asked_ = false;
};

TEST_F(FileStorageTest, WhatReadsBackDifferentlyReplacesNothing) {
  put("from/_metadata", "old");
  TwoFaced source;
  try {
    storage->replace(uri("from/_metadata"), source,
                     {sha256_hex(std::as_bytes(std::span(std::string_view("old")))), true});
    FAIL() << "it was replaced";
  } catch (const IoError& error) {
    EXPECT_EQ(error.code(), "E-VERIFY");
  }
  EXPECT_EQ(get("from/_metadata"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path() / "from"), {}), 2)
      << "with the directory that stands there";
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
