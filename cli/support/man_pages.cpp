#include "support/man_pages.hpp"

#include <algorithm>
#include <vector>

#include "support/usage.hpp"

namespace stateferry::cli {
namespace {

// Text as roff reads it: no line begins with a request, no sign means something else.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string whole_name(const CLI::App& command, char between) {
  std::string name = command.get_name();
  for (const CLI::App* up = command.get_parent(); up != nullptr; up = up->get_parent()) {
    name = up->get_name() + between + name;
  }
  return name;
}

std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::string option_line(const CLI::Option& option) {
  if (option.get_positional()) return "\\fI" + roff(option.get_name(true)) + "\\fR";
  std::string line;
  for (const std::string& name : option.get_snames()) {
    line += (line.empty() ? "" : ", ") + std::string("\\fB\\-") + roff(name) + "\\fR";
  }
  for (const std::string& name : option.get_lnames()) {
    line += (line.empty() ? "" : ", ") + std::string("\\fB\\-\\-") + roff(name) + "\\fR";
  }
  if (option.get_items_expected_min() > 0) line += " \\fI" + roff(value_word(option)) + "\\fR";
  return line;
}

void add_options(std::string& page, const CLI::App& command, bool positional) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional() != positional) continue;
    page += ".TP\n" + option_line(*option) + "\n" + roff(option->get_description()) + "\n";
  }
}

std::string synopsis(const CLI::App& command) {
  std::string text = "\\fB" + roff(whole_name(command, ' ')) + "\\fR [\\fIOPTION\\fR]...";
  if (!commands_of(command).empty()) text += " \\fICOMMAND\\fR";
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    std::string name = "\\fI" + roff(option->get_name(true)) + "\\fR";
    if (option->get_items_expected_max() > 1) name += "...";
    text += option->get_required() ? " " + name : " [" + name + "]";
  }
  return text;
}

// `Example:` and the lines behind it.
void add_examples(std::string& page, const std::string& footer) {
  const auto lines = footer.find('\n');
  if (!footer.starts_with("Example") || lines == std::string::npos) return;
  page += ".SH EXAMPLES\n.nf\n" + roff(footer.substr(lines + 1)) + "\n.fi\n";
}

}  // namespace

std::string man_page(const CLI::App& command) {
  const bool program = command.get_parent() == nullptr;
  const std::string name = whole_name(command, '-');
  std::string page = ".TH " + capitals(roff(name)) +
                     " 1 \"\" \"stateferry " STATEFERRY_VERSION "\" \"stateferry\"\n";
  page += ".SH NAME\n" + roff(name) + " \\- " +
          roff(program ? "move Flink savepoints and checkpoints" : command.get_description()) +
          "\n.SH SYNOPSIS\n" + synopsis(command) + "\n";
  if (program) page += ".SH DESCRIPTION\n" + roff(command.get_description()) + "\n";
  const auto commands = commands_of(command);
  if (!commands.empty()) page += ".SH COMMANDS\n";
  for (const CLI::App* sub : commands) {
    page += ".TP\n\\fB" + roff(sub->get_name()) + "\\fR\n" + roff(sub->get_description()) + "\n";
  }
  std::string arguments;
  add_options(arguments, command, true);
  if (!arguments.empty()) page += ".SH ARGUMENTS\n" + arguments;
  page += ".SH OPTIONS\n";
  add_options(page, command, false);
  add_examples(page, command.get_footer());
  page +=
      ".SH EXIT STATUS\n0 is success, 1 a finding, 2 a mistake on the command line; the others are "
      "in the page of exit codes. \\fBstateferry explain\\fR \\fICODE\\fR tells of each error.\n";
  page += ".SH SEE ALSO\n";
  page += program ? "\\fBstateferry help\\fR \\fICOMMAND\\fR\n" : "\\fBstateferry\\fR(1)\n";
  return page;
}

}  // namespace stateferry::cli
