// A local file that has no name until it is whole.
#pragma once

#include <string>

#include "tree.hpp"

namespace stateferry::file_storage {

/// An open file without a name, or, where the file system has none such, with a hidden one that is
/// removed when the object goes before give_name(). Move-only.
class NewFile {
 public:
  /// In the open directory `directory`, which is `path`'s. Throws IoError.
  NewFile(int directory, std::string path);
  ~NewFile();
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) noexcept = default;

  int fd() const noexcept { return file_.get(); }
  /// Waits until the content is on the disk. Throws IoError.
  void sync() const;
  /// Gives it its name. A file of that name is never replaced (E-IO-EXISTS).
  void give_name();

 private:
  Fd directory_;
  Fd file_;
  std::string path_;
  std::string temporary_;  // name in the directory; empty: nameless
};

}  // namespace stateferry::file_storage
