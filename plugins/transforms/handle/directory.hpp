// Files and the directory that relative handles belong to: what both transforms of this namespace
// ask.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::handle {

/// The name (UTF-8) of a file that lies directly in `directory`; nothing for any other. `path` is
/// an absolute path as it stands in the file (modified UTF-8), `directory` a UTF-8 one in the form
/// that Flink's Path writes. Without a scheme they are of `file_system`.
inline std::optional<std::string> name_in(std::string_view directory, std::string_view path,
                                          std::string_view file_system) {
  const auto normal = normalize_flink_path(to_utf8(path));
  if (!normal) return std::nullopt;
  const std::string uri = with_default_file_system(*normal, file_system);
  const auto rest = below_prefix(uri, with_default_file_system(directory, file_system));
  if (!rest || rest->size() < 2 || rest->find('/', 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return std::string(rest->substr(1));
}

}  // namespace stateferry::handle
