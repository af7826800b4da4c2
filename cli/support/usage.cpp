#include "support/usage.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "support/screen.hpp"

namespace stateferry::cli {
namespace {

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() : columns_(screen_columns()) {
    column_width(std::min<std::size_t>(34, columns_ / 3));
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return row(make_option_name(option, is_positional) + make_option_opts(option),
               make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return row(command->get_display_name(true), command->get_description());
  }
  // Without the set of values that a check appends: the type names them.
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text = Formatter::make_option_opts(option);
    const auto begin = text.find(":{");
    const auto end = text.find('}', begin);
    if (begin != std::string::npos && end != std::string::npos) text.erase(begin, end + 1 - begin);
    return text;
  }
  std::string make_description(const CLI::App* app) const override {
    const std::string text = app->get_description();
    return text.empty() ? text : wrapped(text, 0, columns_) + "\n";
  }

 private:
  // A name and what it means beside it, or below it where the name is long.
  std::string row(const std::string& name, const std::string& meaning) const {
    const std::size_t left = get_column_width();
    std::string text = wrapped("  " + name, 6, columns_);
    if (meaning.empty()) return text + "\n";
    if (text.size() + 2 > left || text.find('\n') != std::string::npos) {
      text += "\n" + std::string(left, ' ');
    } else {
      text.resize(left, ' ');
    }
    std::string last = text.substr(text.rfind('\n') + 1);
    text.resize(text.size() - last.size());
    return text + wrapped(last + meaning, left, columns_) + "\n";
  }

  std::size_t columns_;
};

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

std::string help_command(const CLI::App& app) {
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

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// The first word that no option takes and no command is.
std::string command_problem(const CLI::App& app, const CLI::App& at,
                            const std::vector<std::string>& commands,
                            const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with('-') || words[i] == at.get_name()) {
      if (takes_next_word(app, words[i])) ++i;
      continue;
    }
    if (contains(commands, words[i])) continue;
    return "there is no command '" + words[i] + "'" + did_you_mean(words[i], commands);
  }
  return "a command is missing";
}

// Empty when all long options are known.
std::string option_problem(const CLI::App& app, const CLI::App& at,
                           const std::vector<std::string>& words) {
  std::vector<std::string> known = options_of(at);
  for (const std::string& global : options_of(app)) known.push_back(global);
  for (const std::string& word : words) {
    if (word == "--") break;
    const std::string name = word.substr(0, word.find('='));
    if (name.starts_with("--") && !contains(known, name)) {
      return "there is no option " + name + did_you_mean(name, known);
    }
  }
  return {};
}

// `OPTION: text` of CLI11's own errors, cut in two; the first is empty in another text.
std::pair<std::string, std::string> cut(const std::string& text) {
  const auto colon = text.find(": ");
  if (colon == std::string::npos) return {{}, text};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

// "a, b or c".
std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

// What a check says: `VALUE not in {a,b}`, `Value V not in range 1 to 9`.
std::string bad_value(const std::string& option, const std::string& text) {
  const std::string set = " not in {";
  const auto at = text.find(set);
  if (at != std::string::npos && text.ends_with('}')) {
    const std::string value = text.substr(0, at);
    const std::string names = text.substr(at + set.size(), text.size() - at - set.size() - 1);
    const auto known = CLI::detail::split(names, ',');
    return option + " takes " + alternatives(known) + ", not '" + value + "'" +
           did_you_mean(value, known);
  }
  const std::string range = " not in range ";
  const auto bounds = text.find(range);
  if (text.starts_with("Value ") && bounds != std::string::npos) {
    return option + " takes a number from " + text.substr(bounds + range.size()) + ", not " +
           text.substr(6, bounds - 6);
  }
  return option + ": " + text;
}

std::string after(const std::string& text, std::string_view begin) {
  return text.starts_with(begin) ? text.substr(begin.size()) : std::string();
}

// `N required TYPE missing`, or a number of values that doesn't fit.
std::string count_problem(const std::string& option, const std::string& text) {
  const std::string required = " required ";
  const auto at = text.find(required);
  if (at != std::string::npos && text.ends_with(" missing")) {
    const auto from = at + required.size();
    return option + " needs a value: " + option + " " + text.substr(from, text.size() - from - 8);
  }
  return option + " is given too often, or with too many values";
}

// In the words of the option's page where the kind of the mistake is known.
std::string say_in_our_words(const CLI::App& at, const CLI::ParseError& error) {
  const std::string text = error.what();
  const auto [name, rest] = cut(text);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return text.ends_with(" is required") ? text.substr(0, text.size() - 12) + " is missing" : text;
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::string one = after(text, "The following argument was not expected: ");
    if (one.empty()) {
      return "these are too many arguments: " +
             after(text, "The following arguments were not expected: ");
    }
    return one.starts_with('-') ? "there is no option " + one
                                : "there is an argument too many: " + one;
  }
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return bad_value(name, rest);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    return count_problem(name, rest);
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    const std::string pair = after(text, "Could not convert: ");
    const auto equals = pair.find(" = ");
    if (equals == std::string::npos) return name.empty() ? text : name + " takes no value";
    const CLI::Option* option = at.get_option_no_throw(pair.substr(0, equals));
    if (option != nullptr && option->get_items_expected_max() == 0) {
      return pair.substr(0, equals) + " takes no value";
    }
    return pair.substr(0, equals) + " takes a number, not '" + pair.substr(equals + 3) + "'";
  }
  const auto pair_of = [&, &whole = text](std::string_view verb, std::string_view says) {
    const auto verb_at = whole.find(verb);
    return verb_at == std::string::npos
               ? whole
               : whole.substr(0, verb_at) + std::string(says) + whole.substr(verb_at + verb.size());
  };
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    return pair_of(" excludes ", " can't be given together with ");
  }
  if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
    return pair_of(" requires ", " goes with ");
  }
  return text;
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_layout() {
  return std::make_shared<HelpFormatter>();
}

// Without what checks append to it.
std::string value_word(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

Diagnostic usage_error(const CLI::App& app, const CLI::ParseError& error,
                       const std::vector<std::string>& words) {
  const CLI::App& at = innermost(app);
  const std::vector<std::string> commands = commands_of(at);
  Diagnostic d;
  d.code = "E-ARG-USAGE";
  d.hint = help_command(at);
  d.message =
      commands.empty() ? option_problem(app, at, words) : command_problem(app, at, commands, words);
  if (d.message.empty()) d.message = say_in_our_words(at, error);
  return d;
}

}  // namespace stateferry::cli
