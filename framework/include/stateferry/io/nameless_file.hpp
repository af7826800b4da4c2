// Temporary files.
#pragma once

#include <memory>
#include <string>

#include "stateferry/export.hpp"
#include "stateferry/io/byte_sink.hpp"

namespace stateferry {

/// A new file without a name in TMPDIR, else in /tmp, open for reading and writing: it is gone once
/// the descriptor is closed, which the caller does. Not inherited by child processes. Throws
/// IoError.
STATEFERRY_API int open_nameless_file();

/// Writes to such a file, so that memory doesn't grow with what is written. written() may be called
/// at any time, shows what was written until then, and outlives the sink; commit() does nothing.
/// `name` is for messages. Throws IoError.
STATEFERRY_API std::unique_ptr<ByteSink> nameless_file_sink(std::string name);

}  // namespace stateferry
