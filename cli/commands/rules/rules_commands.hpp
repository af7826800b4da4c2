// The sub-commands of `rules`.
#pragma once

#include <CLI/CLI.hpp>

#include "commands/commands.hpp"

namespace stateferry::cli {

/// Each adds itself to `rules`; otherwise as the commands of commands.hpp.
void declare_rules_explain(CLI::App& rules, Context& context, Run& run);
void declare_rules_init(CLI::App& rules, Context& context, Run& run);
void declare_rules_invert(CLI::App& rules, Context& context, Run& run);
void declare_rules_test(CLI::App& rules, Context& context, Run& run);

}  // namespace stateferry::cli
