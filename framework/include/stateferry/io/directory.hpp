// What is in a directory. Instead of std::filesystem's iterators, which end the process when there
// is no memory: theirs advance in functions that are noexcept.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>

#include "stateferry/export.hpp"

namespace stateferry {

/// Calls `each` with each name in a directory but `.` and `..`, in the system's order, and passes
/// on what it throws. 0, or the errno of what failed; then not all names were told.
[[nodiscard]] STATEFERRY_API int for_each_name(const std::string& directory,
                                               const std::function<void(const std::string&)>& each);

/// Removes the name `path` if what stands there, which may be of somebody else by now, is still
/// `file`. For names that a run has made itself. Errors are not told.
STATEFERRY_API void remove_if_still(const std::string& path, const struct stat& file) noexcept;

}  // namespace stateferry
