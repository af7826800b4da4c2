// The commands: each adds its options to a CLI11 sub-command and says what to run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "stateferry/diag/codes.hpp"
#include "support/console.hpp"

namespace stateferry::cli {

/// What commands share.
struct Context {
  GlobalOptions global;
  std::vector<std::string> plugin_dirs;
};

/// Runs a parsed command; errors are thrown.
using Run = std::function<ExitCode()>;
/// Declares a command's options on `app` (kept alive by the caller, as is `context`); `run` is set
/// to what executes it once the command line was parsed.
using Declare = void (*)(CLI::App& app, Context& context, Run& run);

void declare_adopt(CLI::App& app, Context& context, Run& run);
void declare_completion(CLI::App& app, Context& context, Run& run);
void declare_config(CLI::App& app, Context& context, Run& run);
void declare_convert(CLI::App& app, Context& context, Run& run);
void declare_copy(CLI::App& app, Context& context, Run& run);
void declare_diff(CLI::App& app, Context& context, Run& run);
void declare_dump(CLI::App& app, Context& context, Run& run);
void declare_explain(CLI::App& app, Context& context, Run& run);
void declare_failover(CLI::App& app, Context& context, Run& run);
void declare_inspect(CLI::App& app, Context& context, Run& run);
void declare_mirror(CLI::App& app, Context& context, Run& run);
void declare_move(CLI::App& app, Context& context, Run& run);
void declare_orphans(CLI::App& app, Context& context, Run& run);
void declare_plan(CLI::App& app, Context& context, Run& run);
void declare_plugins(CLI::App& app, Context& context, Run& run);
void declare_rules(CLI::App& app, Context& context, Run& run);
/// Adds `schema` to the sub-commands of `rules`.
void declare_rules_schema(CLI::App& rules, Context& context, Run& run);
void declare_scan(CLI::App& app, Context& context, Run& run);
void declare_self_contain(CLI::App& app, Context& context, Run& run);
void declare_store(CLI::App& app, Context& context, Run& run);
void declare_verify(CLI::App& app, Context& context, Run& run);
void declare_version(CLI::App& app, Context& context, Run& run);
void declare_who(CLI::App& app, Context& context, Run& run);

}  // namespace stateferry::cli
