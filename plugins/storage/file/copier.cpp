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
#include <optional>
#include <set>
#include <thread>
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
  std::size_t index;
  std::uint64_t size;
  std::optional<NewFile> file;
  Fd existed;  // without `file`: the target that stood there already
};

class Worker {
 public:
  Worker(std::span<const CopyItem> items, const CopyOptions& options, CopyObserver& observer,
         std::atomic<std::size_t>& next)
      : items_(items),
        options_(options),
        observer_(observer),
        next_(next),
        sources_(options.source_root.empty() ? std::string() : path_of(options.source_root)),
        targets_(options.target_root.empty() ? std::string() : path_of(options.target_root)),
        buffer_(std::make_unique<std::byte[]>(kBufferBytes)) {}

  void run() {
    for (;;) {
      const std::size_t i = observer_.stopped() ? items_.size() : next_++;
      if (i >= items_.size()) break;
      attempt(i, [&] { copy(i); });
      if (pending_.size() >= kBatchFiles || pending_bytes_ >= kBatchBytes) finish_pending();
    }
    finish_pending();
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
    bool kept = true;
    const int directory = targets_.make_directory_of(to, {from, sources_.root()}, kept);
    if (Fd there = open_what_stands(item, directory, to, source.get(), range)) {
      observer_.progress(range.size);
      pending_.push_back({i, range.size, std::nullopt, std::move(there)});
    } else {
      NewFile file(directory, to, access_of(source.get(), from));
      kept &= file.access_kept();
      transfer(source.get(), from, range, file.fd(), to, !item.range);
      pending_bytes_ += range.size;
      pending_.push_back({i, range.size, std::move(file), Fd()});
    }
    if (!kept) observer_.access_not_kept(i);
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

  // The target, when it is there with the same content; throws when it is there with another.
  Fd open_what_stands(const CopyItem& item, int directory, const std::string& to, int source,
                      const ByteRange& range) {
    const std::string name = Tree::name_of(to);
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return Fd();
      fail("looking for the target", to, errno);
    }
    if (S_ISLNK(status.st_mode)) fail_symlink(to);
    const bool same_size =
        S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == range.size;
    if (same_size) {
      Fd target(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
      if (!target) fail("reading", to, errno);
      if (same_content(to, target.get(), source, range)) return target;
    }
    throw IoError("E-STORE-CONFLICT", "something else stands where the file is to go", item.target,
                  "nothing is replaced: choose another target, or remove what stands there");
  }

  bool same_content(const std::string& to, int target, int source, const ByteRange& range) {
    const std::size_t half = kBufferBytes / 2;
    for (std::uint64_t at = 0; at < range.size;) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(half, range.size - at));
      const std::size_t a = read_at(source, buffer_.get(), want, range.offset + at, to);
      const std::size_t b = read_at(target, buffer_.get() + half, want, at, to);
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

  // What stood there already may be of a run that was killed, or without --no-sync: it is no safer
  // than what is new. Files first, then their names: both serve many files at once.
  void finish_pending() {
    std::vector<const Pending*> named;
    for (Pending& p : pending_) {
      attempt(p.index, [&] {
        if (options_.sync) sync_content(p);
        if (p.file) p.file->give_name();
        named.push_back(&p);
      });
    }
    std::map<std::string, std::optional<Diagnostic>> synced;  // directory → why it isn't
    for (const Pending* p : named) {
      attempt(p->index, [&] {
        if (options_.sync) sync_names(path_of(items_[p->index].target), synced);
        observer_.done(p->index, p->size, !p->file);
      });
    }
    pending_.clear();
    pending_bytes_ = 0;
  }

  void sync_content(const Pending& p) const {
    if (p.file) {
      p.file->sync();
    } else {
      sync_to_disk(p.existed.get(), path_of(items_[p.index].target));
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

  std::span<const CopyItem> items_;
  const CopyOptions& options_;
  CopyObserver& observer_;
  std::atomic<std::size_t>& next_;
  Tree sources_;
  Tree targets_;
  std::unique_ptr<std::byte[]> buffer_;
  std::vector<Pending> pending_;
  std::uint64_t pending_bytes_ = 0;
  std::set<std::string> above_synced_;  // directories whose names, up to the root, are safe
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
