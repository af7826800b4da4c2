// What is in a directory. Instead of std::filesystem's iterators, which end the process when there
// is no memory: theirs advance in functions that are noexcept.
#pragma once

#include <functional>
#include <string>

#include "stateferry/export.hpp"

namespace stateferry {

/// Calls `each` with each name in a directory but `.` and `..`, in the system's order, and passes
/// on what it throws. 0, or the errno of what failed; then not all names were told.
[[nodiscard]] STATEFERRY_API int for_each_name(const std::string& directory,
                                               const std::function<void(const std::string&)>& each);

}  // namespace stateferry
