#include "copier.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "new_file.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/file_access.hpp"
#include "tree.hpp"

namespace stateferry::file_storage {
namespace {

// Files that wait together for the disk: one journal commit of the file system serves them all.
constexpr std::size_t kBatchFiles = 32;
constexpr std::uint64_t kBatchBytes = std::uint64_t{64} << 20;
constexpr std::size_t kBufferBytes = std::size_t{256} << 10;
constexpr std::size_t kPieceBytes = std::size_t{16} << 20;

std::uint64_t size_of(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail("reading", path, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t read_at(int fd, std::byte* into, std::size_t size, std::uint64_t offset,
                    const std::string& path) {
  for (;;) {
    const ssize_t got = ::pread(fd, into, size, static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail("reading", path, errno);
  }
}

// One file on its way, open until it is on the disk.
struct Pending {
  std::string path;
  std::optional<NewFile> file;
  Fd existed;  // without `file`: the target that stood there already
  CopyResult result;
};

class FileCopier final : public Copier {
 public:
  explicit FileCopier(const CopierOptions& options)
      : options_(options),
        sources_(options.source_root.empty() ? std::string() : path_of(options.source_root)),
        targets_(options.target_root.empty() ? std::string() : path_of(options.target_root),
                 options.sync),
        buffer_(std::make_unique<std::byte[]>(kBufferBytes)) {}

  void copy(const CopyItem& item, const Progress& progress) override {
    const std::string from = path_of(item.source);
    const std::string to = path_of(item.target);
    const Fd source = open_file(sources_, from);
    if (!source) {
      throw IoError("E-IO-NOT-FOUND", "the file does not exist", item.source,
                    "look with 'stateferry verify' what else is missing");
    }
    const ByteRange range = range_of(item, source.get());
    bool kept = true;
    const int directory = targets_.make_directory_of(to, {from, sources_.root()}, kept);
    NewFile file(directory, to, access_of(source.get(), from));
    kept &= file.access_kept();
    transfer(source.get(), from, range, file.fd(), to, !item.range, progress);
    pending_bytes_ += range.size;
    pending_.push_back({to, std::move(file), Fd(), {range.size, kept, std::nullopt}});
  }

  void keep(const CopyItem& item) override {
    const std::string to = path_of(item.target);
    Fd there = open_file(targets_, to);
    if (!there) {
      throw IoError("E-STORE-CONFLICT", "something else stands where the file is to go",
                    item.target,
                    "nothing is replaced: choose another target, or remove what stands there");
    }
    const std::uint64_t size = size_of(there.get(), to);
    pending_.push_back({to, std::nullopt, std::move(there), {size, true, std::nullopt}});
  }

  bool full() const override {
    return pending_.size() >= kBatchFiles || pending_bytes_ >= kBatchBytes;
  }

  // What stood there already may be of a run that was killed, or without --no-sync: it is no safer
  // than what is new. Files first, then their names: both serve many files at once.
  void finish(std::span<CopyResult> results) override {
    for (Pending& p : pending_) {
      attempt(p, [&] {
        if (options_.sync) sync_content(p);
        if (p.file) p.file->give_name();
      });
    }
    std::map<std::string, std::optional<Diagnostic>> synced;  // directory → why it isn't
    for (Pending& p : pending_) {
      if (options_.sync && !p.result.failure) attempt(p, [&] { sync_names(p.path, synced); });
    }
    for (std::size_t k = 0; k < pending_.size(); ++k) results[k] = std::move(pending_[k].result);
    pending_.clear();
    pending_bytes_ = 0;
  }

 private:
  template <class F>
  static void attempt(Pending& p, F&& f) {
    try {
      f();
    } catch (const Error& error) {
      p.result.failure = error.diagnostic();
    }
  }

  static ByteRange range_of(const CopyItem& item, int source) {
    const std::uint64_t whole = size_of(source, item.source);
    const ByteRange range = item.range.value_or(ByteRange{0, whole});
    if (range.offset > whole || range.size > whole - range.offset) {
      throw IoError("E-STORE-SIZE",
                    "the file has " + std::to_string(whole) + " bytes, but bytes " +
                        std::to_string(range.offset) + " to " +
                        std::to_string(range.offset + range.size) + " are needed",
                    item.source, "it is damaged or was written to; use another copy of it");
    }
    if (item.size && *item.size != range.size) {
      throw IoError("E-STORE-SIZE",
                    "the file has " + std::to_string(range.size) + " bytes instead of " +
                        std::to_string(*item.size),
                    item.source, "it is damaged or was written to; use another copy of it");
    }
    return range;
  }

  void transfer(int source, const std::string& from, const ByteRange& range, int target,
                const std::string& to, bool whole, const Progress& progress) {
    if (whole && range.size > 0 && ::ioctl(target, FICLONE, source) == 0) {
      progress(range.size);
      return;
    }
    std::uint64_t at = copy_in_kernel(source, range, target, progress);
    while (at < range.size) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(kBufferBytes, range.size - at));
      const std::size_t got = read_at(source, buffer_.get(), want, range.offset + at, from);
      if (got == 0) {
        throw IoError("E-IO-CHANGED", "the file became shorter while it was copied", from,
                      "wait until whoever writes it is done");
      }
      write_at(target, got, at, to);
      at += got;
      progress(got);
    }
  }

  // Copies as far as the kernel does it, and returns how far that is. What is left, for whatever
  // reason, is read and written, which then finds the reason.
  std::uint64_t copy_in_kernel(int source, const ByteRange& range, int target,
                               const Progress& progress) {
    std::uint64_t at = 0;
    while (at < range.size) {
      auto from = static_cast<loff_t>(range.offset + at);
      auto to = static_cast<loff_t>(at);
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, range.size - at));
      const ssize_t got = ::copy_file_range(source, &from, target, &to, want, 0);
      if (got <= 0) break;
      at += static_cast<std::uint64_t>(got);
      progress(static_cast<std::uint64_t>(got));
    }
    return at;
  }

  void write_at(int fd, std::size_t size, std::uint64_t offset, const std::string& path) {
    for (std::size_t put = 0; put < size;) {
      const ssize_t n =
          ::pwrite(fd, buffer_.get() + put, size - put, static_cast<off_t>(offset + put));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("writing", path, errno);
      put += static_cast<std::size_t>(n);
    }
  }

  void sync_content(const Pending& p) const {
    if (p.file) {
      p.file->sync();
    } else {
      sync_to_disk(p.existed.get(), p.path);
    }
  }

  // The names, too, must outlive a power failure: that of the file, and once those of the
  // directories that it lies in, which this run or an earlier one may have made.
  void sync_names(const std::string& path,
                  std::map<std::string, std::optional<Diagnostic>>& synced) {
    const std::string directory = directory_of_path(path);
    const auto [at, added] = synced.try_emplace(directory);
    if (added) {
      // A disk that has failed once may say afterwards that all is well: it is asked once only.
      try {
        sync_to_disk(targets_.directory_of(path), directory);
      } catch (const Error& error) {
        at->second = error.diagnostic();
      }
    }
    if (at->second) throw Error(*at->second);
    sync_above(directory);
  }
  void sync_above(const std::string& directory) {
    if (directory == "/" || directory == targets_.root() || above_synced_.contains(directory)) {
      return;
    }
    const std::string above = directory_of_path(directory);
    sync_to_disk(targets_.directory_of(directory), above);
    sync_above(above);
    above_synced_.insert(directory);
  }

  const CopierOptions& options_;
  Tree sources_;
  Tree targets_;
  std::unique_ptr<std::byte[]> buffer_;
  std::vector<Pending> pending_;
  std::uint64_t pending_bytes_ = 0;
  std::set<std::string> above_synced_;  // directories whose names, up to the root, are safe
};

}  // namespace

std::unique_ptr<Copier> make_file_copier(const CopierOptions& options) {
  return std::make_unique<FileCopier>(options);
}

}  // namespace stateferry::file_storage
