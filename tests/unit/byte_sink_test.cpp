#include "stateferry/io/byte_sink.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <string>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry_test/forgetful_disk.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using test::ByteVector;
using test::hex;
using test::read_file;
using test::read_text_file;
using test::TemporaryDirectory;
using test::write_file;
using Names = std::vector<std::string>;

void put(ByteSink& sink, std::string_view text) {
  sink.write(std::as_bytes(std::span(text)));
}

template <class F>
Diagnostic refusal(F&& f) {
  try {
    f();
  } catch (const IoError& error) {
    return error.diagnostic();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

unsigned mode_of(const std::string& file) {
  struct stat status {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
  return status.st_mode & 07777;
}

// ---------------------------------------------------------------------------- new files

TEST(AtomicFile, AppearsWithCommit) {
  const TemporaryDirectory folder;
  const auto sink = atomic_file_sink(folder.file("out"), {});
  EXPECT_EQ(sink->name(), folder.file("out"));
  EXPECT_TRUE(sink->discards());
  put(*sink, "first ");
  put(*sink, "second");
  EXPECT_FALSE(fs::exists(folder.file("out")));
  sink->commit();
  EXPECT_EQ(read_text_file(folder.file("out")), "first second");
  EXPECT_EQ(folder.names(), Names{"out"});
}

TEST(AtomicFile, HasTheModeThatTheUserAsksFor) {
  const TemporaryDirectory folder;
  const mode_t before = ::umask(0027);
  const auto sink = atomic_file_sink(folder.file("out"), {});
  sink->commit();
  ::umask(before);
  EXPECT_EQ(mode_of(folder.file("out")), 0640U);
}

TEST(AtomicFile, WhatIsWrittenBehindComesInOrder) {
  const TemporaryDirectory folder;
  ByteVector expected;
  {
    const auto sink = atomic_file_sink(folder.file("out"), {});
    std::array<ByteVector, 2> pieces;
    for (std::size_t i = 0; i < 40; ++i) {
      ByteVector& piece = pieces[i % 2];
      piece.assign(100'000 + i, static_cast<std::byte>(i));
      expected.insert(expected.end(), piece.begin(), piece.end());
      if (i % 7 == 3) {
        sink->write(piece);
      } else {
        sink->write_behind(piece);
      }
    }
    const auto written = sink->written();
    EXPECT_EQ(written->size(), expected.size());
    sink->commit();
  }
  EXPECT_TRUE(read_file(folder.file("out")) == expected);
}

TEST(AtomicFile, AFailureBehindIsToldByTheNextCall) {
  const TemporaryDirectory folder;
  const ByteVector piece(100'000, std::byte{1});
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 50'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    const auto sink = atomic_file_sink(folder.file("out"), {});
    const Diagnostic d = refusal([&] {
      sink->write_behind(piece);
      sink->settle();
      sink->commit();
    });
    EXPECT_EQ(d.code, "E-IO-WRITE");
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  EXPECT_EQ(folder.names(), Names{});
}

TEST(AtomicFile, DroppedWhileItIsWrittenBehindLeavesNothing) {
  const TemporaryDirectory folder;
  const ByteVector piece(5'000'000, std::byte{1});
  atomic_file_sink(folder.file("out"), {})->write_behind(piece);
  EXPECT_EQ(folder.names(), Names{});
}

TEST(AtomicFile, MayBeEmpty) {
  const TemporaryDirectory folder;
  atomic_file_sink(folder.file("out"), {})->commit();
  EXPECT_EQ(fs::file_size(folder.file("out")), 0U);
}

TEST(AtomicFile, DroppedLeavesNothingBehind) {
  const TemporaryDirectory folder;
  {
    const auto sink = atomic_file_sink(folder.file("out"), {});
    put(*sink, "text");
  }
  EXPECT_EQ(folder.names(), Names{});
}

TEST(AtomicFile, GoesToTheWorkingDirectoryWithoutAFolder) {
  const TemporaryDirectory folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const auto sink = atomic_file_sink("out", {});
  put(*sink, "text");
  sink->commit();
  fs::current_path(before);
  EXPECT_EQ(read_text_file(folder.file("out")), "text");
}

TEST(AtomicFile, WithoutSyncIsTheSame) {
  const TemporaryDirectory folder;
  FileSinkOptions options;
  options.sync = false;
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "text");
  sink->commit();
  EXPECT_EQ(read_text_file(folder.file("out")), "text");
}

// ---------------------------------------------------------------------------- files that are there

TEST(AtomicFile, DoesNotOverwriteUnasked) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  const Diagnostic d = refusal([&] { atomic_file_sink(folder.file("out"), {}); });
  EXPECT_EQ(d.code, "E-IO-EXISTS");
  EXPECT_EQ(d.subject, folder.file("out"));
  EXPECT_EQ(read_text_file(folder.file("out")), "old");
}

TEST(AtomicFile, DoesNotOverwriteWhatAppearedMeanwhile) {
  const TemporaryDirectory folder;
  {
    const auto sink = atomic_file_sink(folder.file("out"), {});
    put(*sink, "new");
    write_file(folder.file("out"), "other");
    EXPECT_EQ(refusal([&] { sink->commit(); }).code, "E-IO-EXISTS");
  }
  EXPECT_EQ(read_text_file(folder.file("out")), "other");
  EXPECT_EQ(folder.names(), Names{"out"});
}

TEST(AtomicFile, ReplacesWhenAskedAndKeepsTheMode) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old and longer");
  ::chmod(folder.file("out").c_str(), 0604);
  FileSinkOptions options;
  options.replace = true;
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "new");
  EXPECT_EQ(read_text_file(folder.file("out")), "old and longer") << "until it is committed";
  sink->commit();
  EXPECT_EQ(read_text_file(folder.file("out")), "new");
  EXPECT_EQ(mode_of(folder.file("out")), 0604U);
  EXPECT_EQ(folder.names(), Names{"out"});
}

// Links have mode 0777, which no snapshot should get; and who has one snapshot under two names
// wants the new one under both.
TEST(AtomicFile, ReplacingThroughALinkReplacesTheFileAndKeepsItsMode) {
  const TemporaryDirectory folder;
  write_file(folder.file("target"), "old");
  fs::permissions(folder.path() / "target", fs::perms(0640));
  fs::create_symlink("target", folder.path() / "out");
  FileSinkOptions options;
  options.replace = true;
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "new");
  sink->commit();
  EXPECT_TRUE(fs::is_symlink(folder.path() / "out"));
  EXPECT_EQ(mode_of(folder.file("out")), 0640U);
  EXPECT_EQ(read_text_file(folder.file("target")), "new");
}

TEST(AtomicFile, ReplacingWhatIsNotThereMakesIt) {
  const TemporaryDirectory folder;
  FileSinkOptions options;
  options.replace = true;
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "new");
  sink->commit();
  EXPECT_EQ(read_text_file(folder.file("out")), "new");
  EXPECT_EQ(folder.names(), Names{"out"});
}

TEST(AtomicFile, DroppedWhileReplacingLeavesTheOldOne) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  FileSinkOptions options;
  options.replace = true;
  put(*atomic_file_sink(folder.file("out"), options), "new");
  EXPECT_EQ(read_text_file(folder.file("out")), "old");
  EXPECT_EQ(folder.names(), Names{"out"});
}

TEST(AtomicFile, KeepsABackup) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  FileSinkOptions options;
  options.replace = true;
  options.backup = folder.file("out.bak");
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "new");
  sink->commit();
  EXPECT_EQ(read_text_file(folder.file("out")), "new");
  EXPECT_EQ(read_text_file(folder.file("out.bak")), "old");
  EXPECT_EQ(folder.names(), (Names{"out", "out.bak"}));
}

TEST(AtomicFile, ABackupIsNotOverwritten) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  write_file(folder.file("out.bak"), "older");
  FileSinkOptions options;
  options.replace = true;
  options.backup = folder.file("out.bak");
  {
    // Not before something is to be replaced: a run that finds nothing to do needs no backup.
    const auto sink = atomic_file_sink(folder.file("out"), options);
    put(*sink, "new");
    const Diagnostic d = refusal([&] { sink->commit(); });
    EXPECT_EQ(d.code, "E-IO-EXISTS");
    EXPECT_EQ(d.subject, folder.file("out.bak"));
  }
  EXPECT_EQ(read_text_file(folder.file("out")), "old");
  EXPECT_EQ(read_text_file(folder.file("out.bak")), "older");
  EXPECT_EQ(folder.names(), (Names{"out", "out.bak"}));
}

// Replaces `out`, keeping `out.bak`.
void replace(const TemporaryDirectory& folder, std::string_view text) {
  FileSinkOptions options;
  options.replace = true;
  options.backup = folder.file("out.bak");
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, text);
  sink->commit();
}

TEST(AtomicFile, AReplacementThatFailsAnywhereCanBeMadeAgain) {
  unsigned steps = 0;
  for (const char* call : {"fsync", "link", "rename"}) {
    for (unsigned i = 0;; ++i, ++steps) {
      const TemporaryDirectory folder;
      write_file(folder.file("out"), "old");
      test::ForgetfulDisk disk;
      disk.fail(call, i);
      try {
        replace(folder, "new");
        break;  // there is no such step
      } catch (const IoError& error) {
        const bool replaced = read_text_file(folder.file("out")) == "new";
        SCOPED_TRACE(std::string(call) + " " + std::to_string(i));
        EXPECT_EQ(folder.names(), replaced ? (Names{"out", "out.bak"}) : Names{"out"});
        EXPECT_EQ(read_text_file(folder.file(replaced ? "out.bak" : "out")), "old");
        if (!replaced) replace(folder, "new");
      }
      EXPECT_EQ(read_text_file(folder.file("out")), "new");
      EXPECT_EQ(read_text_file(folder.file("out.bak")), "old");
    }
  }
  EXPECT_GE(steps, 6U);  // content, backup's name, new name; backup, temporary name; rename
}

TEST(AtomicFile, AReplacementThatIsKilledAnywhereCanBeMadeAgain) {
  for (const char* call : {"fsync", "link", "rename"}) {
    for (unsigned i = 0; i < 3; ++i) {
      const TemporaryDirectory folder;
      write_file(folder.file("out"), "old");
      const pid_t child = ::fork();
      if (child == 0) {
        test::ForgetfulDisk disk;
        disk.die(call, i);
        replace(folder, "new");
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      SCOPED_TRACE(std::string(call) + " " + std::to_string(i));
      if (read_text_file(folder.file("out")) == "old") {
        ASSERT_TRUE(WIFSIGNALED(status));
        replace(folder, "new");
      }
      EXPECT_EQ(read_text_file(folder.file("out")), "new");
      EXPECT_EQ(read_text_file(folder.file("out.bak")), "old");
    }
  }
}

TEST(AtomicFile, ACopyOfTheFileIsABackup) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  write_file(folder.file("out.bak"), "old");
  replace(folder, "new");
  EXPECT_EQ(read_text_file(folder.file("out")), "new");
  EXPECT_EQ(read_text_file(folder.file("out.bak")), "old");
}

TEST(AtomicFile, ALinkIsNoBackup) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  fs::create_symlink("out", folder.file("out.bak"));
  EXPECT_EQ(refusal([&] { replace(folder, "new"); }).code, "E-IO-EXISTS");
  EXPECT_EQ(read_text_file(folder.file("out")), "old");
}

TEST(AtomicFile, TheBackupIsSafeBeforeTheOldFileGoes) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  test::ForgetfulDisk disk;
  disk.fail("rename");
  // What a power failure would leave at the moment of the rename.
  std::vector<std::string> lost;
  disk.before("rename", [&] { lost = disk.lost(); });
  EXPECT_THROW(replace(folder, "new"), IoError);
  EXPECT_EQ(disk.calls("rename"), 1U);
  for (const std::string& path : lost) EXPECT_NE(path, folder.file("out.bak"));
}

// ---------------------------------------------------------------------------- power failures

TEST(AtomicFile, OutlivesAPowerFailure) {
  for (const bool replacing : {false, true}) {
    const TemporaryDirectory folder;
    if (replacing) write_file(folder.file("out"), "old");
    const test::ForgetfulDisk disk;
    FileSinkOptions options;
    options.replace = replacing;
    const auto sink = atomic_file_sink(folder.file("out"), options);
    put(*sink, "new");
    sink->commit();
    EXPECT_EQ(disk.lost(), Names{});
    EXPECT_TRUE(disk.synced(folder.file("out")));
  }
}

TEST(AtomicFile, WithoutSyncItDoesNot) {
  const TemporaryDirectory folder;
  const test::ForgetfulDisk disk;
  FileSinkOptions options;
  options.sync = false;
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "new");
  sink->commit();
  EXPECT_EQ(disk.lost().size(), 2U);
}

// Nor does it stand there, in the way of the next run.
TEST(AtomicFile, WhatCanNotBeSyncedIsAnError) {
  for (unsigned i = 0; i < 2; ++i) {
    const TemporaryDirectory folder;
    test::ForgetfulDisk disk;
    disk.fail("fsync", i, i == 0 ? EIO : EINVAL);
    const auto sink = atomic_file_sink(folder.file("out"), {});
    put(*sink, "new");
    EXPECT_EQ(refusal([&] { sink->commit(); }).code, "E-IO-SYNC");
    EXPECT_FALSE(fs::exists(folder.file("out")));
  }
}

// ---------------------------------------------------------------------------- access

TEST(AtomicFile, ANewFileIsLikeItsInput) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "in");
  ASSERT_EQ(::chmod(folder.file("in").c_str(), 0600), 0);
  FileSinkOptions options;
  options.like = folder.file("in");
  const auto sink = atomic_file_sink(folder.file("out"), options);
  put(*sink, "new");
  sink->commit();
  EXPECT_EQ(mode_of(folder.file("out")), 0600U);
}

TEST(AtomicFile, AReplacementKeepsOwnerAndGroup) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  ASSERT_EQ(::chmod(folder.file("out").c_str(), 0640), 0);
  ASSERT_EQ(::chown(folder.file("out").c_str(), 4711, 4712), 0);
  const test::ForgetfulDisk disk;
  replace(folder, "new");
  EXPECT_TRUE(disk.too_open().empty());
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("out").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 4711U);
  EXPECT_EQ(status.st_gid, 4712U);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST(AtomicFile, WithoutABackupNothingIsReplaced) {
  const TemporaryDirectory folder;
  write_file(folder.file("out"), "old");
  FileSinkOptions options;
  options.replace = true;
  options.backup = folder.file("missing/out.bak");
  {
    const auto sink = atomic_file_sink(folder.file("out"), options);
    EXPECT_EQ(refusal([&] { sink->commit(); }).code, "E-IO-CREATE");
  }
  EXPECT_EQ(read_text_file(folder.file("out")), "old");
  EXPECT_EQ(folder.names(), Names{"out"});
}

// ---------------------------------------------------------------------------- places without way

TEST(AtomicFile, NeedsItsDirectory) {
  const TemporaryDirectory folder;
  const Diagnostic d = refusal([&] { atomic_file_sink(folder.file("missing/out"), {}); });
  EXPECT_EQ(d.code, "E-IO-CREATE");
  EXPECT_EQ(d.message, "the output's directory does not exist");
  EXPECT_EQ(folder.names(), Names{});
}

TEST(AtomicFile, CanNotLieBelowAFile) {
  const TemporaryDirectory folder;
  write_file(folder.file("file"), "text");
  EXPECT_EQ(refusal([&] { atomic_file_sink(folder.file("file/out"), {}); }).code, "E-IO-CREATE");
}

TEST(AtomicFile, CanNotBeADirectory) {
  const TemporaryDirectory folder;
  for (const bool replace : {false, true}) {
    FileSinkOptions options;
    options.replace = replace;
    const Diagnostic d = refusal([&] { atomic_file_sink(folder.path().string(), options); });
    EXPECT_EQ(d.code, "E-IO-CREATE");
    EXPECT_EQ(d.message, "the output is a directory");
  }
}

TEST(AtomicFile, NeedsPermission) {
  const TemporaryDirectory folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  // Root may write anywhere.
  const uid_t before = ::geteuid();
  ASSERT_TRUE(before != 0 || ::seteuid(65534) == 0);
  const Diagnostic d = refusal([&] { atomic_file_sink(folder.file("out"), {}); });
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(d.code, "E-IO-DENIED");
}

// ---------------------------------------------------------------------------- reading back

TEST(AtomicFile, CanBeReadBackBeforeCommit) {
  const TemporaryDirectory folder;
  const auto sink = atomic_file_sink(folder.file("out"), {});
  put(*sink, "some ");
  put(*sink, "text");
  const auto written = sink->written();
  ASSERT_NE(written, nullptr);
  EXPECT_EQ(written->size(), 9U);
  EXPECT_TRUE(written->rewindable());
  const auto bytes = written->bytes();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "some text");
  sink->commit();
  EXPECT_EQ(read_text_file(folder.file("out")), "some text");
}

TEST(Sinks, DigestsDependOnBytesAndNotOnPieces) {
  const TemporaryDirectory folder;
  ByteVector kept;
  const auto file = atomic_file_sink(folder.file("out"), {});
  const auto memory = memory_sink(kept);
  put(*file, "abc");
  put(*memory, "a");
  put(*memory, "");
  put(*memory, "bc");
  EXPECT_EQ(file->digest(), memory->digest());
  put(*memory, "d");
  EXPECT_NE(file->digest(), memory->digest());
  // Short and long texts take different ways through the hash.
  put(*file, "d" + std::string(100'000, 'x'));
  for (int i = 0; i < 100; ++i) put(*memory, std::string(1'000, 'x'));
  EXPECT_EQ(file->digest(), memory->digest());
}

TEST(Sinks, BegunAnewHoldWhatIsWrittenThen) {
  const TemporaryDirectory folder;
  ByteVector kept = hex("01");
  const auto file = atomic_file_sink(folder.file("out"), {});
  const auto memory = memory_sink(kept);
  const std::string large(3'000'000, 'x');
  for (ByteSink* sink : {file.get(), memory.get()}) {
    put(*sink, "wrong ");
    sink->write_behind(std::as_bytes(std::span(large)));
    sink->restart();
    put(*sink, "right");
    const auto written = sink->written();
    EXPECT_EQ(written->size(), 5U);
    ByteVector only;
    const auto other = memory_sink(only);
    put(*other, "right");
    EXPECT_EQ(sink->digest(), other->digest());
    sink->commit();
  }
  EXPECT_EQ(read_text_file(folder.file("out")), "right");
  EXPECT_EQ(kept.size(), 6U) << "what was there before stays";
}

TEST(DescriptorSink, BegunAnewWritesOnlyWhatWasNotGiven) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto sink = descriptor_sink(ends[1], "(stdout)");
  put(*sink, "some ");
  sink->restart();
  put(*sink, "so");
  put(*sink, "me te");
  sink->restart();
  put(*sink, "some te");
  put(*sink, "xt");
  ::close(ends[1]);
  char got[32] = {};
  EXPECT_EQ(::read(ends[0], got, sizeof got), 9);
  EXPECT_STREQ(got, "some text");
  ::close(ends[0]);
}

TEST(MemorySink, Appends) {
  ByteVector target = hex("01");
  const auto sink = memory_sink(target);
  sink->write(hex("0203"));
  sink->write(hex("04"));
  sink->commit();
  EXPECT_EQ(target, hex("01020304"));
  const auto written = sink->written();
  const auto bytes = written->bytes();
  EXPECT_EQ(ByteVector(bytes.begin(), bytes.end()), hex("020304")) << "only what it was given";
}

TEST(DiscardingSink, KeepsNothing) {
  const auto sink = discarding_sink();
  put(*sink, "text");
  sink->commit();
  EXPECT_EQ(sink->written(), nullptr);
  EXPECT_TRUE(sink->discards());
}

// ---------------------------------------------------------------------------- descriptors

TEST(DescriptorSink, WritesAsBytesCome) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto sink = descriptor_sink(ends[1], "(stdout)");
  put(*sink, "text");
  char got[8] = {};
  EXPECT_EQ(::read(ends[0], got, sizeof got), 4);
  EXPECT_STREQ(got, "text");
  EXPECT_FALSE(sink->discards());
  EXPECT_EQ(sink->written(), nullptr);
  EXPECT_EQ(sink->name(), "(stdout)");
  ::close(ends[0]);
  EXPECT_NE(::fcntl(ends[1], F_GETFD), -1) << "the descriptor is the caller's";
  ::close(ends[1]);
}

TEST(DescriptorSink, AReaderThatHasGoneAwayIsTold) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const auto sink = descriptor_sink(ends[1], "(stdout)");
  const Diagnostic d = refusal([&] { put(*sink, "text"); });
  EXPECT_EQ(d.code, "E-IO-PIPE");
  EXPECT_EQ(d.subject, "(stdout)");
  ::close(ends[1]);
}

TEST(DescriptorSink, AFullDiskIsTold) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  const auto sink = descriptor_sink(full, "full");
  const Diagnostic d = refusal([&] { put(*sink, "text"); });
  EXPECT_EQ(d.code, "E-IO-WRITE");
  EXPECT_EQ(d.message, "writing failed: No space left on device");
  EXPECT_FALSE(d.hint.empty());
  ::close(full);
}

// ---------------------------------------------------------------------------- signals

using SignalsDeathTest = testing::Test;

TEST(SignalsDeathTest, StillEndTheProcess) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          remove_temporaries_on_signal();
          ::raise(signal);
        },
        testing::KilledBySignal(signal), "");
  }
}

TEST(SignalsDeathTest, ThatAreIgnoredStayIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        remove_temporaries_on_signal();
        ::raise(SIGHUP);
        ::_exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace stateferry
