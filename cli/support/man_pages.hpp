// Manual pages, from what the commands declare for --help.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace stateferry::cli {

/// The hidden word that prints one: `__man [COMMAND [COMMAND]]`.
inline constexpr std::string_view kManWord = "__man";

/// The page of `command`, in section 1: the program itself or one of its commands, which must have
/// been declared. Text in the man(7) macros, with a line end.
std::string man_page(const CLI::App& command);

}  // namespace stateferry::cli
