// Which inputs `convert` rewrites, and where each result goes.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "commands/convert/options.hpp"

namespace stateferry::cli {

/// Path or URI of the file that an input means, which isn't `-`. Throws IoError.
std::string input_file(const std::string& in);

/// What the command line asks for, in its order. Makes the directories that --out-dir needs;
/// `made_in` gets those in which others were made. Throws Error.
std::vector<ConvertJob> jobs_of(const ConvertOptions& options, std::set<std::string>& made_in);

/// How many threads work on so many inputs.
unsigned workers_of(const ConvertOptions& options, std::size_t count);

/// Says what the jobs read and write, before the first of them writes. One whose input is its
/// output fails by itself.
void declare_files(const ConvertOptions& options, const std::vector<ConvertJob>& jobs);

}  // namespace stateferry::cli
