#include "support/completion.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/dump.hpp"
#include "support/config.hpp"
#include "support/console.hpp"
#include "support/files.hpp"
#include "support/rule_loading.hpp"
#include "support/usage.hpp"

namespace stateferry::cli {
namespace {

// What the shell adds by itself.
enum class Places { none, files, directories };

struct Candidate {
  std::string text;
  std::string meaning;
};

struct Answer {
  Places places = Places::none;
  std::vector<Candidate> candidates;
};

// Where the cursor is.
struct Cursor {
  const CLI::App* at = nullptr;         // the innermost command
  const CLI::Option* option = nullptr;  // whose value is typed; null: none
  std::string option_head;              // `--to=` where the value stands in the same word
  std::string typed;                    // what is there of the word or the value
  std::vector<std::string> arguments;   // of the command, without options and their values
};

bool takes_value(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_min() > 0;
}

const CLI::Option* option_named(const CLI::App& at, const std::string& word) {
  for (const CLI::App* app = &at; app != nullptr; app = app->get_parent()) {
    if (const CLI::Option* option = app->get_option_no_throw(word)) return option;
  }
  return nullptr;
}

const CLI::App* command_named(const CLI::App& at, const std::string& word) {
  for (const CLI::App* sub : at.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == word) return sub;
  }
  return nullptr;
}

Cursor find_cursor(const CLI::App& app, const std::vector<std::string>& words) {
  Cursor cursor;
  cursor.at = &app;
  bool only_arguments = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool last = i + 1 == words.size();
    const std::string& word = words[i];
    if (cursor.option != nullptr) {  // its value
      if (last) break;
      cursor.option = nullptr;
      continue;
    }
    if (last) break;
    if (word == "--" && !only_arguments) {
      only_arguments = true;
    } else if (word.size() > 1 && word[0] == '-' && !only_arguments) {
      const CLI::Option* option = option_named(*cursor.at, word);
      if (takes_value(option)) cursor.option = option;
    } else if (const CLI::App* sub = command_named(*cursor.at, word)) {
      cursor.at = sub;
    } else {
      cursor.arguments.push_back(word);
    }
  }
  cursor.typed = words.empty() ? std::string() : words.back();
  const auto equals = cursor.typed.find('=');
  if (cursor.option == nullptr && !only_arguments && cursor.typed.starts_with("--") &&
      equals != std::string::npos) {
    const CLI::Option* option = option_named(*cursor.at, cursor.typed.substr(0, equals));
    if (takes_value(option)) {
      cursor.option = option;
      cursor.option_head = cursor.typed.substr(0, equals + 1);
      cursor.typed.erase(0, equals + 1);
    }
  }
  return cursor;
}

// The operators of the snapshots on the command line, as `--where` names them: of local files
// alone, since nobody waits for a store while typing.
class OperatorLister final : public PartVisitor {
 public:
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    // YAML reads such texts as JSON does.
    const std::string text = json_string(operator_text({index, op.id, op.uid, op.name}));
    all.push_back({"operator: " + text, to_utf8(op.name)});
  }
  std::vector<Candidate> all;
};

void add_operators(const Cursor& cursor, const Context& context, Answer& answer) {
  DiagnosticList ignored;
  PluginRegistry registry = open_registry(context);
  for (const std::string& argument : cursor.arguments) {
    try {
      PartReader snapshot(open_input(argument), registry, ignored);
      OperatorLister lister;
      snapshot.read(lister);
      for (Candidate& one : lister.all) answer.candidates.push_back(std::move(one));
    } catch (const std::exception&) {
      continue;  // no snapshot, or not here
    }
  }
}

void add_transforms(const Context& context, Answer& answer) {
  PluginRegistry registry = open_registry(context);
  registry.load_all();
  for (const PluginInfo& plugin : registry.list()) {
    if (plugin.kind != PluginKind::transform) continue;
    for (const PluginInfo::Item& item : plugin.items) {
      answer.candidates.push_back({item.name, item.summary});
    }
  }
}

// The schemes and buckets that the user's configuration knows.
void add_remotes(const Context& context, Answer& answer) {
  try {
    PluginRegistry registry = open_registry(context);
    const ParamNode root = load_config(config_path({}), registry);
    const ParamNode* remotes = root.find("remotes");
    if (remotes == nullptr) return;
    for (const ParamEntry& entry : remotes->entries) {
      const std::string& key = entry.key.scalar;
      const bool is_scheme = key.find(':') == std::string::npos;
      answer.candidates.push_back({key + (is_scheme ? "://" : "/"), "of the configuration"});
    }
  } catch (const std::exception&) {
    return;  // a broken configuration is told when it is used
  }
}

void add_codes(Answer& answer) {
  for (const CodeInfo& row : all_codes()) {
    answer.candidates.push_back({std::string(row.code), std::string(row.meaning)});
  }
}

// What a value can be, by the word that --help has for it.
void add_values(const std::string& type, const Cursor& cursor, const Context& context,
                Answer& answer) {
  if (type.find('|') != std::string::npos) {
    for (const std::string& word : CLI::detail::split(type, '|')) {
      answer.candidates.push_back({word, {}});
    }
  } else if (type == "DIR") {
    answer.places = Places::directories;
  } else if (type == "WHERE") {
    add_operators(cursor, context, answer);
  } else if (type == "FILE" || type == "METADATA" || type == "RULES") {
    answer.places = Places::files;
  } else if (type == "URI" || type == "FROM=TO") {
    answer.places = Places::files;
    add_remotes(context, answer);
  }
}

void add_options(const CLI::App& at, Answer& answer) {
  std::set<std::string> known;
  for (const CLI::App* app = &at; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        if (!known.insert(name).second) continue;
        answer.candidates.push_back({"--" + name, option->get_description()});
      }
    }
  }
}

void add_arguments(const Cursor& cursor, const Context& context, Answer& answer) {
  bool has_commands = false;
  for (const CLI::App* sub : cursor.at->get_subcommands([](const CLI::App*) { return true; })) {
    has_commands = true;
    answer.candidates.push_back({sub->get_name(), sub->get_description()});
  }
  if (has_commands) return;
  const std::string& command = cursor.at->get_name();
  if (command == "explain") return add_codes(answer);
  if (command == "describe") return add_transforms(context, answer);
  const auto shells = cursor.at->get_option_no_throw("SHELL");
  if (shells != nullptr) return add_values("bash|zsh|fish", cursor, context, answer);
  const auto options = cursor.at->get_options();
  if (std::none_of(options.begin(), options.end(),
                   [](const CLI::Option* option) { return option->get_positional(); })) {
    return;
  }
  answer.places = Places::files;
  add_remotes(context, answer);
}

std::string_view first_line(Places places) {
  switch (places) {
    case Places::files:
      return ":files\n";
    case Places::directories:
      return ":directories\n";
    case Places::none:
      break;
  }
  return ":\n";
}

}  // namespace

void print_completions(const CLI::App& app, const std::vector<std::string>& words,
                       const Context& context) {
  const Cursor cursor = find_cursor(app, words);
  Answer answer;
  if (cursor.option != nullptr) {
    add_values(value_word(*cursor.option), cursor, context, answer);
  } else if (cursor.typed.starts_with('-')) {
    add_options(*cursor.at, answer);
  } else {
    add_arguments(cursor, context, answer);
  }
  print_exactly(first_line(answer.places));
  for (const Candidate& one : answer.candidates) {
    if (!one.text.starts_with(cursor.typed)) continue;
    print_exactly(cursor.option_head + shown(one.text) +
                  (one.meaning.empty() ? "" : "\t" + shown(one.meaning)) + "\n");
  }
}

}  // namespace stateferry::cli
