// A local file that has no name until it is whole.
#pragma once

#include <optional>
#include <string>

#include "stateferry/io/file_access.hpp"
#include "tree.hpp"

namespace stateferry::file_storage {

/// An open file without a name, or, where the file system has none such, with a hidden one that is
/// removed when the object goes before give_name(). Move-only.
class NewFile {
 public:
  /// In the open directory `directory`, which is `path`'s. `access`: what it is to have; without,
  /// 0640 under the umask. Throws IoError.
  NewFile(int directory, std::string path, const std::optional<FileAccess>& access);
  ~NewFile();
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) noexcept = default;

  int fd() const noexcept { return file_.get(); }
  /// Whether it has the access that it was to have.
  bool access_kept() const noexcept { return access_kept_; }
  /// Waits until the content is on the disk. Throws IoError.
  void sync() const;
  /// Gives it its name. A file of that name is never replaced (E-IO-EXISTS).
  void give_name();

 private:
  void open_file(mode_t mode);

  Fd directory_;
  Fd file_;
  std::string path_;
  std::string temporary_;  // name in the directory; empty: nameless
  bool access_kept_ = true;
};

}  // namespace stateferry::file_storage
