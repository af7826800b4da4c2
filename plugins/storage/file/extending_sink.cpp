#include "extending_sink.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/durable.hpp"
#include "tree.hpp"

namespace stateferry::file_storage {
namespace {

// Each byte goes to its own place, and not to wherever the end is: what is written a second time,
// by whomever, is written over itself.
class ExtendingSink final : public ByteSink {
 public:
  ExtendingSink(Fd file, std::string path, std::uint64_t size, bool sync)
      : file_(std::move(file)), path_(std::move(path)), start_(size), at_(size), sync_(sync) {}

  void write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at_));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("writing", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      at_ += static_cast<std::uint64_t>(n);
    }
  }
  void restart() override { at_ = start_; }
  void commit() override {
    if (sync_) sync_to_disk(file_.get(), path_);
  }
  bool discards() const noexcept override { return false; }
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return path_; }

 private:
  const Fd file_;
  const std::string path_;
  const std::uint64_t start_;
  std::uint64_t at_;
  const bool sync_;
};

}  // namespace

std::unique_ptr<ByteSink> extending_sink(const std::string& uri, const ExtendOptions& options) {
  const std::string path = path_of(uri);
  Tree tree(options.root.empty() ? std::string() : path_of(options.root));
  Fd file = open_file(tree, path, Access::writing);
  if (!file) fail("writing", path, ENOENT);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("writing", path, errno);
  if (static_cast<std::uint64_t>(status.st_size) != options.size) {
    throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else meanwhile", path,
                  "run the same command again when nobody else writes to it");
  }
  // Another name may be another copy, of `cp -l` or a backup.
  if (status.st_nlink != 1) return nullptr;
  return std::make_unique<ExtendingSink>(std::move(file), path, options.size, options.sync);
}

}  // namespace stateferry::file_storage
