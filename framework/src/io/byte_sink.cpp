#include "stateferry/io/byte_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "io/background_writer.hpp"
#include "io/digest.hpp"
#include "io/hidden_name.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/directory.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/file_access.hpp"
#include "stateferry/io/sha256.hpp"

namespace stateferry {
namespace {

std::string errno_text(int error) {
  return std::strerror(error);
}

// ---------------------------------------------------------------------------- sinks

void write_all(int fd, std::span<const std::byte> bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE) {
        throw IoError("E-IO-PIPE", "the reader of the output has gone away", name);
      }
      const char* hint = errno == ENOSPC || errno == EDQUOT
                             ? "make room on the output's file system; nothing was put in place"
                             : "";
      throw IoError("E-IO-WRITE", "writing failed: " + errno_text(errno), name, hint);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

// Shows a file that is still open for writing, through the same descriptor.
class WrittenFile final : public ByteSource {
 public:
  WrittenFile(int fd, std::uint64_t size, std::string name)
      : file_(file_source("/proc/self/fd/" + std::to_string(fd), std::move(name))), size_(size) {
    if (file_->size() != size_) {
      throw IoError("E-VERIFY", "the file system holds fewer bytes than were written",
                    file_->name());
    }
  }
  const std::string& name() const noexcept override { return file_->name(); }
  std::optional<std::uint64_t> size() const noexcept override { return size_; }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t n) override { return file_->peek(n); }
  std::unique_ptr<ByteFeed> open() override { return file_->open(); }
  std::span<const std::byte> bytes() override { return file_->bytes(); }
  void check_unchanged() const override {}

 private:
  std::unique_ptr<ByteSource> file_;
  std::uint64_t size_;
};

[[noreturn]] void fail_create(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      throw IoError("E-IO-CREATE", "the output's directory does not exist", path,
                    "create the directory first");
    case EACCES:
    case EPERM:
    case EROFS:
      throw IoError("E-IO-DENIED", "writing here is not permitted", path,
                    "check the permissions of the directory");
    default:
      throw IoError("E-IO-CREATE", "creating the output failed: " + errno_text(error), path);
  }
}

[[noreturn]] void fail_exists(const std::string& path) {
  throw IoError("E-IO-EXISTS", "the output exists already", path,
                "choose another name, or allow it to be replaced with --force");
}

[[noreturn]] void fail_backup_exists(const std::string& backup) {
  throw IoError("E-IO-EXISTS", "the backup exists already", backup,
                "choose another suffix with --backup, or move the old backup away");
}

void remove_name_of(int fd, const std::string& path) noexcept {
  struct stat file {};
  if (::fstat(fd, &file) == 0) remove_if_still(path, file);
}

class AtomicFileSink final : public ByteSink {
 public:
  AtomicFileSink(std::string path, FileSinkOptions options)
      : path_(std::move(path)), options_(std::move(options)) {
    if (options_.replace) follow_link();
    const std::filesystem::path target(path_);
    directory_ = target.parent_path().empty() ? "." : target.parent_path().string();
    file_name_ = target.filename().string();
    struct stat there {};
    if (::lstat(path_.c_str(), &there) == 0) {
      if (S_ISDIR(there.st_mode)) {
        throw IoError("E-IO-CREATE", "the output is a directory", path_, "name a file in it");
      }
      if (!options_.replace) fail_exists(path_);
      if (!S_ISREG(there.st_mode)) {
        throw IoError("E-IO-CREATE", "the output is no regular file and can't be replaced", path_,
                      "write to a file, or to stdout with '-'");
      }
      access_ = access_of(path_);
    } else if (!options_.like.empty()) {
      access_ = access_of(options_.like);
    }
    open_file();
  }
  ~AtomicFileSink() override {
    behind_.settle();
    if (fd_ >= 0) ::close(fd_);
    if (temporary_) ::unlink(temporary_->path().c_str());
  }

  void write(std::span<const std::byte> bytes) override {
    behind_.finish();
    append(bytes);
    size_ += bytes.size();
  }
  void write_behind(std::span<const std::byte> bytes) override {
    behind_.start(bytes);
    size_ += bytes.size();
  }
  void settle() noexcept override { behind_.settle(); }
  void restart() override {
    behind_.finish();
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) {
      throw IoError("E-IO-WRITE", "writing anew failed: " + errno_text(errno), path_);
    }
    size_ = 0;
    digest_.restart();
  }

  // Whatever stops a replacement in between, the same run can be made again: either the old file is
  // still in place, maybe under the backup's name, too, or the new one is.
  void commit() override {
    behind_.finish();
    if (options_.sync) sync_to_disk(fd_, path_);
    if (options_.replace) {
      Backup backup(*this);
      name_temporary();
      if (::rename(temporary_->path().c_str(), path_.c_str()) != 0) fail_commit(errno);
      temporary_->forget();
      temporary_.reset();
      backup.keep();
      if (options_.sync && options_.sync_directory) sync_directory(directory_);
    } else {
      link_into_place();
      sync_new_name();
    }
  }

  std::unique_ptr<ByteSource> written() override {
    behind_.finish();
    return std::make_unique<WrittenFile>(fd_, size_, path_);
  }
  std::uint64_t digest() const override { return digest_.value(); }
  std::string name() const override { return path_; }

 private:
  void append(std::span<const std::byte> bytes) {
    write_all(fd_, bytes, path_);
    if (options_.digest) digest_.update(bytes);
  }
  // What is replaced is the file, not the link that leads to it. A link that leads nowhere stays as
  // it is and is refused.
  void follow_link() {
    std::error_code error;
    if (!std::filesystem::is_symlink(path_, error)) return;
    const auto real = std::filesystem::canonical(path_, error);
    if (!error) path_ = real.string();
  }

  // A nameless file leaves nothing behind whatever kills us. Where the file system has none, a
  // hidden name does, which the signal handler removes. Nobody else may use it before it has its
  // owner.
  void open_file() {
    const mode_t mode = access_ ? 0600 : 0666;
    fd_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    if (fd_ < 0) open_temporary(mode);
    if (access_) give_access(fd_, *access_);
  }
  void open_temporary(mode_t mode) {
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) fail_create(path_, errno);
    temporary_ = take_hidden_name(directory_, file_name_, [&](const char* name) {
      fd_ = ::open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode);
      return fd_ >= 0;
    });
    if (!temporary_) fail_create(path_, errno);
  }
  int link_open_file(const std::string& to) const {
    const std::string from = "/proc/self/fd/" + std::to_string(fd_);
    return ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW);
  }
  void name_temporary() {
    if (temporary_) return;
    temporary_ = take_hidden_name(directory_, file_name_,
                                  [&](const char* name) { return link_open_file(name) == 0; });
    if (!temporary_) fail_commit(errno);
  }
  // link(2) fails when the name is taken: nothing that appeared meanwhile is overwritten.
  void link_into_place() {
    const int failed =
        temporary_ ? ::link(temporary_->path().c_str(), path_.c_str()) : link_open_file(path_);
    if (failed != 0) {
      if (errno == EEXIST) fail_exists(path_);
      fail_commit(errno);
    }
  }
  // What can't be made safe doesn't stand there: it would be in the way of the next run.
  void sync_new_name() const {
    if (!options_.sync || !options_.sync_directory) return;
    try {
      sync_directory(directory_);
    } catch (...) {
      remove_name_of(fd_, path_);
      throw;
    }
  }
  // The second name of the file that is replaced, taken away again when it isn't.
  class Backup {
   public:
    explicit Backup(const AtomicFileSink& sink) : sink_(sink) {
      const std::string& name = sink.options_.backup;
      if (name.empty()) return;
      if (::link(sink.path_.c_str(), name.c_str()) != 0) {
        if (errno != EEXIST) {
          throw IoError("E-IO-CREATE", "keeping a backup failed: " + errno_text(errno), name);
        }
        if (!sink.is_backup_already()) fail_backup_exists(name);
      } else {
        made_ = true;
      }
      if (sink.options_.sync) sync_name();
    }
    ~Backup() {
      if (made_) ::unlink(sink_.options_.backup.c_str());
    }
    Backup(const Backup&) = delete;
    Backup& operator=(const Backup&) = delete;
    void keep() { made_ = false; }

   private:
    // Before the old file loses its other name.
    void sync_name() {
      try {
        sync_directory(std::filesystem::path(sink_.options_.backup).parent_path().string());
      } catch (...) {
        if (made_) ::unlink(sink_.options_.backup.c_str());
        throw;
      }
    }

    const AtomicFileSink& sink_;
    bool made_ = false;
  };
  // Whether the file that is replaced has the backup's name, too, or was copied there.
  bool is_backup_already() const {
    const std::string& backup = options_.backup;
    struct stat old {};
    struct stat other {};
    if (::stat(path_.c_str(), &old) != 0 || ::lstat(backup.c_str(), &other) != 0 ||
        !S_ISREG(other.st_mode)) {
      return false;
    }
    if (old.st_dev == other.st_dev && old.st_ino == other.st_ino) return true;
    return old.st_size == other.st_size &&
           sha256_hex(*file_source(path_, path_)) == sha256_hex(*file_source(backup, backup));
  }
  [[noreturn]] void fail_commit(int error) const {
    throw IoError("E-IO-WRITE", "putting the output in place failed: " + errno_text(error), path_);
  }

  std::string path_;
  FileSinkOptions options_;
  std::string directory_;
  std::string file_name_;
  std::optional<FileAccess> access_;  // what it is to have; nothing: what the umask leaves
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::unique_ptr<HiddenName> temporary_;
  Digest digest_;
  BackgroundWriter behind_{[this](std::span<const std::byte> bytes) { append(bytes); }};
};

class DescriptorSink final : public ByteSink {
 public:
  DescriptorSink(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  bool discards() const noexcept override { return false; }
  void write(std::span<const std::byte> bytes) override {
    const auto again = static_cast<std::size_t>(std::min<std::uint64_t>(again_, bytes.size()));
    again_ -= again;
    bytes = bytes.subspan(again);
    write_all(fd_, bytes, name_);
    given_ += bytes.size();
  }
  void restart() override { again_ = given_; }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return name_; }

 private:
  int fd_;
  std::string name_;
  std::uint64_t given_ = 0;
  std::uint64_t again_ = 0;  // of these, what will come again
};

class DiscardingSink final : public ByteSink {
 public:
  void write(std::span<const std::byte>) override {}
  void restart() override {}
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return "(nothing)"; }
};

class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(std::vector<std::byte>& target) : target_(target), start_(target.size()) {}
  void write(std::span<const std::byte> bytes) override {
    target_.insert(target_.end(), bytes.begin(), bytes.end());
    digest_.update(bytes);
  }
  void restart() override {
    target_.resize(start_);
    digest_.restart();
  }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override {
    return memory_source(std::span(target_).subspan(start_), name());
  }
  std::uint64_t digest() const override { return digest_.value(); }
  std::string name() const override { return "(memory)"; }

 private:
  std::vector<std::byte>& target_;
  std::size_t start_;
  Digest digest_;
};

}  // namespace

ByteSink::~ByteSink() = default;

void ByteSink::restart() {
  throw IoError("E-INTERNAL", "an output was to be begun anew", name());
}

std::unique_ptr<ByteSink> atomic_file_sink(std::string path, FileSinkOptions options) {
  return std::make_unique<AtomicFileSink>(std::move(path), std::move(options));
}
std::unique_ptr<ByteSink> descriptor_sink(int fd, std::string name) {
  return std::make_unique<DescriptorSink>(fd, std::move(name));
}
std::unique_ptr<ByteSink> discarding_sink() {
  return std::make_unique<DiscardingSink>();
}
std::unique_ptr<ByteSink> memory_sink(std::vector<std::byte>& target) {
  return std::make_unique<MemorySink>(target);
}

}  // namespace stateferry
