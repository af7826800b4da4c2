// What CLI11 says, in our words: help as wide as the screen, and mistakes on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"

namespace stateferry::cli {

/// The layout of --help.
std::shared_ptr<CLI::FormatterBase> help_layout();

/// What --help calls the value of an option, such as `FILE` or `text|json`.
std::string value_word(const CLI::Option& option);

/// E-ARG-USAGE for a command line that `app` could not parse: `words` are those behind the
/// program's name, `error` is what it threw.
Diagnostic usage_error(const CLI::App& app, const CLI::ParseError& error,
                       const std::vector<std::string>& words);

}  // namespace stateferry::cli
