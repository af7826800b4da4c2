// What every storage must do, whatever lies behind it: run against one by its URI.
//
//   storage_conformance --root URI [--config FILE] [--plugin-dir DIR]… [--missing URI]
//                       [--denied FILE] [--unreachable FILE]
//
// URI is a directory that is empty or doesn't exist, in which the tests write. `--missing` is one
// in a bucket that doesn't exist. `--denied` and `--unreachable` are configurations by which the
// same URI leads to a server that lets nobody in, or to none. Fast over local disks; a server's
// times are its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/rules/config_file.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/transfer/stores.hpp"
#include "stateferry_test/code_of.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::code_of;

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

struct Settings {
  std::string root;
  std::string missing;
  ParamNode config;
  std::optional<ParamNode> denied;
  std::optional<ParamNode> unreachable;
  PluginRegistry registry;
};
Settings* settings = nullptr;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Each test has a directory of its own, which lives as long as the store.
class StorageConformance : public testing::Test {
 protected:
  StorageConformance() {
    static std::atomic<int> number{0};
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    directory =
        join_uri(settings->root, std::string(test->name()) + "-" + std::to_string(::getpid()) +
                                     "-" + std::to_string(number++));
    StorageOffer offer =
        find_storage(settings->registry, scheme_of(settings->root), settings->config);
    EXPECT_TRUE(configure_storage(offer.name, *offer.storage, settings->config).empty());
    storage = offer.storage;
  }

  // Another storage, by another configuration.
  std::shared_ptr<Storage> storage_by(const ParamNode& config) {
    StorageOffer offer = find_storage(settings->registry, scheme_of(settings->root), config);
    EXPECT_TRUE(configure_storage(offer.name, *offer.storage, config).empty());
    return offer.storage;
  }
  std::string read_of(Storage& other, const std::string& at) {
    std::vector<std::byte> bytes;
    other.read(at, {}, *memory_sink(bytes));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // Stores without buckets are not asked whether there is one.
  std::string target_code(const char* code) { return settings->missing.empty() ? "ok" : code; }

  std::string uri(std::string_view name) const { return join_uri(directory, name); }
  std::string local(std::string_view name) const { return "file:" + disk.file(name); }
  bool write(const std::string& at, std::string_view text) {
    return storage->write_new(at, *memory_source(bytes_of(text), at), {});
  }
  std::string read(const std::string& at, const ReadOptions& options = {}) {
    std::vector<std::byte> bytes;
    storage->read(at, options, *memory_sink(bytes));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::map<std::string, std::uint64_t> list(const std::string& at) {
    std::map<std::string, std::uint64_t> files;
    storage->list(at, {}, [&](const StoredFile& file) {
      EXPECT_TRUE(files.emplace(file.uri, file.size).second) << file.uri << " comes twice";
    });
    return files;
  }

  std::string directory;
  std::shared_ptr<Storage> storage;
  test::TemporaryDirectory disk;
};

TEST_F(StorageConformance, ANewFileIsThereWhole) {
  EXPECT_TRUE(write(uri("a/deep/place/file"), "content"));
  const auto file = storage->stat(uri("a/deep/place/file"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->uri, uri("a/deep/place/file"));
  EXPECT_EQ(file->size, 7U);
  EXPECT_EQ(read(uri("a/deep/place/file")), "content");
}

TEST_F(StorageConformance, AnEmptyFileIsAFile) {
  write(uri("empty"), "");
  EXPECT_EQ(storage->stat(uri("empty")).value().size, 0U);
  EXPECT_EQ(read(uri("empty")), "");
}

TEST_F(StorageConformance, NothingIsReplacedByANewFile) {
  write(uri("file"), "old");
  EXPECT_EQ(code_of([&] { write(uri("file"), "new"); }), "E-IO-EXISTS");
  EXPECT_EQ(read(uri("file")), "old");
}

TEST_F(StorageConformance, WhatIsNotThere) {
  write(uri("directory/file"), "content");
  EXPECT_FALSE(storage->stat(uri("nothing")));
  EXPECT_FALSE(storage->stat(uri("no/such/directory/file")));
  EXPECT_FALSE(storage->stat(uri("directory"))) << "a directory is no file";
  EXPECT_EQ(code_of([&] { read(uri("nothing")); }), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of([&] { read(uri("nothing"), {ByteRange{1, 1}}); }), "E-IO-NOT-FOUND");
}

TEST_F(StorageConformance, PartsAreRead) {
  write(uri("file"), "0123456789");
  EXPECT_EQ(read(uri("file"), {ByteRange{0, 4}}), "0123");
  EXPECT_EQ(read(uri("file"), {ByteRange{3, 4}}), "3456");
  EXPECT_EQ(read(uri("file"), {ByteRange{9, 1}}), "9");
  std::string behind;
  const std::string code = code_of([&] { behind = read(uri("file"), {ByteRange{8, 10}}); });
  EXPECT_TRUE(code == "E-STORE-SIZE" || (code == "ok" && behind == "89")) << code << behind;
}

TEST_F(StorageConformance, ManyAreLookedUpAtOnce) {
  std::vector<std::string> uris;
  std::vector<std::optional<std::uint64_t>> wanted;
  for (std::size_t i = 0; i < 12; ++i) {
    uris.push_back(uri("many/" + std::to_string(i)));
    wanted.emplace_back(i % 3 == 0 ? std::nullopt : std::optional<std::uint64_t>(i));
    if (wanted.back()) write(uris.back(), std::string(i, 'x'));
  }
  for (const char* name : {"other/1", "nowhere/1"}) {
    uris.push_back(uri(name));
    wanted.emplace_back();
  }
  for (int i = 0; i < 12; ++i) {
    uris.push_back(uri("nowhere-else/" + std::to_string(i)));
    wanted.emplace_back();
  }
  write(uri("other/1"), "x");
  write(uri("many/6/deep"), "x");
  wanted[12] = 1;
  std::vector<int> answers(uris.size(), 0);
  const std::thread::id here = std::this_thread::get_id();
  storage->stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    EXPECT_EQ(std::this_thread::get_id(), here);
    ++answers.at(i);
    EXPECT_EQ(file ? std::optional(file->size) : std::nullopt, wanted[i]) << uris[i];
    EXPECT_EQ(file ? file->uri : uris[i], uris[i]);
  });
  EXPECT_EQ(answers, std::vector<int>(uris.size(), 1));
}

TEST_F(StorageConformance, ListsWhatLiesBelowAndNothingElse) {
  write(uri("dir/a"), "1");
  write(uri("dir/deep/b"), "22");
  write(uri("dir-2/c"), "333");
  write(uri("dir.d"), "4444");
  EXPECT_EQ(list(uri("dir")),
            (std::map<std::string, std::uint64_t>{{uri("dir/a"), 1}, {uri("dir/deep/b"), 2}}));
  EXPECT_EQ(list(directory).size(), 4U);
  std::map<std::string, std::uint64_t> nothing;
  const std::string code = code_of([&] { nothing = list(uri("nowhere")); });
  EXPECT_TRUE(code == "E-IO-NOT-FOUND" || code == "ok") << code;
  EXPECT_TRUE(nothing.empty());
}

TEST_F(StorageConformance, NamesAreTakenAsTheyStand) {
  const std::vector<std::string> names = {
      "a b",     "a+b", "100%", "%41", "a#b",  "a?b",     "a=b&c",  "a'b",  "\"q\"", "a;b",
      "(x)",     "a,b", "~a",   "é",   "漢字", "e\u0301", "[x]{y}", "a@b",  "$HOME", "-dash",
      ".hidden", "a!b", "a*b",  "😀",   "CaSe", "a|b",     "<x>",    "a^b`c"};
  std::vector<std::string> uris;
  for (const std::string& name : names) {
    uris.push_back(uri(name));
    write(uris.back(), name);
  }
  std::vector<std::string> listed;
  for (const auto& [at, size] : list(directory)) listed.push_back(at);
  EXPECT_THAT(listed, UnorderedElementsAreArray(uris));
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(read(uris[i]), names[i]);
    EXPECT_EQ(storage->stat(uris[i]).value().size, names[i].size()) << names[i];
  }
}

// Each works as any other, or is refused before anything is done: never is there a file that is
// copied and then not found.
TEST_F(StorageConformance, OddNamesWorkOrAreRefused) {
  const std::vector<std::string> names = {" blank",
                                          "blank ",
                                          ".dot",
                                          "dot.",
                                          "..dots",
                                          "dots..",
                                          " . ",
                                          "a\tb",
                                          "a\nb",
                                          "a\rb",
                                          "a\x01b",
                                          "a\x7f"
                                          "b",
                                          "a\\b",
                                          "a:b",
                                          "a\u200bb",
                                          "a\u202eb",
                                          "\u201bx",
                                          "a\uff0f"
                                          "b",
                                          "\u2424",
                                          "a\uff3a",
                                          "\uff0e",
                                          "a\uff0e",
                                          "~",
                                          std::string(200, 'n'),
                                          "con",
                                          "a%00b",
                                          "%",
                                          "%2F",
                                          "+",
                                          "=",
                                          "#",
                                          "?",
                                          "&",
                                          "a?b=c#d"};
  std::vector<std::string> refused;
  for (const std::string& name : names) {
    const std::string at = uri(name);
    const std::string wrote = code_of([&] { write(at, name); });
    if (wrote == "E-STORE-NAME") {
      refused.push_back(name);
      EXPECT_EQ(code_of([&] { storage->stat(at); }), wrote) << name;
      EXPECT_EQ(code_of([&] { read(at); }), wrote) << name;
      continue;
    }
    EXPECT_EQ(wrote, "ok") << name;
    const auto file = storage->stat(at);
    EXPECT_TRUE(file && file->uri == at) << name;
    EXPECT_EQ(code_of([&] { EXPECT_EQ(read(at), name); }), "ok") << name;
    const auto listed = list(directory);
    EXPECT_TRUE(listed.contains(at)) << "not listed: " << name;
    EXPECT_EQ(listed.size() + refused.size(), static_cast<std::size_t>(&name - names.data()) + 1);
  }
  std::string told;
  for (const std::string& name : refused) told += " [" + shown(name) + "]";
  std::cout << "refused:" << told << "\n";
}

TEST_F(StorageConformance, ListsWhatLiesInTheDirectoryItself) {
  write(uri("a"), "1");
  write(uri("deep/b"), "22");
  write(uri("deep/er/c"), "333");
  std::set<std::string> files;
  std::set<std::string> directories;
  ListOptions options;
  options.flat = true;
  options.directories = true;
  storage->list(directory, options, [&](const StoredFile& file) {
    (file.uri.ends_with('/') ? directories : files).insert(file.uri);
  });
  // What lies deeper may be shown: whoever asks drops it.
  EXPECT_TRUE(files.contains(uri("a")));
  for (const std::string& file : files) EXPECT_TRUE(file.starts_with(directory)) << file;
  EXPECT_TRUE(directories.empty() || directories.contains(uri("deep/")));
}

TEST_F(StorageConformance, WhoIsNotLetInIsTold) {
  if (!settings->denied) return;  // a store that lets everybody in
  const auto other = storage_by(*settings->denied);
  EXPECT_EQ(code_of([&] { other->stat(uri("file")); }), "E-IO-DENIED");
  EXPECT_EQ(code_of([&] { read_of(*other, uri("file")); }), "E-IO-DENIED");
  EXPECT_EQ(code_of([&] { other->list(directory, {}, [](const StoredFile&) {}); }), "E-IO-DENIED");
  EXPECT_EQ(code_of([&] { other->check_target(directory); }), target_code("E-IO-DENIED"));
  EXPECT_EQ(code_of([&] { other->write_new(uri("file"), *memory_source(bytes_of("x"), "x"), {}); }),
            "E-IO-DENIED");
}

TEST_F(StorageConformance, NobodyAnswers) {
  if (!settings->unreachable) return;
  const auto other = storage_by(*settings->unreachable);
  EXPECT_EQ(code_of([&] { other->stat(uri("file")); }), "E-STORE-UNREACHABLE");
  EXPECT_EQ(code_of([&] { read_of(*other, uri("file")); }), "E-STORE-UNREACHABLE");
  EXPECT_EQ(code_of([&] { other->check_target(directory); }), target_code("E-STORE-UNREACHABLE"));
}

TEST_F(StorageConformance, SaysWhenOrNothing) {
  write(uri("file"), "content");
  const auto modified = storage->stat(uri("file")).value().modified;
  EXPECT_LT(std::abs(modified.value_or(::time(nullptr)) - ::time(nullptr)), 600);
}

TEST_F(StorageConformance, OnePlaceHasOneIdentityOrNone) {
  write(uri("a"), "content");
  write(uri("b"), "content");
  const auto a = storage->identity(uri("a"));
  EXPECT_EQ(storage->identity(uri("a")), a);
  EXPECT_TRUE(!a || storage->identity(uri("b")) != a);
  EXPECT_FALSE(storage->identity(uri("nothing")));
}

TEST_F(StorageConformance, ReplacesOnlyWhatWasRead) {
  write(uri("file"), "old");
  const auto replace = [&](std::string_view before, std::string_view text) {
    return code_of([&] {
      storage->replace(uri("file"), *memory_source(bytes_of(text), "new"),
                       {sha256_hex(bytes_of(before)), true});
    });
  };
  const std::string first = replace("another", "new");
  if (first == "E-STORE-UNSUPPORTED") return;
  EXPECT_EQ(first, "E-STORE-CONFLICT");
  EXPECT_EQ(read(uri("file")), "old");
  EXPECT_EQ(replace("old", "new"), "ok");
  EXPECT_EQ(read(uri("file")), "new");
}

TEST_F(StorageConformance, WhatIsRemovedIsGone) {
  write(uri("a/b/file"), "content");
  write(uri("a/other"), "content");
  const std::string code = code_of([&] { storage->remove(uri("a/b/file"), directory); });
  if (code == "E-STORE-UNSUPPORTED") return;
  EXPECT_EQ(code, "ok");
  EXPECT_FALSE(storage->stat(uri("a/b/file")));
  EXPECT_EQ(read(uri("a/other")), "content");
}

TEST_F(StorageConformance, WhatIsThereCanBeMadeDurable) {
  write(uri("a/file"), "content");
  storage->make_durable(std::vector{uri("a/file")});
}

TEST_F(StorageConformance, ATargetThatCanBeIsNotRefused) {
  storage->check_target(uri("not/yet/there"));
}

TEST_F(StorageConformance, AMissingBucketIsTold) {
  if (settings->missing.empty()) return;  // a store without buckets
  EXPECT_EQ(code_of([&] { storage->check_target(settings->missing); }), "E-IO-CREATE");
  EXPECT_EQ(code_of([&] { read(join_uri(settings->missing, "file")); }), "E-IO-NOT-FOUND");
  EXPECT_FALSE(storage->stat(join_uri(settings->missing, "file")));
}

TEST_F(StorageConformance, SeveralThreadsMayCall) {
  std::vector<std::jthread> threads;
  for (int k = 0; k < 8; ++k) {
    threads.emplace_back([&, k] {
      for (int i = 0; i < 4; ++i) {
        const std::string at = uri(std::to_string(k) + "/" + std::to_string(i));
        write(at, at);
        EXPECT_EQ(read(at), at);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(list(directory).size(), 32U);
}

// ------------------------------------------------------------------------------ copying

// What became of each item, by its number.
class Outcomes final : public CopyObserver {
 public:
  void progress(std::uint64_t more) override { bytes += more; }
  void done(std::size_t i, std::uint64_t size, bool existed) override {
    set(i, std::to_string(size) + (existed ? " existed" : ""));
  }
  void failed(std::size_t i, Diagnostic why) override { set(i, why.code); }
  bool stopped() const override { return false; }

  std::map<std::size_t, std::string> all;
  std::atomic<std::uint64_t> bytes{0};

 private:
  void set(std::size_t i, std::string text) {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(all.emplace(i, std::move(text)).second) << "told twice";
  }
  std::mutex mutex_;
};

class StorageCopies : public StorageConformance {
 protected:
  std::vector<std::string> copy(const std::vector<CopyItem>& items) {
    Stores stores(settings->registry, settings->config);
    CopyOptions options;
    options.source_root = options.target_root = "file:" + disk.path().string();
    if (scheme_of(directory) == "file") options.source_root = options.target_root = "file:/";
    Outcomes outcomes;
    stores.copy(items, options, outcomes);
    std::vector<std::string> told;
    for (auto& [i, text] : outcomes.all) told.push_back(text);
    bytes = outcomes.bytes;
    return told;
  }
  std::uint64_t bytes = 0;
};

TEST_F(StorageCopies, FromADiskWithinTheStoreAndBack) {
  std::string large(3'000'000, 'x');
  for (std::size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>(i);
  test::write_file(disk.path() / "a b", "content");
  test::write_file(disk.path() / "large", large);
  EXPECT_THAT(copy({{local("a b"), uri("in/a b"), std::nullopt, 7},
                    {local("large"), uri("in/large"), std::nullopt, std::nullopt}}),
              ElementsAre("7", "3000000"));
  EXPECT_EQ(bytes, 3'000'007U);
  EXPECT_THAT(copy({{uri("in/a b"), uri("again/a b"), std::nullopt, 7},
                    {uri("in/large"), uri("again/large"), std::nullopt, 3'000'000}}),
              ElementsAre("7", "3000000"));
  EXPECT_THAT(copy({{uri("again/a b"), local("out/a b"), std::nullopt, std::nullopt},
                    {uri("again/large"), local("out/large"), std::nullopt, 3'000'000}}),
              ElementsAre("7", "3000000"));
  EXPECT_EQ(test::read_text_file(disk.path() / "out/a b"), "content");
  EXPECT_EQ(test::read_text_file(disk.path() / "out/large"), large);
}

TEST_F(StorageCopies, Parts) {
  write(uri("file"), "0123456789");
  EXPECT_THAT(copy({{uri("file"), uri("part"), ByteRange{3, 4}, 4},
                    {uri("file"), uri("none"), ByteRange{0, 0}, 0},
                    {uri("file"), local("part"), ByteRange{9, 1}, std::nullopt},
                    {uri("file"), uri("behind"), ByteRange{8, 4}, std::nullopt}}),
              ElementsAre("4", "0", "1", "E-STORE-SIZE"));
  EXPECT_EQ(read(uri("part")), "3456");
  EXPECT_EQ(read(uri("none")), "");
  EXPECT_THAT(copy({{uri("file"), uri("part"), ByteRange{3, 4}, 4},
                    {uri("file"), uri("none"), ByteRange{0, 0}, 0}}),
              ElementsAre("4 existed", "0 existed"));
  EXPECT_EQ(test::read_text_file(disk.path() / "part"), "9");
  EXPECT_FALSE(storage->stat(uri("behind"))) << "nothing stands under the name of what failed";
}

TEST_F(StorageCopies, WhatStandsThereMustBeTheSame) {
  write(uri("a"), "content");
  write(uri("same"), "content");
  write(uri("other"), "CONTENT");
  write(uri("longer"), "content and more");
  EXPECT_THAT(copy({{uri("a"), uri("same"), std::nullopt, 7},
                    {uri("a"), uri("other"), std::nullopt, 7},
                    {uri("a"), uri("longer"), std::nullopt, 7},
                    {uri("a"), uri("new"), std::nullopt, 7}}),
              ElementsAre("7 existed", "E-STORE-CONFLICT", "E-STORE-CONFLICT", "7"));
  EXPECT_EQ(read(uri("other")), "CONTENT");
  EXPECT_EQ(read(uri("longer")), "content and more");
}

TEST_F(StorageCopies, FailuresAreOfSingleFiles) {
  write(uri("a"), "content");
  const auto told = copy({{uri("nothing"), uri("x"), std::nullopt, std::nullopt},
                          {uri("a"), uri("short"), std::nullopt, 8},
                          {uri("a"), uri("y"), std::nullopt, 7}});
  EXPECT_THAT(told, ElementsAre("E-IO-NOT-FOUND", "E-STORE-SIZE", "7"));
  EXPECT_FALSE(storage->stat(uri("x")));
}

TEST_F(StorageCopies, AnOddNameIsCopiedOrRefusedBefore) {
  test::write_file(disk.path() / "file", "content");
  for (const std::string name : {"a\tb", "a\nb", "dot.", " blank ", "a\\b"}) {
    std::vector<std::string> told;
    const std::string code = code_of([&] {
      told = copy({{local("file"), uri(name), std::nullopt, 7},
                   {local("file"), uri("plain-" + std::to_string(name.size()) + name.substr(0, 1)),
                    std::nullopt, 7}});
    });
    if (code == "E-STORE-NAME") continue;
    EXPECT_EQ(code, "ok") << name;
    EXPECT_EQ(told.front(), "7") << name;
    EXPECT_EQ(storage->stat(uri(name)).value().size, 7U) << name;
  }
}

TEST_F(StorageCopies, ManyAtOnce) {
  std::vector<CopyItem> items;
  for (int i = 0; i < 40; ++i) {
    const std::string name = std::to_string(i % 5) + "/" + std::to_string(i);
    test::write_file(disk.path() / std::to_string(i), name);
    items.push_back({local(std::to_string(i)), uri(name), std::nullopt, name.size()});
  }
  const auto told = copy(items);
  EXPECT_EQ(told.size(), 40U);
  EXPECT_EQ(std::count_if(told.begin(), told.end(), [](auto& t) { return t.starts_with("E-"); }),
            0);
  EXPECT_EQ(list(directory).size(), 40U);
  EXPECT_EQ(read(uri("3/38")), "3/38");
}

// ------------------------------------------------------------------------------ settings

std::string value_of(int& i, int argc, char** argv) {
  if (i + 1 < argc) return argv[++i];
  std::cerr << argv[i] << " takes a value\n";
  std::exit(64);
}

std::optional<ParamNode> config_in(const std::string& path, PluginRegistry& registry) {
  std::vector<ConfigSection> sections;
  for (const std::string& storage : registry.storage_names()) {
    const StorageOffer offer = registry.make_storage(storage);
    if (offer.storage != nullptr)
      sections.push_back({storage, "", describe_params(*offer.storage)});
  }
  DiagnosticList problems;
  auto node = parse_config(path, test::read_text_file(path), sections, problems);
  for (const Diagnostic& problem : problems.all()) std::cerr << render(problem) << "\n";
  return node;
}

bool take_arguments(int argc, char** argv, Settings& s) {
  std::string config;
  std::string denied;
  std::string unreachable;
  std::vector<std::filesystem::path> directories;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--root") {
      s.root = value_of(i, argc, argv);
    } else if (name == "--missing") {
      s.missing = value_of(i, argc, argv);
    } else if (name == "--config") {
      config = value_of(i, argc, argv);
    } else if (name == "--denied") {
      denied = value_of(i, argc, argv);
    } else if (name == "--unreachable") {
      unreachable = value_of(i, argc, argv);
    } else if (name == "--plugin-dir") {
      directories.emplace_back(value_of(i, argc, argv));
    }
  }
  s.registry = default_registry(directories);
  if (config.empty()) return !s.root.empty();
  auto node = config_in(config, s.registry);
  if (!node) return false;
  s.config = std::move(*node);
  if (!denied.empty()) s.denied = config_in(denied, s.registry);
  if (!unreachable.empty()) s.unreachable = config_in(unreachable, s.registry);
  return !s.root.empty();
}

}  // namespace
}  // namespace stateferry

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  stateferry::Settings settings;
  stateferry::settings = &settings;
  if (!stateferry::take_arguments(argc, argv, settings)) {
    std::cerr << "usage: storage_conformance --root URI [--config FILE] [--plugin-dir DIR]…\n";
    return 64;
  }
  return RUN_ALL_TESTS();
}
