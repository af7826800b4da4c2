// Temporary files.
#pragma once

#include "stateferry/export.hpp"

namespace stateferry {

/// A new file without a name in TMPDIR, else in /tmp, open for reading and writing: it is gone once
/// the descriptor is closed, which the caller does. Not inherited by child processes. Throws
/// IoError.
STATEFERRY_API int open_nameless_file();

}  // namespace stateferry
