// Many inputs of `convert` at once, on several threads, told one after the other.
#pragma once

#include "commands/commands.hpp"
#include "commands/convert/job_run.hpp"

namespace stateferry::cli {

/// Runs all jobs to the end and says what came of each, in their order; the exit code is that of
/// the first that failed.
ExitCode convert_many(const ConvertBatch& batch, const Context& context);

}  // namespace stateferry::cli
