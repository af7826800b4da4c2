// --set steps.ID.with.KEY=VALUE: parameters from the command line.
#include <optional>
#include <utility>

#include "sections.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/diagnostic.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

namespace {

constexpr std::string_view kSteps = "steps.";
constexpr std::string_view kWith = ".with.";

/// The step that `target`, behind `steps.`, begins with; `path` gets what follows `.with.`.
StepSpec* find_target(std::vector<StepSpec>& steps, std::string_view target,
                      std::string_view& path) {
  for (StepSpec& step : steps) {
    if (step.id.empty() || !target.starts_with(step.id)) continue;
    const std::string_view rest = target.substr(step.id.size());
    if (!rest.starts_with(kWith) || rest.size() == kWith.size()) continue;
    path = rest.substr(kWith.size());
    return &step;
  }
  return nullptr;
}

void report_target(const std::string& name, const std::vector<StepSpec>& steps,
                   Problems& problems) {
  const std::string_view target = std::string_view(name).substr(kSteps.size());
  const auto with = target.find(kWith);
  if (with == std::string_view::npos || with + kWith.size() == target.size()) {
    problems.error_about("--set " + name, "E-ARG-USAGE", "this names no parameter of a step",
                         "--set steps.ID.with.KEY=VALUE");
    return;
  }
  std::vector<std::string> ids;
  ids.reserve(steps.size());
  for (const StepSpec& step : steps) ids.push_back(step.id);
  const std::string id(target.substr(0, with));
  problems.error_about("--set " + name, "E-RULE-UNKNOWN",
                       "there is no step '" + id + "'" + did_you_mean(id, ids));
}

/// Puts the value of one argument into the parameters of a step.
class Override {
 public:
  Override(const SetArgument& argument, std::string_view path, Problems& problems)
      : argument_(argument), path_(path), problems_(problems) {}

  void apply(ParamNode& with) {
    if (!is_utf8(argument_.value) || has_control(argument_.value)) {
      fail("E-RULE-VALUE", "the value is not UTF-8 text without control characters");
      return;
    }
    ParamNode* node = &with;
    while (node != nullptr && at_ < path_.size()) node = descend(*node);
    if (node != nullptr) put(*node);
  }

 private:
  void fail(std::string code, std::string message, std::string hint = {}) {
    problems_.error_about("--set " + argument_.name, std::move(code), std::move(message),
                          std::move(hint));
  }

  std::string quoted_so_far() const {
    const auto end = at_ == 0 ? 0 : at_ - 1;
    return end == 0 ? "'with'" : "'" + std::string(path_.substr(0, end)) + "'";
  }

  /// The node one step further down the path; it is made where it is missing. Null after a problem.
  ParamNode* descend(ParamNode& node) {
    if (node.kind == Kind::list) return descend_list(node);
    if (node.kind == Kind::scalar) {
      fail("E-RULE-TYPE", quoted_so_far() + " is a text and holds nothing that could be set");
      return nullptr;
    }
    node.kind = Kind::map;
    const auto key = next_key(node);
    if (!key) return nullptr;
    for (ParamEntry& entry : node.entries) {
      if (entry.key.scalar == key->scalar) return &entry.value;
    }
    node.entries.push_back({*key, {}});
    node.entries.back().value.mark = key->mark;
    return &node.entries.back().value;
  }

  ParamNode* descend_list(ParamNode& list) {
    const std::string holder = quoted_so_far();
    const std::string_view word = path_.substr(at_, path_.find('.', at_) - at_);
    const auto index = number_from_text<std::size_t>(word);
    if (!index || *index > list.items.size()) {
      fail("E-RULE-VALUE",
           holder + " is a list of " + std::to_string(list.items.size()) + " without element '" +
               std::string(word) + "'",
           "elements count from 0; the number behind the last one appends");
      return nullptr;
    }
    advance(word.size());
    if (*index == list.items.size()) list.items.emplace_back().mark = argument_.name_mark;
    return &list.items[*index];
  }

  /// The key at the head of the path: in quotes, or one that is there and may hold dots, or all up
  /// to the next dot.
  std::optional<ParamNode> next_key(const ParamNode& map) {
    const std::string_view rest = path_.substr(at_);
    SourceMark mark = argument_.name_mark;
    mark.column += static_cast<int>(argument_.name.size() - rest.size());
    if (rest.starts_with('"')) {
      const auto end = rest.find('"', 1);
      const bool closed = end != std::string_view::npos;
      if (!closed || (end + 1 < rest.size() && rest[end + 1] != '.')) {
        fail("E-ARG-USAGE", "a key in quotes ends with a quote and, where more follows, a dot",
             "--set 'steps.ID.with.map.\"s3://a.b/c\"=VALUE'");
        return std::nullopt;
      }
      advance(end + 1);
      return plain_text(rest.substr(1, end - 1), mark);
    }
    std::string_view key = rest.substr(0, rest.find('.'));
    for (const ParamEntry& entry : map.entries) {
      const std::string& known = entry.key.scalar;
      const bool fits =
          rest.starts_with(known) && (rest.size() == known.size() || rest[known.size()] == '.');
      if (fits && known.size() > key.size()) key = rest.substr(0, known.size());
    }
    if (key.empty()) {
      fail("E-ARG-USAGE", "a key is empty", "--set steps.ID.with.KEY=VALUE");
      return std::nullopt;
    }
    advance(key.size());
    return plain_text(key, mark);
  }

  /// Past a key and the dot behind it.
  void advance(std::size_t length) { at_ = std::min(at_ + length + 1, path_.size() + 1); }

  void put(ParamNode& node) {
    if (node.kind == Kind::list || node.kind == Kind::map) {
      const bool is_list = node.kind == Kind::list;
      fail("E-RULE-TYPE",
           "'" + std::string(path_) + "' is " + kind_text(node.kind) +
               "; only single values can be set",
           is_list ? "name one element: KEY.0=VALUE" : "name one entry: KEY.ENTRY=VALUE");
      return;
    }
    ParamNode value = plain_text(argument_.value, argument_.value_mark);
    value.secret = node.secret;
    // A message would show the line of the command line, and with it the value.
    if (value.secret) value.mark = node.mark;
    node = std::move(value);
  }

  const SetArgument& argument_;
  std::string_view path_;  ///< behind `.with.`
  std::size_t at_ = 0;     ///< where the next key begins; past the end: none follows
  Problems& problems_;
};

}  // namespace

void override_parameters(const SectionContext& context, std::vector<StepSpec>& steps) {
  for (const SetArgument& argument : context.arguments) {
    if (!argument.name.starts_with(kSteps)) continue;
    std::string_view path;
    StepSpec* step =
        find_target(steps, std::string_view(argument.name).substr(kSteps.size()), path);
    if (step == nullptr) {
      report_target(argument.name, steps, context.problems);
      continue;
    }
    if (step->with.kind == Kind::null) step->with.mark = step->uses_mark;
    Override(argument, path, context.problems).apply(step->with);
  }
}

}  // namespace stateferry::rules
