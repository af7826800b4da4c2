// What a ParamBinder knows, and how it reads, describes and reports. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "secret_texts.hpp"
#include "stateferry/host/map_fields.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// How the problems of one map of parameters are told; without secrets.
struct ParamMessages {
  SourceMark place;                // blamed for what is missing
  DiagnosticSink* sink = nullptr;  // null: describing
  std::string group;               // name of the group whose map it is; "" at the top
  const char* noun = "parameter";  // what one is called in messages
  ParamMessages* above = nullptr;  // those of the map around; null at the top
  SecretTexts secrets;             // at the top
  bool failed = false;

  bool describing() const { return sink == nullptr; }
  std::string subject(std::string_view name) const {
    return noun + (" '" + std::string(name) + "'") + in();
  }
  /// Which map it is, at the end of a sentence.
  std::string in() const { return group.empty() ? "" : " in '" + group + "'"; }
  /// Notes a problem that needs no words, here and above.
  void fail();
  void report(const SourceMark& mark, std::string code, std::string message, std::string hint,
              std::vector<std::string> notes = {});
  /// The same of a value's problem, which ends a sentence that begins with `what`; or of a whole
  /// one.
  void report_problem(const std::string& what, const ParamNode& node, const ValueProblem& problem);
  void report_problem(const MapFields::Problem& problem);
};

/// See the head of this file.
struct ParamBinder::State : ParamMessages {
  // Binding.
  const ParamNode* with = nullptr;  // null: no parameters were given
  MapFields fields{nullptr, noun, {}, {}};
  const std::vector<std::string>* accepted = nullptr;
  std::vector<SourceMark> accepted_marks;
  bool shared = false;               // unknown names are others'
  State* parent = nullptr;           // of the group; null at the top
  std::vector<std::string> hazards;  // declared so far, at the top
  bool misplaced = false;            // the parameters are no map: nothing else is worth telling
  bool finished = false;
  // Describing.
  TransformSchema* schema = nullptr;
  std::vector<ParamSchema>* described = nullptr;

  /// Begins to bind `map`, null: nothing was given.
  void bind_to(const ParamNode* map);
  State& top() { return parent == nullptr ? *this : parent->top(); }

  using Kind = ParamNode::Kind;
  ParamSchema* describe(std::string_view name, std::string_view help, ParamSchema::Type type,
                        bool required);
  const ParamNode* take(std::string_view name, std::string_view help, bool required);
  bool expect_kind(std::string_view name, const ParamNode& node, Kind kind);
  template <class T>
  void bind(std::string_view name, std::string_view help, bool required, ParamSchema::Type type,
            T& value, std::optional<ValueProblem> (*read)(const ParamNode&, T&));
  void take_map(std::string_view name, std::string_view help, bool required,
                ParamSchema::Type element,
                std::optional<ValueProblem> (*read)(const ParamNode&, std::string&),
                std::vector<MapEntry>& entries);
  void bind_map(const std::string& name, const ParamNode& node,
                std::optional<ValueProblem> (*read)(const ParamNode&, std::string&),
                std::vector<MapEntry>& entries);
  void report_duplicates(const std::string& name, const std::vector<MapEntry>& bound);
  void bind_group(std::string_view name, const ParamNode& node,
                  const std::function<void(ParamBinder&)>& declare);
  bool read_texts(std::string_view name, const ParamNode& node, std::vector<std::string>& values);
  bool expect_some(std::string_view name, const ParamNode& node, bool required);
  void describe_members(ParamSchema& param, const std::function<void(ParamBinder&)>& declare) const;

  void report_hazards();
};

/// A default as it would stand in YAML.
std::string yaml_text(const std::string& value);
std::string yaml_text(std::int64_t value);
std::string yaml_text(bool value);
std::string yaml_text(const std::vector<std::string>& values);

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

}  // namespace stateferry
