#include "stateferry/io/byte_source.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using test::ByteVector;
using test::TemporaryDirectory;
using test::write_file;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string read_all(ByteFeed& feed) {
  std::string all;
  std::byte piece[1000];
  while (const std::size_t n = feed.read(piece)) all += text_of(std::span(piece).first(n));
  return all;
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

/// A pipe that holds `text` and is closed at its other end.
class Pipe {
 public:
  explicit Pipe(std::string_view text) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    end_ = ends[0];
  }
  ~Pipe() { ::close(end_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int end() const noexcept { return end_; }

 private:
  int end_;
};

// ---------------------------------------------------------------------------- files

TEST(FileSource, IsReadInEveryWay) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "some text");
  const auto source = file_source(folder.file("in"), "shown");
  EXPECT_EQ(source->name(), "shown");
  EXPECT_EQ(source->size(), 9U);
  EXPECT_TRUE(source->rewindable());
  EXPECT_EQ(text_of(source->peek(4)), "some");
  EXPECT_EQ(text_of(source->peek(100)), "some text");
  const auto first = source->open();
  const auto second = source->open();
  std::byte byte[2];
  EXPECT_EQ(first->read(byte), 2U);
  EXPECT_EQ(read_all(*second), "some text") << "feeds don't disturb each other";
  EXPECT_EQ(read_all(*first), "me text");
  EXPECT_EQ(text_of(source->bytes()), "some text");
  EXPECT_EQ(text_of(source->peek(4)), "some");
  EXPECT_EQ(read_all(*source->open()), "some text");
  source->spool();
  EXPECT_NO_THROW(source->check_unchanged());
}

TEST(FileSource, MayBeEmpty) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "");
  const auto source = file_source(folder.file("in"), "in");
  EXPECT_EQ(source->size(), 0U);
  EXPECT_TRUE(source->peek(8).empty());
  EXPECT_TRUE(source->bytes().empty());
  EXPECT_EQ(read_all(*source->open()), "");
  SourceReader reader(*source, true);
  EXPECT_TRUE(reader->at_end());
}

TEST(FileSource, LargeOnesAreTheSame) {
  const TemporaryDirectory folder;
  std::string text(2'500'000, 'x');
  for (std::size_t i = 0; i < text.size(); i += 1000)
    text[i] = static_cast<char>('a' + i / 1000 % 26);
  write_file(folder.file("in"), text);
  const auto source = file_source(folder.file("in"), "in");
  EXPECT_TRUE(text_of(source->bytes()) == text);
  EXPECT_TRUE(read_all(*source->open()) == text);
}

TEST(FileSource, OutlivesItsName) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "text");
  const auto source = file_source(folder.file("in"), "in");
  fs::remove(folder.file("in"));
  EXPECT_EQ(text_of(source->bytes()), "text");
}

TEST(FileSource, MustBeThere) {
  const TemporaryDirectory folder;
  Diagnostic d = refusal([&] { file_source(folder.file("in"), "shown"); });
  EXPECT_EQ(d.code, "E-IO-NOT-FOUND");
  EXPECT_EQ(d.subject, "shown");
  write_file(folder.file("file"), "text");
  d = refusal([&] { file_source(folder.file("file/in"), "shown"); });
  EXPECT_EQ(d.code, "E-IO-NOT-FOUND");
}

TEST(FileSource, MustNotBeADirectory) {
  const TemporaryDirectory folder;
  EXPECT_EQ(refusal([&] { file_source(folder.path().string(), "in"); }).code, "E-IO-DIRECTORY");
}

TEST(FileSource, MustBeReadable) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "text");
  ::chmod(folder.file("in").c_str(), 0);
  // Root may read everything.
  const uid_t before = ::geteuid();
  ASSERT_TRUE(before != 0 || ::seteuid(65534) == 0);
  const Diagnostic d = refusal([&] { file_source(folder.file("in"), "in"); });
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(d.code, "E-IO-DENIED");
}

TEST(FileSource, AChangeOfSizeIsNoticed) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "text");
  const auto source = file_source(folder.file("in"), "shown");
  write_file(folder.file("in"), "longer text");
  const Diagnostic d = refusal([&] { source->check_unchanged(); });
  EXPECT_EQ(d.code, "E-IO-CHANGED");
  EXPECT_EQ(d.subject, "shown");
}

TEST(FileSource, AChangeOfTimeIsNoticed) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "text");
  const auto source = file_source(folder.file("in"), "in");
  fs::last_write_time(folder.file("in"),
                      fs::last_write_time(folder.file("in")) + std::chrono::nanoseconds(1));
  EXPECT_EQ(refusal([&] { source->check_unchanged(); }).code, "E-IO-CHANGED");
}

TEST(FileSource, OneThatShrinksGivesWhatIsLeft) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "some text");
  const auto source = file_source(folder.file("in"), "in");
  write_file(folder.file("in"), "some");
  EXPECT_EQ(text_of(source->peek(9)), "some");
  EXPECT_EQ(text_of(source->bytes()), "some");
  EXPECT_EQ(read_all(*source->open()), "some");
}

// ---------------------------------------------------------------------------- pipes

TEST(PipeSource, IsReadOnce) {
  const Pipe pipe("some text");
  const auto source = descriptor_source(pipe.end(), "(stdin)");
  EXPECT_EQ(source->size(), std::nullopt);
  EXPECT_FALSE(source->rewindable());
  EXPECT_EQ(text_of(source->peek(4)), "some");
  EXPECT_EQ(text_of(source->peek(2)), "so");
  EXPECT_EQ(text_of(source->peek(6)), "some t");
  EXPECT_EQ(read_all(*source->open()), "some text") << "peeking consumes nothing";
  EXPECT_EQ(refusal([&] { source->open(); }).code, "E-INTERNAL");
  EXPECT_NO_THROW(source->check_unchanged());
}

TEST(PipeSource, ShorterThanAPeek) {
  const Pipe pipe("ab");
  const auto source = descriptor_source(pipe.end(), "(stdin)");
  EXPECT_EQ(text_of(source->peek(8)), "ab");
  EXPECT_EQ(text_of(source->peek(8)), "ab");
  EXPECT_EQ(read_all(*source->open()), "ab");
}

TEST(PipeSource, SpooledIsLikeAFile) {
  const Pipe pipe("some text");
  const auto source = descriptor_source(pipe.end(), "(stdin)");
  EXPECT_EQ(text_of(source->peek(4)), "some");
  source->spool();
  source->spool();
  EXPECT_TRUE(source->rewindable());
  EXPECT_EQ(source->size(), 9U);
  EXPECT_EQ(text_of(source->peek(4)), "some");
  EXPECT_EQ(read_all(*source->open()), "some text");
  EXPECT_EQ(read_all(*source->open()), "some text");
  EXPECT_EQ(text_of(source->bytes()), "some text");
}

TEST(PipeSource, IsSpooledAsItGoes) {
  const Pipe pipe("some text");
  const auto source = descriptor_source(pipe.end(), "(stdin)");
  EXPECT_EQ(text_of(source->peek(2)), "so");
  source->spool_as_it_goes();
  EXPECT_TRUE(source->rewindable());
  EXPECT_EQ(source->size(), std::nullopt) << "it was not read yet";
  const auto first = source->open();
  std::byte bytes[6];
  std::size_t got = 0;
  while (got < 4) got += first->read(std::span(bytes).subspan(got, 4 - got));
  EXPECT_EQ(text_of(std::span(bytes).first(4)), "some");
  EXPECT_EQ(read_all(*source->open()), "some text") << "the rest is read at once";
  EXPECT_EQ(source->size(), 9U);
  EXPECT_EQ(text_of(source->peek(4)), "some");
  EXPECT_EQ(text_of(source->bytes()), "some text");
}

TEST(PipeSource, TheWholeContentSpools) {
  const Pipe pipe("some text");
  const auto source = descriptor_source(pipe.end(), "(stdin)");
  EXPECT_EQ(text_of(source->bytes()), "some text");
  EXPECT_TRUE(source->rewindable());
}

TEST(PipeSource, SpoolingNeedsAPlace) {
  const TemporaryDirectory folder;
  const Pipe pipe("text");
  const auto source = descriptor_source(pipe.end(), "(stdin)");
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", folder.file("missing").c_str(), 1);
  const Diagnostic d = refusal([&] { source->spool(); });
  before == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", kept.c_str(), 1);
  EXPECT_EQ(d.code, "E-IO-WRITE");
  EXPECT_EQ(d.subject, folder.file("missing"));
}

TEST(PipeSource, TheDescriptorIsNotClosed) {
  const Pipe pipe("text");
  descriptor_source(pipe.end(), "(stdin)").reset();
  EXPECT_NE(::fcntl(pipe.end(), F_GETFD), -1);
}

TEST(PipeSource, ANamedPipeIsOne) {
  const TemporaryDirectory folder;
  ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
  std::thread writer([&] { write_file(folder.file("fifo"), "some text"); });
  const auto source = file_source(folder.file("fifo"), "fifo");
  EXPECT_FALSE(source->rewindable());
  EXPECT_EQ(read_all(*source->open()), "some text");
  writer.join();
}

TEST(PipeSource, AFailingReadIsTold) {
  // A directory opens, but can't be read from.
  const int fd = ::open("/", O_RDONLY);
  ASSERT_GE(fd, 0);
  const auto source = descriptor_source(fd, "(stdin)");
  const Diagnostic d = refusal([&] { source->peek(1); });
  EXPECT_EQ(d.code, "E-IO-READ");
  EXPECT_EQ(d.message, "reading failed: Is a directory");
  ::close(fd);
}

// ---------------------------------------------------------------------------- pipes, devices

constexpr TextFileLimits kShort{20, std::chrono::milliseconds(50)};

TEST(FileSource, ANamedPipeIsReadToItsEnd) {
  const TemporaryDirectory folder;
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    const int fd = ::open(folder.file("pipe").c_str(), O_WRONLY | O_CLOEXEC);
    EXPECT_EQ(::write(fd, "first ", 6), 6);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(::write(fd, "second", 6), 6);
    ::close(fd);
  });
  const auto source = file_source(folder.file("pipe"), "pipe");
  EXPECT_EQ(text_of(source->peek(3)), "fir");
  EXPECT_EQ(read_all(*source->open()), "first second");
  writer.join();
}

TEST(FileSource, APipeThatNobodyWritesToIsWaitedForAWhile) {
  const TemporaryDirectory folder;
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  const Diagnostic d = refusal(
      [&] { file_source(folder.file("pipe"), "pipe", std::chrono::milliseconds(50))->peek(1); });
  EXPECT_EQ(d.code, "E-IO-READ");
  EXPECT_EQ(d.message, "nothing came from the pipe for 1 s");
  EXPECT_EQ(d.subject, "pipe");
}

TEST(FileSource, DevicesAndSocketsAreRefused) {
  EXPECT_EQ(refusal([] { file_source("/dev/zero", "rules"); }).code, "E-IO-KIND");
  const TemporaryDirectory folder;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  const std::string name = folder.file("socket");
  ASSERT_LT(name.size(), sizeof address.sun_path);
  std::copy(name.begin(), name.end(), address.sun_path);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const struct sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(refusal([&] { file_source(name, "rules"); }).message, "this is a socket, not a file");
  ::close(fd);
}

TEST(ReadTextFile, UpToItsLimit) {
  const TemporaryDirectory folder;
  write_file(folder.file("fits"), "12345678901234567890");
  write_file(folder.file("larger"), "123456789012345678901");
  EXPECT_EQ(read_text_file(folder.file("fits"), "f", kShort), "12345678901234567890");
  const Diagnostic d = refusal([&] { read_text_file(folder.file("larger"), "f", kShort); });
  EXPECT_EQ(d.code, "E-LIMIT-TEXT");
  EXPECT_EQ(d.subject, "f");
}

TEST(ReadTextFile, APipeWithoutEndOrWithoutWriter) {
  const TemporaryDirectory folder;
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal([&] { read_text_file(folder.file("pipe"), "f", kShort); }).code, "E-IO-READ");
  // Kept open by its writer, who has said too much.
  const int fd = ::open(folder.file("pipe").c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(::write(fd, "123456789012345678901", 21), 21);
  EXPECT_EQ(refusal([&] { read_text_file(folder.file("pipe"), "f", kShort); }).code,
            "E-LIMIT-TEXT");
  ::close(fd);
}

// ---------------------------------------------------------------------------- memory, readers

TEST(MemorySource, ShowsTheMemory) {
  const ByteVector bytes = test::hex("010203");
  const auto source = memory_source(bytes, "memory");
  EXPECT_EQ(source->bytes().data(), bytes.data());
  EXPECT_EQ(source->size(), 3U);
  EXPECT_EQ(source->peek(2).size(), 2U);
  EXPECT_EQ(source->peek(9).size(), 3U);
  EXPECT_EQ(read_all(*source->open()).size(), 3U);
  EXPECT_TRUE(source->rewindable());
}

TEST(SourceReader, ReadsMemoryOrThroughAWindow) {
  const TemporaryDirectory folder;
  write_file(folder.file("in"), "\1\2\3\4");
  const auto source = file_source(folder.file("in"), "in");
  for (const bool in_memory : {false, true}) {
    SourceReader reader(*source, in_memory);
    EXPECT_EQ(reader->in_memory(), in_memory);
    EXPECT_EQ(reader->remaining(), 4U);
    EXPECT_EQ((*reader).i32(), 0x01020304);
    EXPECT_TRUE(reader->at_end());
  }
}

// FIPS 180-2 and the empty text.
TEST(Sha256, OfKnownTexts) {
  const auto of = [](std::string_view text) { return sha256_hex(std::as_bytes(std::span(text))); };
  EXPECT_EQ(of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string million(1'000'000, 'a');
  const auto source = memory_source(std::as_bytes(std::span(million)), "million");
  EXPECT_EQ(sha256_hex(*source),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace stateferry
