#include "variables.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <regex>
#include <unordered_map>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "text_checks.hpp"

namespace stateferry {

namespace {

constexpr rules::WordOf<VarType> kVarTypes[] = {{VarType::string, {}, "string"},
                                                {VarType::uri_prefix, {}, "uri-prefix"},
                                                {VarType::integer, {}, "integer"},
                                                {VarType::boolean, {}, "boolean"}};

}  // namespace

std::string_view var_type_name(VarType type) noexcept {
  return rules::words(kVarTypes).name(type);
}

}  // namespace stateferry

namespace stateferry::rules {

using Kind = ParamNode::Kind;

// --- the command line ---------------------------------------------------------------------------

namespace {

/// The `=` behind the name; in the path of a parameter, keys in quotes may hold others.
std::size_t find_equals(const std::string& text) {
  if (!text.starts_with("steps.")) return text.find('=');
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '=' && !quoted) return i;
  }
  return std::string::npos;
}

/// The argument up to its `=`, and the rest with a place in a text of its own.
std::optional<SetArgument> split_argument(const std::string& text) {
  const auto equals = find_equals(text);
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  auto source = std::make_shared<SourceText>();
  source->name = "--set";
  source->text = text;
  SetArgument argument;
  argument.name = text.substr(0, equals);
  argument.value = text.substr(equals + 1);
  argument.name_mark = {source, 1, 1};
  argument.value_mark = {source, 1, static_cast<int>(equals) + 2};
  return argument;
}

}  // namespace

std::vector<SetArgument> parse_set_arguments(const std::vector<std::string>& arguments,
                                             Problems& problems) {
  std::vector<SetArgument> parsed;
  for (const std::string& text : arguments) {
    auto argument = split_argument(text);
    if (!argument) {
      // The text may be a secret, so it isn't shown.
      problems.error_about("--set", "E-ARG-USAGE", "an argument is not NAME=VALUE",
                           "--set to=s3://bucket/dir, or --set steps.ID.with.KEY=VALUE");
    } else if (std::any_of(parsed.begin(), parsed.end(), [&](const SetArgument& earlier) {
                 return earlier.name == argument->name;
               })) {
      problems.error_about("--set " + argument->name, "E-RULE-DUPLICATE", "this is set twice");
    } else {
      parsed.push_back(std::move(*argument));
    }
  }
  return parsed;
}

// --- declarations -------------------------------------------------------------------------------

namespace {

/// ECMAScript without back references, matched in time linear in the text (a switch of libstdc++,
/// which the plugin interface asks for anyway).
std::regex compile(const std::string& pattern) {
  return std::regex(pattern, std::regex_constants::ECMAScript | std::regex_constants::__polynomial);
}

struct Pattern {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            VarSpec& spec) const {
    static constexpr std::size_t kMaxPattern = 500;
    std::string pattern;
    if (!read_text(node, subject, pattern, problems)) return false;
    if (spec.type == VarType::integer || spec.type == VarType::boolean) {
      problems.error(node.mark, "E-RULE-VALUE", subject + " is for texts only");
      return false;
    }
    try {
      if (pattern.size() > kMaxPattern) throw std::regex_error(std::regex_constants::error_space);
      compile(pattern);
    } catch (const std::regex_error&) {
      problems.error(node.mark, "E-RULE-VALUE", subject + " is not a regular expression",
                     "ECMAScript without back references, at most " + std::to_string(kMaxPattern) +
                         " bytes; it must match the whole value");
      return false;
    }
    spec.pattern = std::move(pattern);
    return true;
  }
  ParamNode print(const VarSpec& spec) const { return kText.print(spec.pattern); }
  Json schema(Variable variable) const { return kText.schema(variable); }
};

std::optional<ValueProblem> problem_with_env(const std::string& name) {
  const bool is_name = !name.empty() && !is_digit(name.front()) &&
                       std::all_of(name.begin(), name.end(),
                                   [](char c) { return c == '_' || is_letter_or_digit(c); });
  if (is_name) return std::nullopt;
  return ValueProblem{"E-RULE-VALUE", "'env' can't be '" + name + "'",
                      "the name of one environment variable, without '$'"};
}
constexpr Text kEnv{problem_with_env, "^[A-Za-z_][A-Za-z0-9_]*$",
                    "must be the name of an environment variable, without $"};

/// A value whose type is that of the variable, and is looked at with the others.
struct Default {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            ParamNode& value) const {
    value = node;
    return node.kind != Kind::null || expect_kind(node, subject, Kind::scalar, problems);
  }
  ParamNode print(const ParamNode& value) const { return value; }
  Json schema(Variable) const { return text_schema(); }
};

void check_contradictions(const VarDeclaration& declaration, const Section& section,
                          Problems& problems) {
  if (declaration.default_value.kind == Kind::null) return;
  const VarSpec& spec = declaration.spec;
  if (spec.secret) {
    problems.hide_line(declaration.default_value.mark);
    problems.error(section.key_mark("default"), "E-RULE-VALUE",
                   "a secret variable can't have a default: anybody could read it here",
                   "give the value in an environment variable");
  }
  if (spec.required) {
    problems.error(section.key_mark("required"), "E-RULE-VALUE",
                   "a variable with a default can't be required", "remove one of the two");
  }
}

}  // namespace

void declare_variable(Section& section, VarDeclaration& declaration) {
  VarSpec& spec = declaration.spec;
  section.key("type", "what the value must be", words(kVarTypes, nullptr, {VarType::string}),
              spec.type);
  section.key("description", "for people", kLongText, spec.description);
  section.key("default", "the value when nothing else gives one", Default{},
              declaration.default_value);
  section.key("env", "the one environment variable that may give the value",
              Marked{kEnv, declaration.env_mark}, spec.env);
  section.key("required", "without a value the file is an error", kFlag, spec.required);
  section.key("secret", "the value is never printed, and may be used in 'with' only", kFlag,
              spec.secret);
  section.key("pattern", "a regular expression that must match the whole value", Pattern{}, spec);
}

namespace {

VarDeclaration read_declaration(const std::string& name, const ParamNode& node,
                                const SourceMark& mark, Problems& problems) {
  VarDeclaration declaration;
  VarSpec& spec = declaration.spec;
  spec.name = name;
  spec.mark = mark;
  Section section(node, "variable '" + name + "'", problems);
  declare_variable(section, declaration);
  check_contradictions(declaration, section, problems);
  section.finish();
  return declaration;
}

}  // namespace

void read_declarations(const ParamNode& vars, std::vector<VarDeclaration>& declarations,
                       Problems& problems) {
  if (!expect_kind(vars, "'vars'", Kind::map, problems)) return;
  std::unordered_map<std::string, SourceMark> names;
  for (const VarDeclaration& earlier : declarations) {
    names.emplace(earlier.spec.name, earlier.spec.mark);
  }
  for (const auto& [key, value] : vars.entries) {
    if (is_annotation(key.scalar)) continue;
    if (!is_identifier(key.scalar)) {
      problems.error(key.mark, "E-RULE-VALUE",
                     "a variable can't have the name '" + key.scalar + "'",
                     "letters, digits, '-' and '_', beginning with a letter");
      continue;
    }
    const auto [earlier, is_new] = names.emplace(key.scalar, key.mark);
    if (!is_new) {
      problems.error(key.mark, "E-RULE-DUPLICATE",
                     "the variable '" + key.scalar + "' is declared already", {},
                     {"first at " + place_text(earlier->second)});
      continue;
    }
    declarations.push_back(read_declaration(key.scalar, value, key.mark, problems));
  }
}

// --- values -------------------------------------------------------------------------------------

namespace {

/// A value on its way to a variable.
struct Candidate {
  ParamNode node;
  VarOrigin origin = VarOrigin::unset;
  std::string from;  ///< for messages: `, from the environment variable X,`
};

/// What is wrong with a value as text.
std::optional<ValueProblem> encoding_problem(const std::string& text) {
  static constexpr std::size_t kMaxValue = 65535;
  if (text.size() > kMaxValue) return ValueProblem{"E-RULE-VALUE", "is too long", {}};
  if (!is_utf8(text)) return ValueProblem{"E-RULE-VALUE", "is not UTF-8 text", {}};
  if (!has_control(text)) return std::nullopt;
  return ValueProblem{"E-RULE-VALUE", "can't hold a line break or control character", {}};
}

void report_value(const VarSpec& spec, const Candidate& candidate, const ValueProblem& problem,
                  Problems& problems) {
  const std::string message = "variable '" + spec.name + "'" + candidate.from + " " + problem.text;
  // The line may hold the value, and that may be a secret or unfit for a terminal.
  const bool can_show = !spec.secret && !encoding_problem(candidate.node.scalar);
  if (can_show) {
    problems.error(candidate.node.mark, problem.code, message, problem.hint);
  } else if (candidate.origin == VarOrigin::command_line) {
    problems.error_about("--set " + spec.name, problem.code, message, problem.hint);
  } else {
    problems.error_without_line(candidate.node.mark, problem.code, message, problem.hint);
  }
}

std::optional<ValueProblem> read_typed(const ParamNode& node, VarType type, std::string& value) {
  std::int64_t number = 0;
  bool flag = false;
  switch (type) {
    case VarType::uri_prefix:
      return read_uri_prefix(node, value);
    case VarType::integer:
      if (auto problem = read_integer(node, number)) return problem;
      value = std::to_string(number);
      return std::nullopt;
    case VarType::boolean:
      if (auto problem = read_boolean(node, flag)) return problem;
      value = flag ? "true" : "false";
      return std::nullopt;
    case VarType::string:
      break;
  }
  return stateferry::read_text(node, value);
}

std::optional<ValueProblem> reference_problem(const Candidate& candidate) {
  const bool is_from_file =
      candidate.origin == VarOrigin::default_value || candidate.origin == VarOrigin::test;
  if (!is_from_file || candidate.node.scalar.find("${") == std::string::npos) return std::nullopt;
  return ValueProblem{"E-RULE-VARIABLE", "can't be made of other variables", {}};
}

std::optional<ValueProblem> pattern_problem(const VarSpec& spec, const ParamNode& node) {
  static constexpr std::size_t kMaxMatched = 4096;
  if (spec.pattern.empty()) return std::nullopt;
  if (node.scalar.size() > kMaxMatched) {
    return ValueProblem{"E-RULE-VALUE", "is too long to be matched with a pattern", {}};
  }
  if (std::regex_match(node.scalar, compile(spec.pattern))) return std::nullopt;
  return ValueProblem{
      "E-RULE-VALUE", "must match '" + spec.pattern + "', which " + shown(node) + " does not", {}};
}

void assign(VarSpec& spec, Candidate candidate, Problems& problems) {
  candidate.node.secret = spec.secret;
  std::string value;
  auto problem = encoding_problem(candidate.node.scalar);
  if (!problem) problem = reference_problem(candidate);
  if (!problem) problem = read_typed(candidate.node, spec.type, value);
  if (!problem) problem = pattern_problem(spec, candidate.node);
  if (problem) report_value(spec, candidate, *problem, problems);
  spec.sound = !problem;
  spec.value = std::move(value);
  spec.origin = candidate.origin;
}

std::optional<Candidate> find_candidate(const VarDeclaration& declaration,
                                        const std::vector<SetArgument>& arguments,
                                        const RuleInputs& inputs) {
  const VarSpec& spec = declaration.spec;
  for (const VarValue& value : inputs.vars) {
    if (value.name == spec.name) {
      return Candidate{plain_text(value.text, value.mark), VarOrigin::test, {}};
    }
  }
  for (const SetArgument& argument : arguments) {
    if (argument.name == spec.name) {
      return Candidate{
          plain_text(argument.value, argument.value_mark), VarOrigin::command_line, {}};
    }
  }
  if (!spec.env.empty() && inputs.env) {
    if (const auto value = inputs.env(spec.env)) {
      return Candidate{plain_text(*value, declaration.env_mark), VarOrigin::environment,
                       ", from the environment variable " + spec.env + ","};
    }
  }
  if (declaration.default_value.kind == Kind::null) return std::nullopt;
  return Candidate{declaration.default_value, VarOrigin::default_value, {}};
}

void report_unknown_arguments(const std::vector<SetArgument>& arguments, const Variables& variables,
                              Problems& problems) {
  for (const SetArgument& argument : arguments) {
    if (argument.name.starts_with("steps.") || variables.find(argument.name) != nullptr) continue;
    problems.error_about("--set " + argument.name, "E-RULE-VARIABLE",
                         "there is no variable '" + argument.name + "'" +
                             did_you_mean(argument.name, variables.names()));
  }
}

}  // namespace

const VarSpec* Variables::find(std::string_view name) const noexcept {
  const auto found = std::find_if(specs_.begin(), specs_.end(),
                                  [&](const VarSpec& spec) { return spec.name == name; });
  return found == specs_.end() ? nullptr : &*found;
}

std::vector<std::string> Variables::names() const {
  std::vector<std::string> names;
  for (const VarSpec& spec : specs_) names.push_back(spec.name);
  return names;
}

std::string ways_to_set(const VarSpec& variable) {
  const std::string command_line = "give it with --set " + variable.name + "=VALUE";
  if (variable.env.empty()) {
    return command_line + ", or name an environment variable for it with 'env'";
  }
  return command_line + " or in the environment variable " + variable.env;
}

Variables Variables::resolve(const std::vector<VarDeclaration>& declarations,
                             const std::vector<SetArgument>& arguments, const RuleInputs& inputs,
                             Problems& problems) {
  Variables variables;
  for (const VarDeclaration& declaration : declarations) {
    VarSpec spec = declaration.spec;
    if (auto candidate = find_candidate(declaration, arguments, inputs)) {
      assign(spec, std::move(*candidate), problems);
    } else if (spec.required && !inputs.allow_unset) {
      problems.error(spec.mark, "E-RULE-VARIABLE", "variable '" + spec.name + "' has no value",
                     ways_to_set(spec));
    }
    variables.specs_.push_back(std::move(spec));
  }
  report_unknown_arguments(arguments, variables, problems);
  return variables;
}

Variables Variables::with_values(const std::vector<VarValue>& values, Problems& problems) const {
  Variables changed = *this;
  for (const VarValue& value : values) {
    for (VarSpec& spec : changed.specs_) {
      if (spec.name != value.name) continue;
      assign(spec, Candidate{plain_text(value.text, value.mark), VarOrigin::test, {}}, problems);
    }
  }
  return changed;
}

}  // namespace stateferry::rules
