#include "stateferry/plugin/params.hpp"

#include <algorithm>
#include <utility>

#include "param_binder_state.hpp"

namespace stateferry {
namespace {

using Kind = ParamNode::Kind;
const std::vector<std::string> kNoHazards;

}  // namespace

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
    state_->secrets.keep(*with);
    state_->bind_to(with);
  } else {
    state_->misplaced = true;
    state_->report(with->mark, "E-RULE-TYPE",
                   "the parameters must be a map, not " + kind_text(with->kind), {});
  }
}

ParamBinder::ParamBinder(const ParamNode& config, DiagnosticSink& sink)
    : ParamBinder(&config, config.mark, kNoHazards, sink) {
  state_->noun = "key";
  state_->shared = true;
  state_->bind_to(state_->with);
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
    state_->report_problem(state_->subject(name), *node, choice_problem(*node, allowed));
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
  if (state_->expect_some(name, *node, is_required)) values = std::move(bound);
}

void ParamBinder::uri_prefix_map(std::string_view name, std::string_view help,
                                 std::vector<MapEntry>& entries) {
  state_->take_map(name, help, true, Type::uri_prefix, read_uri_prefix, entries);
}

void ParamBinder::map(std::string_view name, std::string_view help, std::vector<MapEntry>& entries,
                      bool is_required) {
  state_->take_map(name, help, is_required, Type::string, read_text, entries);
}

void ParamBinder::map_of_texts_or_maps(std::string_view name, std::string_view help,
                                       std::vector<TextOrMap>& entries) {
  if (ParamSchema* param = state_->describe(name, help, Type::map, false)) {
    param->children.emplace_back().type = Type::text_or_map;
    return;
  }
  const ParamNode* node = state_->take(name, help, false);
  if (node == nullptr || !state_->expect_kind(name, *node, Kind::map)) return;
  for (const auto& [key, value] : node->entries) {
    if (key.unresolved || value.unresolved) {
      state_->fail();
      continue;
    }
    TextOrMap entry{key.scalar, value.kind == Kind::scalar, value.scalar, {}, key.mark, value.mark};
    if (value.kind == Kind::map) {
      state_->bind_map(key.scalar, value, read_text, entry.members);
    } else if (value.kind != Kind::scalar) {
      state_->report(value.mark, "E-RULE-TYPE",
                     "a value of " + state_->subject(name) + " must be a text or a map, not " +
                         kind_text(value.kind),
                     {});
    }
    entries.push_back(std::move(entry));
  }
}

void ParamBinder::group(std::string_view name, std::string_view help,
                        const std::function<void(ParamBinder&)>& declare, bool is_required) {
  if (ParamSchema* param = state_->describe(name, help, Type::group, is_required)) {
    state_->describe_members(*param, declare);
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
    state_->describe_members(element, declare);
    return;
  }
  const ParamNode* node = state_->take(name, help, is_required);
  if (node == nullptr || !state_->expect_kind(name, *node, Kind::list)) return;
  state_->expect_some(name, *node, is_required);
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

bool ParamBinder::finish() {
  State& state = *state_;
  if (state.describing()) return false;
  if (!state.finished) {
    state.finished = true;
    if (!state.shared) {
      for (const auto& problem : state.fields.unknown()) state.report_problem(problem);
    }
    if (!state.misplaced) {
      for (const auto& problem : state.fields.missing()) state.report_problem(problem);
    }
    state.report_hazards();
  }
  return !state.failed;
}

}  // namespace stateferry
