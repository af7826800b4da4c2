#include "stateferry/io/byte_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "stateferry/io/nameless_file.hpp"

namespace stateferry {
namespace {

// Above this, a whole file is mapped rather than read.
constexpr std::uint64_t kMapFrom = std::uint64_t{1} << 20;

std::string errno_text(int error) {
  return std::strerror(error);
}

[[noreturn]] void fail_read(const std::string& name, int error) {
  throw IoError("E-IO-READ", "reading failed: " + errno_text(error), name);
}

// read(2) without the interruptions.
std::size_t read_some(int fd, std::span<std::byte> into, const std::string& name) {
  for (;;) {
    const ssize_t got = ::read(fd, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail_read(name, errno);
  }
}

// The same for a named pipe opened without blocking: waits for bytes, but not for ever.
std::size_t read_patiently(int fd, std::span<std::byte> into, const std::string& name,
                           std::chrono::milliseconds patience) {
  for (;;) {
    struct pollfd ready {
      fd, POLLIN, 0
    };
    const int count = ::poll(&ready, 1, static_cast<int>(patience.count()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_read(name, errno);
    if (count == 0) {
      throw IoError("E-IO-READ",
                    "nothing came from the pipe for " +
                        std::to_string((patience.count() + 999) / 1000) + " s",
                    name, "look at the program that should write to it");
    }
    const ssize_t got = ::read(fd, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) fail_read(name, errno);
  }
}

class MemoryFeed final : public ByteFeed {
 public:
  explicit MemoryFeed(std::span<const std::byte> bytes) : left_(bytes) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t n = std::min(into.size(), left_.size());
    if (n > 0) std::memcpy(into.data(), left_.data(), n);
    left_ = left_.subspan(n);
    return n;
  }

 private:
  std::span<const std::byte> left_;
};

// How long to wait for the bytes of a named pipe; nothing: for ever.
using Patience = std::optional<std::chrono::milliseconds>;

class DescriptorFeed final : public ByteFeed {
 public:
  DescriptorFeed(int fd, Patience patience, const std::string& name)
      : fd_(fd), patience_(patience), name_(name) {}
  std::size_t read(std::span<std::byte> into) override {
    return patience_ ? read_patiently(fd_, into, name_, *patience_) : read_some(fd_, into, name_);
  }

 private:
  int fd_;
  Patience patience_;
  const std::string& name_;
};

// Reads at its own position, so that several feeds of one file don't disturb each other.
class FileFeed final : public ByteFeed {
 public:
  FileFeed(int fd, const std::string& name) : fd_(fd), name_(name) {}
  std::size_t read(std::span<std::byte> into) override {
    for (;;) {
      const ssize_t got = ::pread(fd_, into.data(), into.size(), at_);
      if (got >= 0) {
        at_ += got;
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) fail_read(name_, errno);
    }
  }

 private:
  int fd_;
  const std::string& name_;
  off_t at_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}
  const std::string& name() const noexcept override { return name_; }
  std::optional<std::uint64_t> size() const noexcept override { return bytes_.size(); }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t n) override {
    return bytes_.first(std::min(n, bytes_.size()));
  }
  std::unique_ptr<ByteFeed> open() override { return std::make_unique<MemoryFeed>(bytes_); }
  std::span<const std::byte> bytes() override { return bytes_; }
  void check_unchanged() const override {}

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
};

// Fills `into` as far as the feed goes; returns the bytes read.
std::size_t read_full(ByteFeed& feed, std::span<std::byte> into) {
  std::size_t have = 0;
  while (have < into.size()) {
    const std::size_t got = feed.read(into.subspan(have));
    if (got == 0) break;
    have += got;
  }
  return have;
}

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, const struct stat& status, std::string name)
      : fd_(fd), status_(status), name_(std::move(name)) {}
  ~FileSource() override {
    if (map_ != nullptr) ::munmap(map_, file_size());
    ::close(fd_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  const std::string& name() const noexcept override { return name_; }
  std::optional<std::uint64_t> size() const noexcept override { return file_size(); }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t n) override {
    if (loaded_) return bytes_.first(std::min(n, bytes_.size()));
    peeked_.resize(std::min(n, file_size()));
    FileFeed feed(fd_, name_);
    peeked_.resize(read_full(feed, peeked_));
    return peeked_;
  }
  std::unique_ptr<ByteFeed> open() override {
    if (loaded_) return std::make_unique<MemoryFeed>(bytes_);
    return std::make_unique<FileFeed>(fd_, name_);
  }
  std::span<const std::byte> bytes() override {
    if (!loaded_) load();
    return bytes_;
  }
  void check_unchanged() const override {
    struct stat now {};
    if (::fstat(fd_, &now) != 0) fail_read(name_, errno);
    const bool same = now.st_size == status_.st_size &&
                      now.st_mtim.tv_sec == status_.st_mtim.tv_sec &&
                      now.st_mtim.tv_nsec == status_.st_mtim.tv_nsec;
    if (!same) {
      throw IoError("E-IO-CHANGED", "the input was changed while it was read", name_,
                    "nothing was written; run again when nobody writes to it");
    }
  }

  void release() noexcept override {
    // A private mapping that is never written: its pages are those of the file.
    if (map_ != nullptr) ::madvise(map_, file_size(), MADV_DONTNEED);
  }

 private:
  std::size_t file_size() const noexcept { return static_cast<std::size_t>(status_.st_size); }
  void load() {
    if (file_size() >= kMapFrom) {
      void* map = ::mmap(nullptr, file_size(), PROT_READ, MAP_PRIVATE, fd_, 0);
      if (map == MAP_FAILED) fail_read(name_, errno);
      map_ = map;
      bytes_ = {static_cast<const std::byte*>(map), file_size()};
    } else {
      kept_.resize(file_size());
      FileFeed feed(fd_, name_);
      kept_.resize(read_full(feed, kept_));
      bytes_ = kept_;
    }
    loaded_ = true;
  }

  int fd_;
  struct stat status_;
  std::string name_;
  bool loaded_ = false;
  std::span<const std::byte> bytes_;
  std::vector<std::byte> kept_;
  std::vector<std::byte> peeked_;
  void* map_ = nullptr;
};

// A descriptor's bytes behind those that were read ahead.
class PrefixedFeed final : public ByteFeed {
 public:
  PrefixedFeed(std::span<const std::byte> prefix, DescriptorFeed rest)
      : prefix_(prefix), rest_(rest) {}
  std::size_t read(std::span<std::byte> into) override {
    if (prefix_.empty()) return rest_.read(into);
    const std::size_t n = std::min(into.size(), prefix_.size());
    std::memcpy(into.data(), prefix_.data(), n);
    prefix_ = prefix_.subspan(n);
    return n;
  }

 private:
  std::span<const std::byte> prefix_;
  DescriptorFeed rest_;
};

// A pipe or whatever stdin is: read once, or kept whole when asked for.
class StreamSource final : public ByteSource {
 public:
  // With patience it is a named pipe, opened without blocking and closed in the end.
  StreamSource(int fd, Patience patience, std::string name)
      : fd_(fd), patience_(patience), name_(std::move(name)) {}
  ~StreamSource() override {
    if (patience_) ::close(fd_);
    if (copy_ >= 0) ::close(copy_);
  }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;

  const std::string& name() const noexcept override { return name_; }
  std::optional<std::uint64_t> size() const noexcept override {
    return spooled_ ? spooled_->size() : std::nullopt;
  }
  bool rewindable() const noexcept override { return spooled_ != nullptr || copy_ >= 0; }
  std::span<const std::byte> peek(std::size_t n) override {
    if (used_ && copy_ >= 0) spool();
    if (spooled_) return spooled_->peek(n);
    if (ahead_.size() < n) {
      const std::size_t have = ahead_.size();
      ahead_.resize(n);
      DescriptorFeed feed(fd_, patience_, name_);
      ahead_.resize(have + read_full(feed, std::span(ahead_).subspan(have)));
    }
    return std::span<const std::byte>(ahead_).first(std::min(n, ahead_.size()));
  }
  std::unique_ptr<ByteFeed> open() override {
    if (used_) spool();
    if (spooled_) return spooled_->open();
    used_ = true;
    feed_ = std::make_unique<PrefixedFeed>(ahead_, DescriptorFeed(fd_, patience_, name_));
    return std::make_unique<CopyingFeed>(*this);
  }
  std::span<const std::byte> bytes() override {
    spool();
    return spooled_->bytes();
  }
  void spool_as_it_goes() override {
    if (!spooled_ && copy_ < 0) copy_ = open_nameless_file();
  }
  // What was read already is in the copy.
  void spool() override {
    if (spooled_) return;
    if (used_ && copy_ < 0) throw IoError("E-INTERNAL", "a pipe was to be read twice", name_);
    spool_as_it_goes();
    if (!used_) open();
    std::vector<std::byte> buffer(ByteReader::kWindow);
    while (read(buffer) > 0) {
    }
    struct stat status {};
    if (::fstat(copy_, &status) != 0) fail_read(name_, errno);
    spooled_ = std::make_unique<FileSource>(std::exchange(copy_, -1), status, name_);
  }
  void check_unchanged() const override {}

 private:
  class CopyingFeed final : public ByteFeed {
   public:
    explicit CopyingFeed(StreamSource& source) : source_(source) {}
    std::size_t read(std::span<std::byte> into) override { return source_.read(into); }

   private:
    StreamSource& source_;
  };

  // Of the pipe, by way of the copy if there is to be one.
  std::size_t read(std::span<std::byte> into) {
    const std::size_t got = feed_->read(into);
    if (copy_ >= 0) write_copy(into.first(got));
    return got;
  }
  void write_copy(std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = ::write(copy_, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        throw IoError("E-IO-WRITE",
                      "copying the input to a temporary file failed: " + errno_text(errno), name_,
                      "set TMPDIR to a directory with room for a copy of the input");
      }
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
  }

  int fd_;
  Patience patience_;
  std::string name_;
  bool used_ = false;
  std::vector<std::byte> ahead_;
  std::unique_ptr<PrefixedFeed> feed_;
  int copy_ = -1;  // nameless; what was read is written there, too
  std::unique_ptr<FileSource> spooled_;
};

[[noreturn]] void fail_open(const std::string& name, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      throw IoError("E-IO-NOT-FOUND", "there is no such file", name, "check the path");
    case EACCES:
    case EPERM:
      throw IoError("E-IO-DENIED", "reading is not permitted", name,
                    "check the permissions of the file and of the folders above it");
    default:
      throw IoError("E-IO-READ", "opening failed: " + errno_text(error), name);
  }
}

void refuse_no_file(const struct stat& status, const std::string& name) {
  if (S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode)) return;
  if (S_ISDIR(status.st_mode)) {
    throw IoError("E-IO-DIRECTORY", "this is a directory, not a file", name);
  }
  throw IoError(
      "E-IO-KIND",
      S_ISSOCK(status.st_mode) ? "this is a socket, not a file" : "this is a device, not a file",
      name, "name a file, or a pipe");
}

}  // namespace

ByteSource::~ByteSource() = default;

int open_nameless_file() {
  const char* directory = std::getenv("TMPDIR");
  if (directory == nullptr || *directory == '\0') directory = "/tmp";
  const int fd = ::open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  // A file system without nameless files: the name is taken away at once.
  std::string name = std::string(directory) + "/stateferry-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named < 0) {
    throw IoError("E-IO-WRITE", "a temporary file can't be made: " + errno_text(errno), directory,
                  "set TMPDIR to a directory with room for a copy of the input");
  }
  ::unlink(name.c_str());
  return named;
}

std::unique_ptr<ByteSource> file_source(const std::string& path, std::string name,
                                        std::chrono::milliseconds patience) {
  struct stat status {};
  // Looked at before it is opened: opening a device may do something.
  if (::stat(path.c_str(), &status) != 0) fail_open(name, errno);
  refuse_no_file(status, name);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) fail_open(name, errno);
  try {
    if (::fstat(fd, &status) != 0) fail_read(name, errno);
    refuse_no_file(status, name);
    if (S_ISREG(status.st_mode)) {
      return std::make_unique<FileSource>(fd, status, std::move(name));
    }
    return std::make_unique<StreamSource>(fd, patience, std::move(name));
  } catch (...) {
    ::close(fd);
    throw;
  }
}

std::unique_ptr<ByteSource> descriptor_source(int fd, std::string name) {
  return std::make_unique<StreamSource>(fd, std::nullopt, std::move(name));
}

std::string read_text_file(const std::string& path, const std::string& name,
                           const TextFileLimits& limits) {
  const auto refuse_above = [&](std::uint64_t size) {
    if (size <= limits.bytes) return;
    throw IoError("E-LIMIT-TEXT",
                  "this is larger than the " + std::to_string(limits.bytes >> 20) +
                      " MiB that such a file may have",
                  name, "name the right file, or split it");
  };
  const auto source = file_source(path, name, limits.patience);
  refuse_above(source->size().value_or(0));
  const auto feed = source->open();
  std::string text;
  std::vector<char> buffer(std::size_t{64} << 10);
  while (const std::size_t got = feed->read(std::as_writable_bytes(std::span(buffer)))) {
    refuse_above(text.size() + got);
    text.append(buffer.data(), got);
  }
  return text;
}

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string name) {
  return std::make_unique<MemorySource>(bytes, std::move(name));
}

SourceReader::SourceReader(ByteSource& source, bool in_memory)
    : feed_(in_memory ? nullptr : source.open()),
      reader_(in_memory ? ByteReader(source.bytes()) : ByteReader(*feed_, source.size())) {}
SourceReader::~SourceReader() = default;

}  // namespace stateferry
