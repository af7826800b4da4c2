// Programs that are run as child processes.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// Of folders as in the variable PATH those that are absolute.
STATEFERRY_API std::string absolute_folders(std::string_view path);

/// The program's absolute path: `program` itself, or found in the folders of `path` (as in the
/// variable PATH) that are absolute. Nothing runs from the working directory, which may be a
/// snapshot that was fetched from anywhere. Empty when there is none.
STATEFERRY_API std::string find_program(const std::string& program, std::string_view path);

}  // namespace stateferry
