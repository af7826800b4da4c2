#include "stateferry/io/find_program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace stateferry {
namespace {

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string absolute_folders(std::string_view path) {
  std::string kept;
  for (;;) {
    const std::string_view folder = path.substr(0, path.find(':'));
    if (folder.starts_with('/')) (kept += kept.empty() ? "" : ":") += folder;
    if (folder.size() == path.size()) return kept;
    path.remove_prefix(folder.size() + 1);
  }
}

std::string find_program(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) {
    return program.front() == '/' && is_program(program) ? program : std::string();
  }
  const std::string folders = absolute_folders(path);
  for (std::string_view rest = folders; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    std::string found = std::string(folder) + "/" + program;
    if (is_program(found)) return found;
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
  }
  return {};
}

}  // namespace stateferry
