// stateferry's command line: a table of commands, the options that all have, and the mapping from
// errors to exit codes.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "support/completion.hpp"
#include "support/crash.hpp"
#include "support/man_pages.hpp"
#include "support/transfer.hpp"
#include "support/usage.hpp"

namespace {

using namespace stateferry;
using namespace stateferry::cli;

struct Command {
  const char* name;
  const char* summary;
  Declare declare;
};

// Only for the list of commands and its own --help: words_of() has turned the rest into --help.
void declare_help(CLI::App& app, Context&, Run&) {
  app.footer("Example:\n  stateferry help convert");
}

constexpr Command kCommands[] = {
    {"move", "move a whole snapshot: copy, rewrite, verify, _metadata last", declare_move},
    {"mirror", "keep checkpoints of running jobs ready at another place", declare_mirror},
    {"failover", "what to start a mirrored job with; from then on no mirror writes there",
     declare_failover},
    {"adopt", "make a snapshot right where something else has copied it to", declare_adopt},
    {"convert", "rewrite a _metadata file by a rule file", declare_convert},
    {"plan", "which files go where, without touching them", declare_plan},
    {"copy", "carry out a plan", declare_copy},
    {"verify", "whether every file of a snapshot is there", declare_verify},
    {"self-contain", "one directory of everything, relative, to move by a plain copy",
     declare_self_contain},
    {"orphans", "files that no given snapshot needs; deletes nothing", declare_orphans},
    {"who", "which snapshots and operators need a file", declare_who},
    {"inspect", "what is inside a snapshot: operators, handles, locations", declare_inspect},
    {"diff", "what is different in two snapshots, and where growth comes from", declare_diff},
    {"scan", "where a snapshot names places that no rule rewrites", declare_scan},
    {"dump", "every field of a snapshot as text or JSON", declare_dump},
    {"rules", "write, check, test, explain and reverse rule files; their JSON Schema",
     declare_rules},
    {"plugins", "list and describe plugins", declare_plugins},
    {"store", "check that a store can be listed and read, and how it is reached", declare_store},
    {"config", "check the configuration of storages; its JSON Schema", declare_config},
    {"explain", "what an error code means and what to do", declare_explain},
    {"completion", "completion of command lines for bash, zsh or fish", declare_completion},
    {"version", "which stateferry this is", declare_version},
    {"help", "what a command takes: help [COMMAND]", declare_help},
};

// Behind the program's name. `help A B` is `A B --help`, and `help` alone is `--help`.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  const bool is_command = words.empty() || std::any_of(std::begin(kCommands), std::end(kCommands),
                                                       [&](const Command& command) {
                                                         return command.name == words.front();
                                                       });
  if (is_command) words.emplace_back("--help");
  return words;
}

// Only a command that is named can be meant: the others need no options.
bool is_named(const Command& command, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), command.name) != words.end();
}

// What scripts ask of the program, not people; nothing: the words are a command line.
std::optional<ExitCode> answer_script(const CLI::App& app, const std::vector<std::string>& words,
                                      Context& context) {
  if (words.empty() || (words.front() != kCompleteWord && words.front() != kManWord)) {
    return std::nullopt;
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  configure_console(context.global);
  if (words.front() == kCompleteWord) {
    print_completions(app, rest, context);
  } else {
    const CLI::App* command = &app;
    for (const std::string& word : rest) command = command->get_subcommand(word);
    print_exactly(man_page(*command));
  }
  finish_stdout();
  return ExitCode::ok;
}

// What was parsed before a mistake is not bound yet; machines still get their format.
std::string log_format_in(const std::vector<std::string>& words) {
  std::string format = "text";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool json_next = words[i] == "--log-format" && i + 1 < words.size();
    if ((json_next && words[i + 1] == "json") || words[i] == "--log-format=json") format = "json";
  }
  return format;
}

int status(ExitCode code) {
  return static_cast<int>(code);
}

// The options that all commands have, and those of the commands that are named.
void declare_all(CLI::App& app, const std::vector<std::string>& words, Context& context, Run& run) {
  app.set_help_flag("-h,--help", "what can be said here");
  app.set_version_flag("-V,--version", "stateferry " STATEFERRY_VERSION,
                       "which stateferry this is");
  app.require_subcommand(1);
  app.fallthrough();
  app.formatter(help_layout());
  app.add_flag("-q,--quiet", context.global.quiet, "say nothing but errors");
  app.add_flag("-v,--verbose", context.global.verbose,
               "say more, such as what is tried again; -vv for plugin loading and rclone's log");
  app.add_option("--log-format", context.global.log_format, "how stderr is written")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json");
  app.add_option("--color", context.global.color, "colour in text for people")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("auto|always|never");
  app.add_option("--plugin-dir", context.plugin_dirs, "look for plugins here too")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.footer("Example:\n  stateferry convert -r move.yaml old new --diff");
  for (const Command& command : kCommands) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    if (is_named(command, words)) command.declare(*sub, context, run);
  }
}

// Nothing: there is a command to be run.
std::optional<ExitCode> parse(CLI::App& app, const std::vector<std::string>& words,
                              Context& context) {
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) context.global.log_format = log_format_in(words);
    configure_console(context.global);
    if (error.get_exit_code() != 0) {
      say(usage_error(app, error, words));
      return ExitCode::usage;
    }
    print(error.get_name() == "CallForVersion" ? error.what() + std::string("\n") : app.help());
    finish_stdout();
    return ExitCode::ok;
  }
  return std::nullopt;
}

// All that can be said of a command line; the program's exit status.
ExitCode run_words(const std::vector<std::string>& words, Context& context) {
  Run run;
  CLI::App app(
      "stateferry moves Flink savepoints and checkpoints: it rewrites the locations in their "
      "_metadata by a rule file.",
      "stateferry");
  declare_all(app, words, context, run);
  if (const auto code = answer_script(app, words, context)) return *code;
  if (words.empty()) {
    configure_console(context.global);
    say(app.help());
    return ExitCode::usage;
  }
  if (const auto code = parse(app, words, context)) return *code;
  configure_console(context.global);
  remove_temporaries_on_signal();
  tell_whose_crash_it_is();
  tell_how_far_on_signal();
  ExitCode code = ExitCode::ok;
  try {
    code = run();
  } catch (...) {
    finish_stdout();  // what was printed before the failure
    throw;
  }
  finish_stdout();
  return code;
}

// The exit status of a run that ends with an error, which may have come before all was set up.
int fail(const Diagnostic& diagnostic, const Context& context) {
  configure_console(context.global);
  say(diagnostic);
  return status(exit_of(diagnostic.code));
}

// Where there is no memory even for saying so.
void say_without_memory() {
  constexpr std::string_view kText = "error: the system gives no more memory [E-SYSTEM]\n";
  if (::write(STDERR_FILENO, kText.data(), kText.size()) < 0) return;  // nobody is listening
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away is an error of write(2), not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    Context context;
    try {
      return status(run_words(words_of(argc, argv), context));
    } catch (const Error& error) {
      return fail(error.diagnostic(), context);
    } catch (const std::exception& error) {
      return fail(diagnostic_of(error), context);
    }
  } catch (const std::bad_alloc&) {
    say_without_memory();
    return status(ExitCode::temporary);
  }
}
