// A job of `convert` with an end in a store: how its input is opened, and its output put in place.
#pragma once

#include <memory>
#include <string>

#include "commands/convert/job_run.hpp"

namespace stateferry::cli {

/// Whether two URIs name one place, or may: by all that names, links and default hosts tell.
bool may_be_one_place(const std::string& a, const std::string& b);

/// Fetches the input into a nameless temporary file, or opens a local one. Where a run in place was
/// killed and left the backup alone, that is the input: its name tells. Throws Error.
std::unique_ptr<ByteSource> open_stored_input(const ConvertBatch& batch, const ConvertJob& job);

/// Where the result of `source`, which outlives it, goes: looked at now, put in place by commit().
/// Throws Error: the output is there and may not be replaced (E-IO-EXISTS), or is the input
/// (E-IO-SAME).
std::unique_ptr<ByteSink> open_stored_output(const ConvertBatch& batch, const ConvertJob& job,
                                             ByteSource& source);

}  // namespace stateferry::cli
