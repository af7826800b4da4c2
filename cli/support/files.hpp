// File arguments: what a user may write for a snapshot, and where it lies.
#pragma once

#include <memory>
#include <string>

#include "stateferry/io/byte_source.hpp"

namespace stateferry::cli {

/// What run_files() calls the `_metadata` that a run is about.
inline constexpr const char* kTheSnapshot = "the snapshot";

/// Whether an argument names a file in a store, by a scheme other than `file`; `-` doesn't.
bool is_remote(const std::string& argument);

/// The local path of an argument: `file:` URIs lose their scheme. Throws IoError (E-IO-REMOTE) for
/// other schemes.
std::string local_path(const std::string& argument);

/// The metadata file that an argument means: a directory means the `_metadata` in it. Throws
/// IoError.
std::string metadata_path(const std::string& argument);

/// Opens an argument for reading; `-` is stdin. The first bytes of what comes from a pipe are
/// looked at here already. Throws Error.
std::unique_ptr<ByteSource> open_input(const std::string& argument);

/// The directory of the metadata file as a `file:` URI in Flink's form; empty for `-`.
std::string base_uri_of(const std::string& argument);

/// Whether both name one existing file.
bool same_file(const std::string& a, const std::string& b);

}  // namespace stateferry::cli
