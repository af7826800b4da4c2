#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/digest.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/nameless_file.hpp"

namespace stateferry {
namespace {

class NamelessFileSink final : public ByteSink {
 public:
  explicit NamelessFileSink(std::string name) : name_(std::move(name)), fd_(open_nameless_file()) {}
  ~NamelessFileSink() override { ::close(fd_); }
  NamelessFileSink(const NamelessFileSink&) = delete;
  NamelessFileSink& operator=(const NamelessFileSink&) = delete;

  void write(std::span<const std::byte> bytes) override {
    digest_.update(bytes);
    while (!bytes.empty()) {
      const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
      if (put >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(put));
      } else if (errno != EINTR) {
        fail();
      }
    }
  }
  void restart() override {
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) fail();
    digest_.restart();
  }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override {
    // Opened anew: it has an offset and a life of its own.
    return file_source("/proc/self/fd/" + std::to_string(fd_), name_);
  }
  std::uint64_t digest() const override { return digest_.value(); }
  std::string name() const override { return name_; }

 private:
  [[noreturn]] void fail() const {
    throw IoError("E-IO-WRITE",
                  std::string("the temporary file can't be written: ") + std::strerror(errno),
                  name_, "set TMPDIR to a directory with room for a copy of the file");
  }

  const std::string name_;
  const int fd_;
  Digest digest_;
};

}  // namespace

std::unique_ptr<ByteSink> nameless_file_sink(std::string name) {
  return std::make_unique<NamelessFileSink>(std::move(name));
}

}  // namespace stateferry
