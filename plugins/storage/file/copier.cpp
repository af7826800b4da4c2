#include "copier.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "new_file.hpp"
#include "stateferry/diag/error.hpp"
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
  std::size_t index;
  std::uint64_t size;
  NewFile file;
};

class Worker {
 public:
  Worker(std::span<const CopyItem> items, const CopyOptions& options, CopyObserver& observer,
         std::atomic<std::size_t>& next)
      : items_(items),
        options_(options),
        observer_(observer),
        next_(next),
        sources_(options.source_root.empty() ? std::string() : path_of(options.source_root), false),
        targets_(options.target_root.empty() ? std::string() : path_of(options.target_root), true),
        buffer_(std::make_unique<std::byte[]>(kBufferBytes)) {}

  void run() {
    for (;;) {
      const std::size_t i = observer_.stopped() ? items_.size() : next_++;
      if (i >= items_.size()) break;
      attempt(i, [&] { copy(i); });
      if (pending_.size() >= kBatchFiles || pending_bytes_ >= kBatchBytes) finish_pending();
    }
    finish_pending();
    if (options_.sync) sync_directories();
  }

 private:
  template <class F>
  void attempt(std::size_t i, F&& f) {
    try {
      f();
    } catch (const Error& error) {
      observer_.failed(i, error.diagnostic());
    } catch (const std::exception& error) {
      Diagnostic d;
      d.code = "E-INTERNAL";
      d.message = error.what();
      d.subject = items_[i].source;
      observer_.failed(i, std::move(d));
    }
  }

  void copy(std::size_t i) {
    const CopyItem& item = items_[i];
    const std::string from = path_of(item.source);
    const std::string to = path_of(item.target);
    const Fd source = open_file(sources_, from);
    if (!source) {
      throw IoError("E-IO-NOT-FOUND", "the file does not exist", item.source,
                    "look with 'stateferry verify' what else is missing");
    }
    const ByteRange range = range_of(item, source.get());
    const int directory = targets_.directory_of(to);
    if (stands_already(item, directory, to, source.get(), range)) {
      observer_.progress(range.size);
      observer_.done(i, range.size, true);
      return;
    }
    NewFile file(directory, to);
    transfer(source.get(), from, range, file.fd(), to, !item.range);
    pending_bytes_ += range.size;
    pending_.push_back({i, range.size, std::move(file)});
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

  // Whether the target is there with the same content; throws when it is there with another.
  bool stands_already(const CopyItem& item, int directory, const std::string& to, int source,
                      const ByteRange& range) {
    const std::string name = Tree::name_of(to);
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return false;
      fail("looking for the target", to, errno);
    }
    if (S_ISLNK(status.st_mode)) fail_symlink(to);
    const bool same_size =
        S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == range.size;
    if (same_size && same_content(to, directory, source, range)) return true;
    throw IoError("E-STORE-CONFLICT", "something else stands where the file is to go", item.target,
                  "nothing is replaced: choose another target, or remove what stands there");
  }

  bool same_content(const std::string& to, int directory, int source, const ByteRange& range) {
    const Fd target(
        ::openat(directory, Tree::name_of(to).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!target) fail("reading", to, errno);
    const std::size_t half = kBufferBytes / 2;
    for (std::uint64_t at = 0; at < range.size;) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(half, range.size - at));
      const std::size_t a = read_at(source, buffer_.get(), want, range.offset + at, to);
      const std::size_t b = read_at(target.get(), buffer_.get() + half, want, at, to);
      if (a == 0 || a != b || std::memcmp(buffer_.get(), buffer_.get() + half, a) != 0) {
        return false;
      }
      at += a;
    }
    return true;
  }

  void transfer(int source, const std::string& from, const ByteRange& range, int target,
                const std::string& to, bool whole) {
    if (whole && range.size > 0 && ::ioctl(target, FICLONE, source) == 0) {
      observer_.progress(range.size);
      return;
    }
    std::uint64_t at = copy_in_kernel(source, range, target);
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
      observer_.progress(got);
    }
  }

  // Copies as far as the kernel does it, and returns how far that is. What is left, for whatever
  // reason, is read and written, which then finds the reason.
  std::uint64_t copy_in_kernel(int source, const ByteRange& range, int target) {
    std::uint64_t at = 0;
    while (at < range.size) {
      auto from = static_cast<loff_t>(range.offset + at);
      auto to = static_cast<loff_t>(at);
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, range.size - at));
      const ssize_t got = ::copy_file_range(source, &from, target, &to, want, 0);
      if (got <= 0) break;
      at += static_cast<std::uint64_t>(got);
      observer_.progress(static_cast<std::uint64_t>(got));
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

  void finish_pending() {
    for (Pending& p : pending_) {
      attempt(p.index, [&] {
        if (options_.sync) p.file.sync();
        p.file.give_name();
        const std::string path = path_of(items_[p.index].target);
        touched_.try_emplace(path.substr(0, path.rfind('/')), path);
        observer_.done(p.index, p.size, false);
      });
    }
    pending_.clear();
    pending_bytes_ = 0;
  }

  // The names, too, must outlive a power failure: each directory is synced once, at the end.
  void sync_directories() {
    for (const auto& [directory, path] : touched_) sync_names(targets_.directory_of(path));
  }

  std::span<const CopyItem> items_;
  const CopyOptions& options_;
  CopyObserver& observer_;
  std::atomic<std::size_t>& next_;
  Tree sources_;
  Tree targets_;
  std::unique_ptr<std::byte[]> buffer_;
  std::vector<Pending> pending_;
  std::uint64_t pending_bytes_ = 0;
  std::map<std::string, std::string> touched_;  // directory → a file in it
};

}  // namespace

void copy_files(std::span<const CopyItem> items, const CopyOptions& options,
                CopyObserver& observer) {
  std::atomic<std::size_t> next{0};
  const std::size_t threads =
      std::max<std::size_t>(1, std::min<std::size_t>(options.jobs, items.size()));
  std::exception_ptr failure;
  std::mutex mutex;
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        try {
          Worker(items, options, observer, next).run();
        } catch (...) {
          const std::lock_guard lock(mutex);
          failure = std::current_exception();
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace stateferry::file_storage
