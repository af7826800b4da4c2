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
/// that Flink's Path writes.
inline std::optional<std::string> name_in(std::string_view directory, std::string_view path) {
  const auto uri = normalize_flink_path(to_utf8(path));
  if (!uri) return std::nullopt;
  const auto rest = below_prefix(*uri, directory);
  if (!rest || rest->size() < 2 || rest->find('/', 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return std::string(rest->substr(1));
}

}  // namespace stateferry::handle
