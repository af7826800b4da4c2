// Files in and out: what a run leaves behind when it succeeds, and when it doesn't.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using Names = std::vector<std::string>;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(AtomicFileSink, AppearsWithItsContentOnCommit) {
  const test::TemporaryDirectory dir;
  {
    const auto sink = atomic_file_sink(dir.file("out"), {});
    sink->write(bytes_of("hello "));
    sink->write(bytes_of("world"));
    EXPECT_EQ(dir.names(), Names{}) << "nothing has a name before the commit";
    sink->commit();
  }
  EXPECT_EQ(dir.names(), Names{"out"});
  EXPECT_EQ(test::read_text_file(dir.file("out")), "hello world");
}

TEST(AtomicFileSink, LeavesNothingWithoutCommit) {
  const test::TemporaryDirectory dir;
  atomic_file_sink(dir.file("out"), {})->write(bytes_of("x"));
  EXPECT_EQ(dir.names(), Names{});
}

TEST(AtomicFileSink, RefusesWhatIsThere) {
  const test::TemporaryDirectory dir;
  test::write_file(dir.file("out"), "old");
  EXPECT_EQ(code_of([&] { atomic_file_sink(dir.file("out"), {}); }), "E-IO-EXISTS");
  // A file that appears while we write is not overwritten either.
  const auto sink = atomic_file_sink(dir.file("late"), {});
  sink->write(bytes_of("new"));
  test::write_file(dir.file("late"), "theirs");
  EXPECT_EQ(code_of([&] { sink->commit(); }), "E-IO-EXISTS");
  EXPECT_EQ(test::read_text_file(dir.file("late")), "theirs");
}

TEST(AtomicFileSink, ReplacesOnlyWhenToldAndKeepsTheMode) {
  const test::TemporaryDirectory dir;
  test::write_file(dir.file("out"), "old");
  ::chmod(dir.file("out").c_str(), 0640);
  FileSinkOptions options;
  options.replace = true;
  const auto sink = atomic_file_sink(dir.file("out"), options);
  sink->write(bytes_of("new"));
  EXPECT_EQ(test::read_text_file(dir.file("out")), "old");
  sink->commit();
  EXPECT_EQ(test::read_text_file(dir.file("out")), "new");
  EXPECT_EQ(dir.names(), Names{"out"});
  struct stat status {};
  ASSERT_EQ(::stat(dir.file("out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST(AtomicFileSink, KeepsABackup) {
  const test::TemporaryDirectory dir;
  test::write_file(dir.file("out"), "old");
  FileSinkOptions options;
  options.replace = true;
  options.backup = dir.file("out.bak");
  const auto sink = atomic_file_sink(dir.file("out"), options);
  sink->write(bytes_of("new"));
  sink->commit();
  EXPECT_EQ(test::read_text_file(dir.file("out.bak")), "old");
  EXPECT_EQ(test::read_text_file(dir.file("out")), "new");
  const auto second = atomic_file_sink(dir.file("out"), options);
  second->write(bytes_of("newer"));
  EXPECT_EQ(code_of([&] { second->commit(); }), "E-IO-EXISTS")
      << "a second run must not lose the first backup";
  EXPECT_EQ(test::read_text_file(dir.file("out.bak")), "old");
}

TEST(AtomicFileSink, TellsWhyItCantCreate) {
  const test::TemporaryDirectory dir;
  EXPECT_EQ(code_of([&] { atomic_file_sink(dir.file("no/such/dir"), {}); }), "E-IO-CREATE");
  EXPECT_EQ(code_of([&] { atomic_file_sink(dir.path().string(), {}); }), "E-IO-CREATE");
}

TEST(AtomicFileSink, ReadsBackWhatWasWritten) {
  const test::TemporaryDirectory dir;
  const auto sink = atomic_file_sink(dir.file("out"), {});
  sink->write(bytes_of("content"));
  const auto written = sink->written();
  EXPECT_EQ(written->size(), 7U);
  EXPECT_TRUE(std::ranges::equal(written->bytes(), bytes_of("content")));
  EXPECT_EQ(dir.names(), Names{});
}

TEST(DescriptorSink, AFullDiskAndAClosedPipeAreErrors) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  EXPECT_EQ(code_of([&] { descriptor_sink(full, "full")->write(bytes_of("x")); }), "E-IO-WRITE");
  ::close(full);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  auto* const before = ::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(code_of([&] { descriptor_sink(ends[1], "pipe")->write(bytes_of("x")); }), "E-IO-PIPE");
  ::signal(SIGPIPE, before);
  ::close(ends[1]);
}

TEST(FileSource, TellsWhyItCantRead) {
  const test::TemporaryDirectory dir;
  EXPECT_EQ(code_of([&] { file_source(dir.file("none"), "none"); }), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of([&] { file_source(dir.file("none/below"), "x"); }), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of([&] { file_source(dir.path().string(), "dir"); }), "E-IO-DIRECTORY");
}

TEST(FileSource, ReadsEmptySmallAndMappedFiles) {
  const test::TemporaryDirectory dir;
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, (std::size_t{1} << 20) + 3}) {
    const std::string text(size, 'x');
    test::write_file(dir.file("in"), text);
    const auto source = file_source(dir.file("in"), "in");
    EXPECT_EQ(source->size(), size);
    EXPECT_TRUE(
        std::ranges::equal(source->peek(8), bytes_of(text).first(std::min<std::size_t>(size, 8))));
    SourceReader in(*source, false);
    std::size_t read = 0;
    while (!in->at_end()) read += in->take_some(1000).size();
    EXPECT_EQ(read, size);
    EXPECT_TRUE(std::ranges::equal(source->bytes(), bytes_of(text)));
  }
}

TEST(FileSource, NoticesAChange) {
  const test::TemporaryDirectory dir;
  test::write_file(dir.file("in"), "before");
  const auto source = file_source(dir.file("in"), "in");
  source->bytes();
  EXPECT_EQ(code_of([&] { source->check_unchanged(); }), "");
  test::write_file(dir.file("in"), "afterwards");
  EXPECT_EQ(code_of([&] { source->check_unchanged(); }), "E-IO-CHANGED");
}

TEST(PipeSource, PeeksStreamsAndSpools) {
  for (const bool spool : {false, true}) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ASSERT_EQ(::write(ends[1], "hello world", 11), 11);
    ::close(ends[1]);
    const auto source = descriptor_source(ends[0], "pipe");
    EXPECT_TRUE(std::ranges::equal(source->peek(5), bytes_of("hello")));
    EXPECT_FALSE(source->rewindable());
    if (spool) source->spool();
    EXPECT_EQ(source->rewindable(), spool);
    for (int pass = 0; pass < (spool ? 2 : 1); ++pass) {
      SourceReader in(*source, false);
      EXPECT_TRUE(std::ranges::equal(in->take(11), bytes_of("hello world")));
      EXPECT_TRUE(in->at_end());
    }
    ::close(ends[0]);
  }
}

TEST(Sha256, KnowsTheStandardsExamples) {
  EXPECT_EQ(sha256_hex(bytes_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(bytes_of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace stateferry
