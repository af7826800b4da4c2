#include "stateferry/plugin/params.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

ParamNode ParamNode::of(std::string text) {
  ParamNode node;
  node.kind = Kind::scalar;
  node.quoted = true;
  node.scalar = std::move(text);
  return node;
}

ParamNode ParamNode::of(std::vector<std::string> texts) {
  ParamNode node;
  node.kind = Kind::list;
  for (std::string& text : texts) node.items.push_back(of(std::move(text)));
  return node;
}

void ParamNode::add(std::string key, ParamNode value) {
  kind = Kind::map;
  ParamNode name = of(std::move(key));
  name.quoted = false;
  entries.push_back({std::move(name), std::move(value)});
}

const ParamNode* ParamNode::find(std::string_view key) const noexcept {
  for (const auto& [name, value] : entries) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

namespace {

using Kind = ParamNode::Kind;

// Long enough for any URI worth reading in a message.
constexpr std::size_t kShownBytes = 120;

/// The text of a scalar in quotes, cut when it is long; never that of a secret.
std::string shown(const ParamNode& node) {
  if (node.secret) return "the value of a secret variable";
  if (node.scalar.size() <= kShownBytes) return "'" + node.scalar + "'";
  std::size_t end = kShownBytes;
  // Not in the middle of a character.
  while (end > 0 && (static_cast<unsigned char>(node.scalar[end]) & 0xC0) == 0x80) --end;
  return "'" + node.scalar.substr(0, end) + "...'";
}

std::string kind_text(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::scalar:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::map:
      break;
  }
  return "a map";
}

/// The problem of a node that is no scalar at all.
std::optional<ValueProblem> not_a_scalar(const ParamNode& node, const std::string& wanted) {
  if (node.unresolved) return ValueProblem{};
  if (node.kind == Kind::scalar) return std::nullopt;
  if (node.kind == Kind::null) return ValueProblem{"E-RULE-TYPE", "has no value", {}};
  return ValueProblem{"E-RULE-TYPE", "must be " + wanted + ", not " + kind_text(node.kind), {}};
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<ValueProblem> read_text(const ParamNode& node, std::string& value) {
  if (auto problem = not_a_scalar(node, "a text")) return problem;
  value = node.scalar;
  return std::nullopt;
}

std::optional<ValueProblem> read_integer(const ParamNode& node, std::int64_t& value) {
  if (auto problem = not_a_scalar(node, "an integer")) return problem;
  const std::string_view text = node.scalar;
  ValueProblem problem{"E-RULE-TYPE", "must be an integer, not " + shown(node), {}};
  if (node.quoted) {
    problem.hint = "an integer stands without quotes, and a variable for one has 'type: integer'";
    return problem;
  }
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (!all_digits(digits)) {
    problem.hint = "integers are decimal digits, such as 10";
    return problem;
  }
  // YAML 1.1 reads 010 as eight, people as ten.
  if (digits.size() > 1 && digits.front() == '0') {
    problem.hint = "integers are decimal and have no leading zero";
    return problem;
  }
  std::int64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
    return ValueProblem{"E-RULE-VALUE", "must be an integer of 64 bits, not " + shown(node), {}};
  }
  value = number;
  return std::nullopt;
}

std::optional<ValueProblem> read_boolean(const ParamNode& node, bool& value) {
  if (auto problem = not_a_scalar(node, "true or false")) return problem;
  if (!node.quoted && (node.scalar == "true" || node.scalar == "false")) {
    value = node.scalar == "true";
    return std::nullopt;
  }
  ValueProblem problem{"E-RULE-TYPE", "must be true or false, not " + shown(node), {}};
  if (node.quoted) {
    problem.hint = "a boolean stands without quotes, and a variable for one has 'type: boolean'";
  }
  return problem;
}

namespace {

std::string uri_hint(const ParamNode& node) {
  if (node.secret) return {};
  const auto behind = node.scalar.find(':') + 1;
  if (has_scheme(node.scalar) && !std::string_view(node.scalar).substr(behind).starts_with('/')) {
    return "behind '" + node.scalar.substr(0, behind) + "' a '/' must follow";
  }
  return {};
}

}  // namespace

std::optional<ValueProblem> read_uri_prefix(const ParamNode& node, std::string& value) {
  if (auto problem = not_a_scalar(node, "an absolute URI")) return problem;
  if (node.scalar.empty()) return ValueProblem{"E-RULE-VALUE", "must not be empty", {}};
  // Without a scheme only a whole path, as some handles have it; two slashes would be a host.
  const bool is_bare = node.scalar.starts_with('/') && !node.scalar.starts_with("//");
  auto normal =
      has_scheme(node.scalar) || is_bare ? normalize_flink_path(node.scalar) : std::nullopt;
  if (!normal) {
    return ValueProblem{"E-RULE-VALUE",
                        "must be an absolute URI such as s3://bucket/dir, not " + shown(node),
                        uri_hint(node)};
  }
  // `s3://b/` and `s3://b` are the same prefix; `file:/` without its slash is no path.
  if (normal->ends_with('/') && !split_flink_path(*normal).authority.empty()) normal->pop_back();
  value = std::move(*normal);
  return std::nullopt;
}

struct ParamBinder::State {
  // Binding.
  const ParamNode* with = nullptr;  // null: no parameters were given
  SourceMark place;                 // blamed for what is missing
  const std::vector<std::string>* accepted = nullptr;
  std::vector<SourceMark> accepted_marks;
  DiagnosticSink* sink = nullptr;  // null: describing
  std::string group;               // name of the group that this binder serves; "" at the top
  State* parent = nullptr;         // of the group; null at the top
  struct Missing {
    std::string name;
    std::string help;
  };
  std::vector<Missing> missing;
  std::vector<std::string> params;   // names declared so far
  std::vector<std::string> hazards;  // declared so far, at the top
  std::vector<std::string> secrets;  // texts that no message may hold, at the top
  bool misplaced = false;            // the parameters are no map: nothing else is worth telling
  bool failed = false;
  bool finished = false;
  // Describing.
  TransformSchema* schema = nullptr;
  std::vector<ParamSchema>* described = nullptr;

  bool describing() const { return sink == nullptr; }
  State& top() { return parent == nullptr ? *this : parent->top(); }

  std::string subject(std::string_view name) const {
    const std::string in = group.empty() ? "" : " in '" + group + "'";
    return "parameter '" + std::string(name) + "'" + in;
  }

  void fail();
  void keep_secret(const ParamNode& node);
  std::string redacted(std::string text);
  void report(const SourceMark& mark, std::string code, std::string message, std::string hint,
              std::vector<std::string> notes = {});
  void report_problem(const std::string& what, const ParamNode& node, const ValueProblem& problem);

  ParamSchema* describe(std::string_view name, std::string_view help, ParamSchema::Type type,
                        bool required);
  const ParamNode* take(std::string_view name, std::string_view help, bool required);
  bool expect_kind(std::string_view name, const ParamNode& node, Kind kind);
  template <class T>
  void bind(std::string_view name, std::string_view help, bool required, ParamSchema::Type type,
            T& value, std::optional<ValueProblem> (*read)(const ParamNode&, T&));
  void bind_map(const std::string& name, const ParamNode& node,
                std::optional<ValueProblem> (*read)(const ParamNode&, std::string&),
                std::vector<MapEntry>& entries);
  void report_duplicates(const std::string& name, const std::vector<MapEntry>& bound);
  void bind_group(std::string_view name, const ParamNode& node,
                  const std::function<void(ParamBinder&)>& declare);
  bool read_texts(std::string_view name, const ParamNode& node, std::vector<std::string>& values);

  std::vector<std::string> report_unknown();
  void report_missing(const std::vector<std::string>& suggested);
  void report_hazards();
};

// --- messages -----------------------------------------------------------------------------------

void ParamBinder::State::keep_secret(const ParamNode& node) {
  if (node.secret && !node.scalar.empty()) {
    top().secrets.push_back(node.scalar);
    // A transform sees a URI prefix in its normal form, and may put that into a message.
    std::string normal;
    if (!read_uri_prefix(node, normal)) top().secrets.push_back(normal);
  }
  for (const ParamNode& item : node.items) keep_secret(item);
  for (const auto& [key, value] : node.entries) {
    keep_secret(key);
    keep_secret(value);
  }
}

std::string ParamBinder::State::redacted(std::string text) {
  static constexpr std::string_view kMask = "***";
  for (const std::string& secret : top().secrets) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

void ParamBinder::State::fail() {
  for (State* state = this; state != nullptr; state = state->parent) state->failed = true;
}

void ParamBinder::State::report(const SourceMark& mark, std::string code, std::string message,
                                std::string hint, std::vector<std::string> notes) {
  if (describing()) return;
  fail();
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.message = redacted(std::move(message));
  diagnostic.mark = mark ? mark : place;
  diagnostic.hint = redacted(std::move(hint));
  for (std::string& note : notes) diagnostic.notes.push_back(redacted(std::move(note)));
  sink->report(std::move(diagnostic));
}

void ParamBinder::State::report_problem(const std::string& what, const ParamNode& node,
                                        const ValueProblem& problem) {
  if (problem.code.empty()) {
    fail();
  } else {
    report(node.mark, problem.code, what + " " + problem.text, problem.hint);
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

// The node of a parameter; null when it is not given, which is noted if it must be.
const ParamNode* ParamBinder::State::take(std::string_view name, std::string_view help,
                                          bool required) {
  params.emplace_back(name);
  const ParamNode* node = with == nullptr ? nullptr : with->find(name);
  if (node == nullptr && required) {
    missing.push_back({std::string(name), std::string(help)});
    failed = true;
  }
  return node;
}

bool ParamBinder::State::expect_kind(std::string_view name, const ParamNode& node, Kind kind) {
  if (node.kind == kind) return true;
  if (node.unresolved) {
    fail();
    return false;
  }
  const std::string what = node.kind == Kind::null
                               ? " has no value"
                               : " must be " + kind_text(kind) + ", not " + kind_text(node.kind);
  report(node.mark, "E-RULE-TYPE", subject(name) + what, {});
  return false;
}

namespace {

/// A default as it would stand in YAML.
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

template <class T>
void ParamBinder::State::bind(std::string_view name, std::string_view help, bool required,
                              ParamSchema::Type type, T& value,
                              std::optional<ValueProblem> (*read)(const ParamNode&, T&)) {
  if (ParamSchema* param = describe(name, help, type, required)) {
    if (!required) param->default_text = yaml_text(value);
    return;
  }
  const ParamNode* node = take(name, help, required);
  if (node == nullptr) return;
  if (const auto problem = read(*node, value)) report_problem(subject(name), *node, *problem);
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
    if (first.key_mark) {
      notes.push_back("first at " + first.key_mark.source->name + ":" +
                      std::to_string(first.key_mark.line) + ":" +
                      std::to_string(first.key_mark.column));
    }
    report(again.key_mark, "E-RULE-DUPLICATE",
           "a key of " + subject(name) + " is there twice: '" + again.key + "'", {},
           std::move(notes));
  }
}

void ParamBinder::State::bind_group(std::string_view name, const ParamNode& node,
                                    const std::function<void(ParamBinder&)>& declare) {
  auto child = std::make_unique<State>();
  child->with = &node;
  child->place = node.mark;
  child->sink = sink;
  child->group = name;
  child->parent = this;
  ParamBinder binder(std::move(child));
  declare(binder);
  if (!binder.finish()) failed = true;
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

// --- the binder ---------------------------------------------------------------------------------

ParamBinder::ParamBinder(const ParamNode* with, SourceMark step,
                         const std::vector<std::string>& accepted, DiagnosticSink& sink,
                         std::vector<SourceMark> accepted_marks)
    : state_(std::make_unique<State>()) {
  state_->place = std::move(step);
  state_->accepted = &accepted;
  state_->accepted_marks = std::move(accepted_marks);
  state_->sink = &sink;
  if (with == nullptr || with->kind == Kind::null) return;
  if (with->kind == Kind::map) {
    state_->with = with;
    state_->keep_secret(*with);
  } else {
    state_->misplaced = true;
    state_->report(with->mark, "E-RULE-TYPE",
                   "the parameters must be a map, not " + kind_text(with->kind), {});
  }
}

ParamBinder::ParamBinder(TransformSchema& schema) : state_(std::make_unique<State>()) {
  state_->schema = &schema;
  state_->described = &schema.params;
}

ParamBinder::ParamBinder(std::unique_ptr<State> state) : state_(std::move(state)) {}
ParamBinder::~ParamBinder() = default;

using Type = ParamSchema::Type;

void ParamBinder::required(std::string_view name, std::string_view help, std::string& value) {
  state_->bind(name, help, true, Type::string, value, read_text);
}
void ParamBinder::required(std::string_view name, std::string_view help, std::int64_t& value) {
  state_->bind(name, help, true, Type::integer, value, read_integer);
}
void ParamBinder::required(std::string_view name, std::string_view help, bool& value) {
  state_->bind(name, help, true, Type::boolean, value, read_boolean);
}
void ParamBinder::optional(std::string_view name, std::string_view help, std::string& value) {
  state_->bind(name, help, false, Type::string, value, read_text);
}
void ParamBinder::optional(std::string_view name, std::string_view help, std::int64_t& value) {
  state_->bind(name, help, false, Type::integer, value, read_integer);
}
void ParamBinder::optional(std::string_view name, std::string_view help, bool& value) {
  state_->bind(name, help, false, Type::boolean, value, read_boolean);
}
void ParamBinder::required_uri_prefix(std::string_view name, std::string_view help,
                                      std::string& value) {
  state_->bind(name, help, true, Type::uri_prefix, value, read_uri_prefix);
}
void ParamBinder::optional_uri_prefix(std::string_view name, std::string_view help,
                                      std::string& value) {
  state_->bind(name, help, false, Type::uri_prefix, value, read_uri_prefix);
}

void ParamBinder::one_of(std::string_view name, std::string_view help,
                         const std::vector<std::string>& allowed, std::string& value,
                         bool is_required) {
  if (ParamSchema* param = state_->describe(name, help, Type::string, is_required)) {
    param->allowed = allowed;
    if (!is_required) param->default_text = yaml_text(value);
    return;
  }
  const ParamNode* node = state_->take(name, help, is_required);
  if (node == nullptr) return;
  std::string word;
  if (const auto problem = read_text(*node, word)) {
    state_->report_problem(state_->subject(name), *node, *problem);
  } else if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) {
    value = std::move(word);
  } else {
    state_->report(node->mark, "E-RULE-VALUE",
                   state_->subject(name) + " can't be " + shown(*node) +
                       (node->secret ? std::string() : did_you_mean(word, allowed)),
                   "one of " + joined(allowed));
  }
}

void ParamBinder::list(std::string_view name, std::string_view help,
                       std::vector<std::string>& values, bool is_required) {
  if (ParamSchema* param = state_->describe(name, help, Type::list, is_required)) {
    if (!is_required) param->default_text = yaml_text(values);
    param->children.emplace_back();
    return;
  }
  const ParamNode* node = state_->take(name, help, is_required);
  if (node == nullptr) return;
  std::vector<std::string> bound;
  if (!state_->read_texts(name, *node, bound)) return;
  if (is_required && bound.empty()) {
    state_->report(node->mark, "E-RULE-VALUE", state_->subject(name) + " must not be empty", {});
  } else {
    values = std::move(bound);
  }
}

void ParamBinder::uri_prefix_map(std::string_view name, std::string_view help,
                                 std::vector<MapEntry>& entries) {
  if (ParamSchema* param = state_->describe(name, help, Type::map, true)) {
    param->children.emplace_back().type = Type::uri_prefix;
    return;
  }
  const ParamNode* node = state_->take(name, help, true);
  if (node == nullptr || !state_->expect_kind(name, *node, Kind::map)) return;
  if (node->entries.empty()) {
    state_->report(node->mark, "E-RULE-VALUE", state_->subject(name) + " must not be empty", {});
  }
  state_->bind_map(std::string(name), *node, read_uri_prefix, entries);
}

void ParamBinder::map(std::string_view name, std::string_view help, std::vector<MapEntry>& entries,
                      bool is_required) {
  if (ParamSchema* param = state_->describe(name, help, Type::map, is_required)) {
    param->children.emplace_back();
    return;
  }
  const ParamNode* node = state_->take(name, help, is_required);
  if (node == nullptr || !state_->expect_kind(name, *node, Kind::map)) return;
  if (is_required && node->entries.empty()) {
    state_->report(node->mark, "E-RULE-VALUE", state_->subject(name) + " must not be empty", {});
  }
  state_->bind_map(std::string(name), *node, read_text, entries);
}

void ParamBinder::group(std::string_view name, std::string_view help,
                        const std::function<void(ParamBinder&)>& declare, bool is_required) {
  if (ParamSchema* param = state_->describe(name, help, Type::group, is_required)) {
    auto child = std::make_unique<State>();
    child->schema = state_->schema;
    child->described = &param->children;
    ParamBinder binder(std::move(child));
    declare(binder);
    return;
  }
  const ParamNode* node = state_->take(name, help, is_required);
  if (node == nullptr || !state_->expect_kind(name, *node, Kind::map)) return;
  state_->bind_group(name, *node, declare);
}

void ParamBinder::group_list(std::string_view name, std::string_view help,
                             const std::function<void(ParamBinder&)>& declare, bool is_required) {
  if (ParamSchema* param = state_->describe(name, help, Type::list, is_required)) {
    ParamSchema& element = param->children.emplace_back();
    element.type = Type::group;
    auto child = std::make_unique<State>();
    child->schema = state_->schema;
    child->described = &element.children;
    ParamBinder binder(std::move(child));
    declare(binder);
    return;
  }
  const ParamNode* node = state_->take(name, help, is_required);
  if (node == nullptr || !state_->expect_kind(name, *node, Kind::list)) return;
  if (is_required && node->items.empty()) {
    state_->report(node->mark, "E-RULE-VALUE", state_->subject(name) + " must not be empty", {});
  }
  for (const ParamNode& item : node->items) {
    if (item.kind == Kind::map) {
      state_->bind_group(name, item, declare);
    } else if (item.unresolved) {
      state_->fail();
    } else {
      state_->report(
          item.mark, "E-RULE-TYPE",
          "an element of " + state_->subject(name) + " must be a map, not " + kind_text(item.kind),
          {});
    }
  }
}

bool ParamBinder::hazard(std::string_view name, std::string_view help) {
  State& top = state_->top();
  if (state_->describing()) {
    state_->schema->hazards.push_back({std::string(name), std::string(help)});
    return false;
  }
  top.hazards.emplace_back(name);
  return std::find(top.accepted->begin(), top.accepted->end(), name) != top.accepted->end();
}

bool ParamBinder::given(std::string_view name) const noexcept {
  return state_->with != nullptr && state_->with->find(name) != nullptr;
}

SourceMark ParamBinder::mark(std::string_view name) const {
  const ParamNode* node = state_->with == nullptr ? nullptr : state_->with->find(name);
  return node == nullptr ? state_->place : node->mark;
}

void ParamBinder::error(std::string_view name, std::string code, std::string message,
                        std::string hint) {
  state_->report(mark(name), std::move(code), std::move(message), std::move(hint));
}

void ParamBinder::error_at(const SourceMark& mark, std::string code, std::string message,
                           std::string hint) {
  state_->report(mark, std::move(code), std::move(message), std::move(hint));
}

// --- the end of configure() ---------------------------------------------------------------------

// Returns the names that were suggested.
std::vector<std::string> ParamBinder::State::report_unknown() {
  std::vector<std::string> suggested;
  if (with == nullptr) return suggested;
  const std::string in = group.empty() ? "" : " in '" + group + "'";
  for (const auto& [key, value] : with->entries) {
    const std::string& name = key.scalar;
    if (name.starts_with("x-")) continue;
    if (key.unresolved) {
      fail();
      continue;
    }
    if (std::find(params.begin(), params.end(), name) != params.end()) continue;
    const auto meant = key.secret ? std::nullopt : nearest(name, params);
    if (meant) suggested.push_back(*meant);
    std::string hint;
    if (!meant) {
      hint = params.empty() ? "there are no parameters here"
                            : "the parameters here are " + joined(params);
    }
    report(key.mark, "E-RULE-UNKNOWN",
           "unknown parameter " +
               (key.secret ? "whose name is the value of a secret variable" : shown(key)) + in +
               (meant ? ", did you mean '" + *meant + "'?" : ""),
           std::move(hint));
  }
  return suggested;
}

void ParamBinder::State::report_missing(const std::vector<std::string>& suggested) {
  if (misplaced) return;
  for (const Missing& param : missing) {
    // The unknown name was told with this one as its correction: one mistake, one message.
    if (std::find(suggested.begin(), suggested.end(), param.name) != suggested.end()) continue;
    report(place, "E-RULE-MISSING", "missing " + subject(param.name),
           param.help.empty() ? "" : param.name + ": " + param.help);
  }
}

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

bool ParamBinder::finish() {
  State& state = *state_;
  if (state.describing()) return false;
  if (!state.finished) {
    state.finished = true;
    state.report_missing(state.report_unknown());
    state.report_hazards();
  }
  return !state.failed;
}

}  // namespace stateferry
