// Directories and files by descriptor, below a directory that the user named: a symbolic link
// further below is never followed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "stateferry/io/file_access.hpp"

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

/// The directory that `path` lies in; `/` for what lies there.
std::string directory_of_path(const std::string& path);

/// Where a file comes from, for the directories that are made for it: each gets the access of the
/// directory that it stands for.
struct Origin {
  std::string file;  ///< path of the source
  std::string root;  ///< a directory; what lies above it stands for nothing
};

/// The access of the directory that `directory`, made for the file `target`, stands for: the one
/// that the source lies in, and those above as long as source and target lie in directories of one
/// name, up to the root. Nothing where there is none. Meeting places such as /tmp (sticky) stand
/// for nothing.
std::optional<FileAccess> access_for(const std::string& directory, const std::string& target,
                                     const Origin& origin);

/// Opens the directories of files one after the other, without following a link below `root`. Keeps
/// the last one open, since files of one directory come together. One thread at a time.
class Tree {
 public:
  /// `root` is a path; empty: no link at all is followed. `sync`: whether it is an error
  /// when names that are made above the root can't be made safe from a power failure.
  explicit Tree(std::string root, bool sync = true) : root_(std::move(root)), sync_(sync) {}

  /// The directory of `path`, valid until the next call. -1 when it doesn't exist. Throws IoError,
  /// also for a link in the way (E-STORE-SYMLINK).
  int directory_of(const std::string& path) { return open_directory(path, nullptr); }
  /// The same, and makes the directories that are missing, for a file that comes from `origin`.
  /// Names that come to be above the root are on the disk when it returns, as make_path() does it;
  /// those below are left to the caller. `kept` becomes false when one can't have the access that
  /// it should.
  int make_directory_of(const std::string& path, const Origin& origin, bool& kept) {
    Making making{path, origin, kept};
    return open_directory(path, &making);
  }
  /// The name that directory_of() leaves over.
  static std::string name_of(const std::string& path);
  const std::string& root() const noexcept { return root_; }

 private:
  struct Making {
    const std::string& target;
    const Origin& origin;
    bool& kept;
  };
  int open_directory(const std::string& path, const Making* making);
  // `rest`, a part of `directory`, is what lies below what is opened.
  Fd open_root(const std::string& directory, const Making* making, std::string_view& rest) const;

  std::string root_;
  bool sync_;
  std::string open_path_;
  Fd open_;
};

/// Makes the directory `path` and what is missing above it, following links, for a file `target`
/// that comes from `origin`. With `sync` their names are on the disk when it returns, and what
/// can't be made safe is taken away again. Returns whether all have the access that they should.
/// Throws IoError. Several threads: none sees a directory that another one takes away.
bool make_path(const std::string& path, const std::string& target, const Origin& origin,
               mode_t without_origin, bool sync);

/// What an existing file is opened for.
enum class Access : bool { reading, writing };
/// Opens a regular file, following no link below the tree's root. Nothing (an empty Fd) when there
/// is none.
Fd open_file(Tree& tree, const std::string& path, Access access = Access::reading);

}  // namespace stateferry::file_storage
