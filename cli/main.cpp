// stateferry's command line: a table of commands, the options that all have, and the mapping from
// errors to exit codes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"

namespace {

using namespace stateferry;
using namespace stateferry::cli;

struct Command {
  const char* name;
  const char* summary;
  Declare declare;
};

constexpr Command kCommands[] = {
    {"move", "move a whole snapshot: copy, rewrite, verify, _metadata last", declare_move},
    {"adopt", "make a snapshot right where something else has copied it to", declare_adopt},
    {"convert", "rewrite a _metadata file by a rule file", declare_convert},
    {"plan", "which files go where, without touching them", declare_plan},
    {"copy", "carry out a plan", declare_copy},
    {"verify", "whether every file of a snapshot is there", declare_verify},
    {"self-contain", "one directory of everything, relative, to move by a plain copy",
     declare_self_contain},
    {"orphans", "files that no given snapshot needs; deletes nothing", declare_orphans},
    {"inspect", "what is inside a snapshot: operators, handles, locations", declare_inspect},
    {"dump", "every field of a snapshot as text or JSON", declare_dump},
    {"rules", "check, test, explain and reverse rule files; their JSON Schema", declare_rules},
    {"plugins", "list and describe plugins", declare_plugins},
    {"explain", "what an error code means and what to do", declare_explain},
};

// Only a command that is named can be meant: the others need no options.
bool is_named(const Command& command, int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc,
                     [&](const char* word) { return command.name == std::string_view(word); });
}

int status(ExitCode code) {
  return static_cast<int>(code);
}

// CLI11 says of a misspelt command only that one is required.
int fail_usage(const std::string& message, const std::string& hint) {
  Diagnostic d;
  d.code = "E-ARG-USAGE";
  d.message = message;
  d.hint = hint;
  say(d);
  return status(ExitCode::usage);
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The deepest sub-command that was parsed.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* at = &app;
  for (;;) {
    const auto chosen = at->get_subcommands();
    if (chosen.empty()) return *at;
    at = chosen.front();
  }
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::string usage_hint(const CLI::App& app) {
  std::string name = app.get_name();
  for (const CLI::App* up = app.get_parent(); up != nullptr; up = up->get_parent()) {
    name = up->get_name() + " " + name;
  }
  return "see '" + name + " --help'";
}

// Whether `word` is an option whose value is the next word.
bool takes_next_word(const CLI::App& app, const std::string& word) {
  if (!word.starts_with('-') || word.find('=') != std::string::npos) return false;
  const CLI::Option* option = app.get_option_no_throw(word);
  return option != nullptr && option->get_items_expected_min() > 0;
}

int report_parse_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  const CLI::App& at = innermost(app);
  // The first word that no option takes and no command is.
  const std::vector<std::string> commands = commands_of(at);
  if (!commands.empty()) {
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (word.starts_with('-') || word == at.get_name()) {
        if (takes_next_word(app, word)) ++i;
        continue;
      }
      if (std::find(commands.begin(), commands.end(), word) != commands.end()) continue;
      const std::string suggestion = did_you_mean(word, commands);
      return fail_usage("there is no command '" + word + "'" + suggestion, usage_hint(at));
    }
    return fail_usage("a command is missing", usage_hint(at));
  }
  for (int i = 1; i < argc; ++i) {
    const std::string word(argv[i]);
    const std::string name = word.substr(0, word.find('='));
    std::vector<std::string> known = options_of(at);
    for (const std::string& global : options_of(app)) known.push_back(global);
    if (name.starts_with("--") && name.size() > 2 &&
        std::find(known.begin(), known.end(), name) == known.end()) {
      return fail_usage("there is no option " + name + did_you_mean(name, known), usage_hint(at));
    }
  }
  return fail_usage(error.what(), usage_hint(at));
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away is an error of write(2), not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  Context context;
  Run run;
  CLI::App app(
      "stateferry moves Flink savepoints and checkpoints: it rewrites the locations in their "
      "_metadata by a rule file.",
      "stateferry");
  app.set_version_flag("--version", "stateferry " STATEFERRY_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);
  app.add_flag("-q,--quiet", context.global.quiet, "say nothing but errors");
  app.add_flag("-v,--verbose", context.global.verbose, "say more; -vv for plugin loading");
  app.add_option("--log-format", context.global.log_format, "how stderr is written")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json");
  app.add_option("--color", context.global.color, "colour in text for people")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("auto|always|never");
  app.add_option("--plugin-dir", context.plugin_dirs, "look for plugins here too")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.footer("Example:\n  stateferry convert -r move.yaml old/_metadata new/_metadata --diff");
  for (const Command& command : kCommands) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    if (is_named(command, argc, argv)) command.declare(*sub, context, run);
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // What was parsed before the mistake is not bound yet; machines still get their format.
    for (int i = 1; i < argc; ++i) {
      const std::string word(argv[i]);
      const bool json_next = word == "--log-format" && i + 1 < argc;
      if ((json_next && std::string(argv[i + 1]) == "json") || word == "--log-format=json") {
        context.global.log_format = "json";
      }
    }
    configure_console(context.global);
    return report_parse_error(app, error, argc, argv);
  }
  configure_console(context.global);
  remove_temporaries_on_signal();
  try {
    ExitCode code = ExitCode::ok;
    try {
      code = run();
    } catch (...) {
      finish_stdout();  // what was printed before the failure
      throw;
    }
    finish_stdout();
    return status(code);
  } catch (const Error& error) {
    say(error.diagnostic());
    return status(exit_of(error.code()));
  } catch (const std::exception& error) {
    Diagnostic d;
    d.code = "E-INTERNAL";
    d.message = error.what();
    d.hint = "this is a fault of stateferry; please report it with the command and the file";
    say(d);
    return status(ExitCode::internal);
  }
}
