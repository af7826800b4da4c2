// Completion of command lines. The scripts for the shells know nothing of stateferry: they ask it,
// by a hidden word, what may stand where the cursor is.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"

namespace stateferry::cli {

/// The first word of such a question; what follows are the words behind the program's name, the
/// last of them as far as it is typed.
inline constexpr std::string_view kCompleteWord = "__complete";

/// Prints what may stand for the last of `words`: a candidate a line, with a tab and what it means
/// where there is something to say. The first line is `:files`, `:directories` or `:`, what the
/// shell itself should add. Never fails: what can't be found out is left out.
void print_completions(const CLI::App& app, const std::vector<std::string>& words,
                       const Context& context);

/// The script for `bash`, `zsh` or `fish`; empty for another word.
std::string_view completion_script(std::string_view shell);

}  // namespace stateferry::cli
