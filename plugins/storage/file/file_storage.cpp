// The storage `file`: local disks and whatever is mounted.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "copier.hpp"
#include "extending_sink.hpp"
#include "new_file.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/directory.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/file_access.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/plugin/file_extender.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "tree.hpp"

namespace stateferry::file_storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = std::size_t{256} << 10;

void put(int fd, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("writing", path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

// A digest of all that an open file holds.
std::string content_of(int fd, const std::string& path) {
  Sha256 content;
  const auto buffer = std::make_unique<std::byte[]>(kBufferBytes);
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(fd, buffer.get(), kBufferBytes, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("reading", path, errno);
    if (got == 0) return content.hex();
    content.update({buffer.get(), static_cast<std::size_t>(got)});
    at += got;
  }
}

StoredFile stored(std::string uri, const struct stat& status) {
  return {std::move(uri), static_cast<std::uint64_t>(status.st_size),
          std::max<std::int64_t>(status.st_mtim.tv_sec, status.st_ctim.tv_sec)};
}

using Inode = std::pair<dev_t, ino_t>;
Inode inode_of(const struct stat& status) {
  return {status.st_dev, status.st_ino};
}

// Goes through directories.
class Listing {
 public:
  Listing(const ListOptions& options, const std::function<void(const StoredFile&)>& each)
      : options_(options), each_(each) {
    for (const std::string& uri : options.left_out) {
      struct stat status {};
      if (::stat(path_of(uri).c_str(), &status) == 0) left_out_.insert(inode_of(status));
    }
  }

  void run(const std::string& path) {
    std::vector<std::string> directories{path};
    while (!directories.empty()) {
      const std::string directory = std::move(directories.back());
      directories.pop_back();
      const std::string beginning = directory.ends_with('/') ? directory : directory + "/";
      const int failed = for_each_name(
          directory, [&](const std::string& name) { see(beginning + name, directories); });
      // What went away since the directory above was read is there no more.
      if (failed != 0 && (failed != ENOENT || directory == path)) {
        fail("reading", directory, failed);
      }
    }
  }

 private:
  void see(const std::string& path, std::vector<std::string>& directories) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
      if (errno == ENOENT) return;
      fail("reading", path, errno);  // it may be what somebody still needs
    }
    if (S_ISLNK(status.st_mode) && options_.follow_links) {
      if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return;  // it leads nowhere
        fail("reading", path, errno);
      }
    }
    if (S_ISREG(status.st_mode)) each_(stored("file:" + path, status));
    if (!S_ISDIR(status.st_mode) || left_out_.contains(inode_of(status))) return;
    if (options_.follow_links && !entered_.insert(inode_of(status)).second) return;
    if (options_.directories) {
      each_(StoredFile{"file:" + path + "/", 0, stored({}, status).modified});
    }
    if (!options_.flat) directories.push_back(path);
  }

  const ListOptions& options_;
  const std::function<void(const StoredFile&)>& each_;
  std::set<Inode> left_out_;
  std::set<Inode> entered_;
};

Fd open_for_reading(const std::string& path, const std::optional<std::string>& root) {
  if (!root) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) fail("reading", path, errno);
    return fd;
  }
  Tree tree(root->empty() ? std::string() : path_of(*root));
  Fd fd = open_file(tree, path);
  if (!fd) fail("reading", path, ENOENT);
  return fd;
}

class FileStorage final : public Storage, public FileExtender {
 public:
  std::optional<StoredFile> stat(const std::string& uri) override {
    const std::string path = path_of(uri);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
      fail("reading", path, errno);
    }
    if (S_ISDIR(status.st_mode)) return std::nullopt;
    return stored(uri, status);
  }

  StoreAccess access(const std::string&) override {
    StoreAccess access;
    access.remote = "local files";
    access.credentials = "user and group of this process, " + std::to_string(::geteuid()) + ":" +
                         std::to_string(::getegid());
    return access;
  }

  std::optional<std::string> identity(const std::string& uri) override {
    const std::string path = path_of(uri);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
      fail("reading", path, errno);
    }
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  }

  void list(const std::string& directory, const ListOptions& options,
            const std::function<void(const StoredFile&)>& each) override {
    Listing(options, each).run(path_of(directory));
  }

  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override {
    const std::string path = path_of(uri);
    const Fd fd = open_for_reading(path, options.root);
    std::uint64_t at = options.range ? options.range->offset : 0;
    std::uint64_t left = options.range ? options.range->size : UINT64_MAX;
    const auto buffer_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBufferBytes));
    const auto buffer = std::make_unique<std::byte[]>(buffer_bytes);
    while (left > 0) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_bytes));
      const ssize_t got = ::pread(fd.get(), buffer.get(), want, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("reading", path, errno);
      if (got == 0) break;
      sink.write({buffer.get(), static_cast<std::size_t>(got)});
      at += static_cast<std::uint64_t>(got);
      left -= static_cast<std::uint64_t>(got);
    }
  }

  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& options) override {
    const std::string path = path_of(uri);
    const std::string parent = directory_of_path(path);
    Origin origin;
    std::optional<FileAccess> access;
    if (!options.like.empty()) {
      origin.file = path_of(options.like);
      origin.root = directory_of_path(origin.file);
      access = access_of(origin.file);
    }
    bool kept = make_path(parent, path, origin, access ? 0777 : 0750, options.sync);
    const Fd directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) fail("opening the directory", parent, errno);
    NewFile file(directory.get(), path, access);
    Sha256 written;
    const auto feed = source.open();
    const auto buffer = std::make_unique<std::byte[]>(kBufferBytes);
    while (const std::size_t got = feed->read({buffer.get(), kBufferBytes})) {
      put(file.fd(), {buffer.get(), got}, path);
      written.update({buffer.get(), got});
    }
    if (options.sync) file.sync();
    if (content_of(file.fd(), path) != written.hex()) {
      throw IoError("E-VERIFY", "what was read back differs from what was written", path,
                    "nothing was put in place: suspect the disk or the memory");
    }
    file.give_name();
    if (options.sync) sync_to_disk(directory.get(), parent);
    return kept && file.access_kept();
  }

  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) override {
    const std::string path = path_of(uri);
    FileSinkOptions file;
    file.replace = true;
    file.sync = options.sync;
    const auto sink = atomic_file_sink(path, file);
    sink->write(source.bytes());
    if (sha256_hex(*sink->written()) != sha256_hex(source.bytes())) {
      throw IoError("E-VERIFY", "what was read back differs from what was written", path,
                    "nothing was put in place: suspect the disk or the memory");
    }
    if (sha256_hex(*file_source(path, path)) != options.before) {
      throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else meanwhile", path,
                    "run the same command again when nobody else writes to it");
    }
    sink->commit();
  }

  std::unique_ptr<ByteSink> extend(const std::string& uri, const ExtendOptions& options) override {
    return extending_sink(uri, options);
  }

  void make_durable(std::span<const std::string> uris) override {
    std::set<dev_t> synced;
    std::string last;
    for (const std::string& uri : uris) {
      const std::string parent = fs::path(path_of(uri)).parent_path().string();
      if (parent == last) continue;
      last = parent;
      const Fd directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      struct stat status {};
      if (!directory || ::fstat(directory.get(), &status) != 0) {
        fail("opening the directory", parent, errno);
      }
      // One call for a whole file system, its names included.
      if (synced.insert(status.st_dev).second) sync_file_system(directory.get(), parent);
    }
  }

  void remove(const std::string& uri, const std::string& root) override {
    const std::string path = path_of(uri);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("removing", path, errno);
    const std::string top = path_of(root);
    for (fs::path at = fs::path(path).parent_path();
         at.string() != top && below_prefix(at.string(), top); at = at.parent_path()) {
      if (::rmdir(at.c_str()) != 0) break;  // others still need it
    }
  }

  bool copies(std::string_view source_scheme, std::string_view target_scheme) const override {
    return source_scheme == "file" && target_scheme == "file";
  }

  std::unique_ptr<Copier> make_copier(const CopierOptions& options) override {
    return make_file_copier(options);
  }
};

}  // namespace
}  // namespace stateferry::file_storage

STATEFERRY_STORAGE_PLUGIN(stateferry::file_storage::FileStorage, "file", "0.1.0", "file",
                          "Local disks and whatever is mounted")
