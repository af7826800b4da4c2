// Directories and files by descriptor, below a directory that the user named: a symbolic link
// further below is never followed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace stateferry::file_storage {

/// Owns a descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// The local path of a `file:` URI, or of a text without a scheme. Throws IoError.
std::string path_of(std::string_view uri);

/// The IoError for `error` (an errno) at `path`; `action` is what failed, such as `reading`.
[[noreturn]] void fail(const std::string& action, const std::string& path, int error);
/// The refusal of a symbolic link.
[[noreturn]] void fail_symlink(const std::string& path);

/// Opens the directories of files one after the other, without following a link below `root`. Keeps
/// the last one open, since files of one directory come together. One thread at a time.
class Tree {
 public:
  /// `root` is a path; empty: no link at all is followed. `create`: make directories that are
  /// missing.
  Tree(std::string root, bool create) : root_(std::move(root)), create_(create) {}

  /// The directory of `path`, valid until the next call. -1 when it doesn't exist and none is to be
  /// made. Throws IoError, also for a link in the way (E-STORE-SYMLINK).
  int directory_of(const std::string& path);
  /// The name that directory_of() leaves over.
  static std::string name_of(const std::string& path);

 private:
  // `rest`, a part of `directory`, is what lies below what is opened.
  Fd open_root(const std::string& directory, std::string_view& rest) const;

  std::string root_;
  bool create_;
  std::string open_path_;
  Fd open_;
};

/// Opens a regular file for reading, following no link below the tree's root. Nothing (an empty Fd)
/// when there is none.
Fd open_file(Tree& tree, const std::string& path);

/// Waits until the names in an open directory are on the disk.
void sync_names(int directory) noexcept;

}  // namespace stateferry::file_storage
