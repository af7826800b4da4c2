#include "stateferry/io/directory.hpp"

#include <dirent.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace stateferry {
namespace {

struct Close {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

int for_each_name(const std::string& directory,
                  const std::function<void(const std::string&)>& each) {
  const std::unique_ptr<DIR, Close> open(::opendir(directory.c_str()));
  if (!open) return errno;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(open.get());
    if (entry == nullptr) return errno;
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") each(std::string(name));
  }
}

void remove_if_still(const std::string& path, const struct stat& file) noexcept {
  struct stat now {};
  if (::lstat(path.c_str(), &now) != 0) return;
  if (now.st_dev == file.st_dev && now.st_ino == file.st_ino) ::unlink(path.c_str());
}

}  // namespace stateferry
