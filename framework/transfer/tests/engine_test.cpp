// What all engines have in common, and how other programs are run. Real engines: tests/engines,
// tests/hdfs.
#include "stateferry/transfer/engine.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "child_process.hpp"
#include "engines.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/s3_access.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry_test/code_of.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::code_of;

namespace fs = std::filesystem;
using testing::ElementsAre;

std::string text_of(const fs::path& file) {
  const auto bytes = test::read_file(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Copies with the standard library, but for names that it is told to leave out.
class PlainEngine final : public Engine {
 public:
  void check(std::span<const PlanRow>) override {}
  void copy(std::span<const PlanRow> rows, CopyProgress&) override {
    for (const PlanRow& row : rows) {
      handed.push_back(row.source.substr(row.source.rfind('/') + 1));
      if (handed.back() == left_out) continue;
      const fs::path target = row.target.substr(5);
      fs::create_directories(target.parent_path());
      fs::copy_file(row.source.substr(5), target);
    }
  }
  std::vector<std::string> handed;
  std::string left_out;
};

class EngineRun : public testing::Test {
 protected:
  EngineRun() : registry(test::plugin_registry()), stores(registry, {}) {
    fs::create_directories(directory.path() / "from");
    fs::create_directories(directory.path() / "to");
    for (const std::string name : {"a", "b", "c"}) {
      test::write_file(directory.path() / "from" / name, "content " + name);
      PlanRow row;
      row.source = "file:" + directory.file("from/" + name);
      row.target = "file:" + directory.file("to/" + name);
      if (name != "c") row.bytes = 9;
      rows.push_back(row);
    }
  }
  CopyReport run() {
    CopyProgress progress;
    return run_engine(stores, engine, rows, nullptr, progress);
  }

  test::TemporaryDirectory directory;
  PluginRegistry registry;
  Stores stores;
  std::vector<PlanRow> rows;
  PlainEngine engine;
};

TEST_F(EngineRun, GetsWhatIsNotThereYet) {
  test::write_file(directory.path() / "to" / "b", "content b");
  const CopyReport report = run();
  EXPECT_EQ(report.copied, 2U);
  EXPECT_EQ(report.existed, 1U);
  EXPECT_THAT(engine.handed, ElementsAre("a", "c"));
  engine.handed.clear();
  EXPECT_EQ(run().existed, 3U);
  EXPECT_TRUE(engine.handed.empty());
}

TEST_F(EngineRun, GetsNothingWhereSomethingElseIsInTheWay) {
  test::write_file(directory.path() / "to" / "c", "else");
  EXPECT_EQ(code_of([&] { run(); }), "E-STORE-CONFLICT");
  EXPECT_TRUE(engine.handed.empty());
  EXPECT_EQ(text_of(directory.path() / "to" / "c"), "else");
}

TEST_F(EngineRun, WhatIsMissingAfterwardsIsTold) {
  engine.left_out = "b";
  EXPECT_EQ(code_of([&] { run(); }), "E-MOVE-INCOMPLETE");
  engine.left_out.clear();
  engine.handed.clear();
  EXPECT_EQ(run().copied, 1U);
  EXPECT_THAT(engine.handed, ElementsAre("b"));
}

TEST(Engines, HaveNames) {
  for (const char* name : {"auto", "file", "rclone", "s5cmd", "distcp", "s3-batch"}) {
    EXPECT_TRUE(engine_from_name(name)) << name;
  }
  EXPECT_FALSE(engine_from_name("cp"));
}

TEST(Engines, AListHasTheNameOfItsContent) {
  const test::TemporaryDirectory directory;
  const std::string below = directory.file("lists");
  const std::string path = write_list(below, "rows", ".txt", "one\n");
  EXPECT_EQ(write_list(below, "rows", ".txt", "one\n"), path);
  EXPECT_NE(write_list(below, "rows", ".txt", "two\n"), path);
  EXPECT_EQ(text_of(path), "one\n");
  test::write_file(path, "another");
  EXPECT_EQ(code_of([&] { write_list(below, "rows", ".txt", "one\n"); }), "E-IO-EXISTS");
  EXPECT_EQ(text_of(path), "another");
}

TEST(Engines, ACommandIsReadByAShellAsItIsMeant) {
  EXPECT_EQ(command_line({"a", "--b=c/d", "it's $(x)", ""}), "a --b=c/d 'it'\\''s $(x)' ''");
}

TEST(ChildProcess, IsReadLineByLine) {
  std::vector<std::string> out;
  std::vector<std::string> err;
  const auto run = [&](const std::string& script, std::vector<std::string> environment = {}) {
    out.clear();
    err.clear();
    return run_child(
        {"/bin/sh", {"-c", script}, std::move(environment)},
        [&](std::string_view line) { out.emplace_back(line); },
        [&](std::string_view line) { err.emplace_back(line); });
  };
  EXPECT_EQ(run("echo one; printf 'two\\nthree'; echo four >&2"), "");
  EXPECT_THAT(out, ElementsAre("one", "two", "three"));
  EXPECT_THAT(err, ElementsAre("four"));
  EXPECT_EQ(run("exit 3"), "exit code 3");
  EXPECT_EQ(run("kill -9 $$"), "signal 9");
  run("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end");
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].size(), std::size_t{64} << 10);
  ::setenv("STATEFERRY_TEST", "seen", 1);
  run("echo \"$STATEFERRY_TEST-$OTHER\"", {"STATEFERRY_TEST", "OTHER=x"});
  EXPECT_THAT(out, ElementsAre("-x"));
  EXPECT_EQ(code_of([] {
              run_child(
                  {"/nothing", {}, {}}, [](std::string_view) {}, [](std::string_view) {});
            }),
            "E-STORE-ENGINE");
}

// Serves S3 by another server for each bucket.
class ServersByBucket final : public Storage, public S3AccessTeller {
 public:
  S3Access s3_access(const std::string& uri) override {
    return {"http://" + std::string(split_flink_path(uri).authority), {}, {}, {}};
  }
  std::optional<StoredFile> stat(const std::string&) override { return std::nullopt; }
  void list(const std::string&, const ListOptions&,
            const std::function<void(const StoredFile&)>&) override {}
  void read(const std::string&, const ReadOptions&, ByteSink&) override {}
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }
};

class S5cmdEngineTest : public testing::Test {
 protected:
  // With a program of this name that does what `script` says.
  explicit S5cmdEngineTest(const std::string& script = "exit 0")
      : stores(
            [](std::string_view) {
              return StorageOffer{std::make_shared<ServersByBucket>(), "servers", "s3", ""};
            },
            {}),
        path(std::getenv("PATH")) {
    says(script);
    ::setenv("PATH", (directory.path().string() + ":" + path).c_str(), 1);
  }
  ~S5cmdEngineTest() override { ::setenv("PATH", path.c_str(), 1); }
  void says(const std::string& script) {
    test::write_file(directory.path() / "s5cmd", "#!/bin/sh\n" + script + "\n");
    fs::permissions(directory.path() / "s5cmd", fs::perms::owner_all);
  }
  static std::vector<PlanRow> rows(const std::string& target) {
    PlanRow row;
    row.source = "s3://old/a";
    row.target = target;
    row.bytes = 1;
    return {row};
  }

  test::TemporaryDirectory directory;
  Stores stores;
  const std::string path;
};

// One run of it knows one server: the other bucket would be looked for where it isn't.
TEST_F(S5cmdEngineTest, TakesBucketsOfOneServerAlone) {
  const auto all_of = [&](const std::string& target) {
    return code_of([&] { make_engine({EngineKind::s5cmd, {}, {}}, stores)->check(rows(target)); });
  };
  EXPECT_EQ(all_of("s3://old/b"), "ok");
  EXPECT_EQ(all_of("s3://new/b"), "E-PLAN-ENGINE");
}

TEST_F(S5cmdEngineTest, WhatItSaysLosesItsSecrets) {
  for (const char* line :
       {"GET http://old/a?X-Amz-Signature=s3cr3t",
        R"({"command":"cp","error":"GET http://old/?X-Amz-Signature=s3cr3t"})"}) {
    says("cat >/dev/null; echo '" + std::string(line) + "'; exit 1");
    const auto engine = make_engine({EngineKind::s5cmd, {}, {}}, stores);
    CopyProgress progress;
    try {
      engine->copy(rows("s3://old/b"), progress);
      ADD_FAILURE() << line;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E-ENGINE-FAILED");
      ASSERT_EQ(error.diagnostic().notes.size(), 1U);
      EXPECT_EQ(error.diagnostic().notes[0].find("s3cr3t"), std::string::npos);
      EXPECT_NE(error.diagnostic().notes[0].find("http://old/"), std::string::npos);
    }
  }
}

// Whatever number it has, and though nobody has marked it.
TEST(ChildProcess, InheritsNoOpenFile) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<int> open;
  for (const int least : {3, 40, 1500}) open.push_back(::fcntl(STDERR_FILENO, F_DUPFD, least));
  ASSERT_GE(open.back(), 1500);
  std::string looks = "for fd in 0 1 2";
  for (const int fd : open) looks += " " + std::to_string(fd);
  std::vector<std::string> seen;
  run_child(
      {"/bin/sh", {"-c", looks + "; do test -e /proc/$$/fd/$fd && echo $fd; done; true"}, {}},
      [&](std::string_view line) { seen.emplace_back(line); }, [](std::string_view) {});
  for (const int fd : open) ::close(fd);
  EXPECT_THAT(seen, ElementsAre("0", "1", "2"));
}

TEST(ChildProcess, EndsWithWhoDoesNotListen) {
  EXPECT_THROW(
      run_child(
          {"/bin/sh", {"-c", "echo x; sleep 1000"}, {}},
          [](std::string_view) { throw std::runtime_error("enough"); }, [](std::string_view) {}),
      std::runtime_error);
}

}  // namespace
}  // namespace stateferry
