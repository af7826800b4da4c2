#include "param_binder_state.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/diagnostic.hpp"

namespace stateferry {

// --- messages -----------------------------------------------------------------------------------

void ParamMessages::fail() {
  for (ParamMessages* m = this; m != nullptr; m = m->above) m->failed = true;
}

void ParamMessages::report(const SourceMark& mark, std::string code, std::string message,
                           std::string hint, std::vector<std::string> notes) {
  if (describing()) return;
  fail();
  const ParamMessages* top = this;
  while (top->above != nullptr) top = top->above;
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.message = top->secrets.redacted(std::move(message));
  diagnostic.mark = mark ? mark : place;
  diagnostic.hint = top->secrets.redacted(std::move(hint));
  for (std::string& note : notes)
    diagnostic.notes.push_back(top->secrets.redacted(std::move(note)));
  sink->report(std::move(diagnostic));
}

void ParamMessages::report_problem(const std::string& what, const ParamNode& node,
                                   const ValueProblem& problem) {
  report_problem({node.mark, {problem.code, what + " " + problem.text, problem.hint}});
}

void ParamMessages::report_problem(const MapFields::Problem& problem) {
  if (problem.what.code.empty()) {
    fail();
  } else {
    report(problem.mark, problem.what.code, problem.what.text, problem.what.hint);
  }
}

// --- declaring and reading ----------------------------------------------------------------------

ParamSchema* ParamBinder::State::describe(std::string_view name, std::string_view help,
                                          ParamSchema::Type type, bool required) {
  if (!describing()) return nullptr;
  ParamSchema param;
  param.name = name;
  param.help = help;
  param.type = type;
  param.required = required;
  described->push_back(std::move(param));
  return &described->back();
}

void ParamBinder::State::bind_to(const ParamNode* map) {
  with = map;
  fields = MapFields(map, noun, in(), place);
}

// The node of a parameter; null when it is not given, which is noted if it must be.
const ParamNode* ParamBinder::State::take(std::string_view name, std::string_view help,
                                          bool required) {
  const ParamNode* node = fields.find(name);
  // A section whose lines are all commented out.
  if (shared && node != nullptr && node->kind == Kind::null) node = nullptr;
  if (node == nullptr && required) {
    fields.miss(name, help.empty() ? "" : std::string(name) + ": " + std::string(help));
  }
  return node;
}

bool ParamBinder::State::expect_kind(std::string_view name, const ParamNode& node, Kind kind) {
  const auto problem = kind_problem(node, kind);
  if (problem) report_problem(subject(name), node, *problem);
  return !problem;
}

std::string yaml_text(const std::string& value) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  const bool is_word = value.find_first_not_of(kPlain) == std::string::npos;
  const bool is_number = !value.empty() && std::string_view("-.0123456789").find(value.front()) !=
                                               std::string_view::npos;
  const bool is_reserved = value == "true" || value == "false" || value == "null";
  if (value.empty() || (is_word && !is_number && !is_reserved)) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}
std::string yaml_text(std::int64_t value) {
  return std::to_string(value);
}
std::string yaml_text(bool value) {
  return value ? "true" : "false";
}

std::string yaml_text(const std::vector<std::string>& values) {
  if (values.empty()) return {};
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "[" : ", ") + yaml_text(value);
  return text + "]";
}

void ParamBinder::State::take_map(std::string_view name, std::string_view help, bool required,
                                  ParamSchema::Type element,
                                  std::optional<ValueProblem> (*read)(const ParamNode&,
                                                                      std::string&),
                                  std::vector<MapEntry>& entries) {
  if (ParamSchema* param = describe(name, help, ParamSchema::Type::map, required)) {
    param->children.emplace_back().type = element;
    return;
  }
  const ParamNode* node = take(name, help, required);
  if (node == nullptr || !expect_kind(name, *node, Kind::map)) return;
  expect_some(name, *node, required);
  bind_map(std::string(name), *node, read, entries);
}

// Keys and values both go through `read`; two keys that become the same text are told.
void ParamBinder::State::bind_map(const std::string& name, const ParamNode& node,
                                  std::optional<ValueProblem> (*read)(const ParamNode&,
                                                                      std::string&),
                                  std::vector<MapEntry>& entries) {
  std::vector<MapEntry> bound;
  bool good = true;
  for (const auto& [key, value] : node.entries) {
    MapEntry entry{{}, {}, key.mark, value.mark};
    const auto key_problem = read(key, entry.key);
    if (key_problem) report_problem("a key of " + subject(name), key, *key_problem);
    const auto value_problem = read(value, entry.value);
    if (value_problem) report_problem("a value of " + subject(name), value, *value_problem);
    if (key_problem || value_problem) {
      good = false;
      continue;
    }
    bound.push_back(std::move(entry));
  }
  report_duplicates(name, bound);
  if (good) entries = std::move(bound);
}

// Sorts, for maps with thousands of entries.
void ParamBinder::State::report_duplicates(const std::string& name,
                                           const std::vector<MapEntry>& bound) {
  std::vector<const MapEntry*> sorted;
  sorted.reserve(bound.size());
  for (const MapEntry& entry : bound) sorted.push_back(&entry);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const MapEntry* a, const MapEntry* b) { return a->key < b->key; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const MapEntry& first = *sorted[i - 1];
    const MapEntry& again = *sorted[i];
    if (first.key != again.key) continue;
    std::vector<std::string> notes;
    if (first.key_mark) notes.push_back("first at " + place_text(first.key_mark));
    report(again.key_mark, "E-RULE-DUPLICATE",
           "a key of " + subject(name) + " is there twice: '" + again.key + "'", {},
           std::move(notes));
  }
}

void ParamBinder::State::bind_group(std::string_view name, const ParamNode& node,
                                    const std::function<void(ParamBinder&)>& declare) {
  auto child = std::make_unique<State>();
  child->place = node.mark;
  child->sink = sink;
  child->group = name;
  child->noun = noun;
  child->bind_to(&node);
  child->parent = this;
  child->above = this;
  ParamBinder binder(std::move(child));
  declare(binder);
  if (!binder.finish()) failed = true;
}

// Lists and maps that must be there must not be empty either.
bool ParamBinder::State::expect_some(std::string_view name, const ParamNode& node, bool required) {
  if (!required || !node.items.empty() || !node.entries.empty() || node.kind == Kind::scalar) {
    return true;
  }
  report(node.mark, "E-RULE-VALUE", subject(name) + " must not be empty", {});
  return false;
}

void ParamBinder::State::describe_members(ParamSchema& param,
                                          const std::function<void(ParamBinder&)>& declare) const {
  auto child = std::make_unique<State>();
  child->schema = schema;
  child->described = &param.children;
  ParamBinder binder(std::move(child));
  declare(binder);
}

bool ParamBinder::State::read_texts(std::string_view name, const ParamNode& node,
                                    std::vector<std::string>& values) {
  const auto read_one = [&](const ParamNode& item) {
    std::string text;
    const auto problem = read_text(item, text);
    if (problem) report_problem("an element of " + subject(name), item, *problem);
    values.push_back(std::move(text));
    return !problem;
  };
  if (node.kind == Kind::scalar) return read_one(node);
  if (!expect_kind(name, node, Kind::list)) return false;
  bool good = true;
  for (const ParamNode& item : node.items) good = read_one(item) && good;
  return good;
}

// --- the end of configure() ---------------------------------------------------------------------

void ParamBinder::State::report_hazards() {
  if (parent != nullptr) return;
  for (std::size_t i = 0; i < accepted->size(); ++i) {
    const std::string& name = (*accepted)[i];
    if (std::find(hazards.begin(), hazards.end(), name) != hazards.end()) continue;
    const auto meant = nearest(name, hazards);
    std::string hint;
    if (!meant) {
      hint = hazards.empty() ? "this transform has no hazards"
                             : "the hazards of this transform are " + joined(hazards);
    }
    report(i < accepted_marks.size() ? accepted_marks[i] : place, "E-RULE-UNKNOWN",
           "unknown hazard '" + name + "'" + (meant ? ", did you mean '" + *meant + "'?" : ""),
           std::move(hint));
  }
}

}  // namespace stateferry
