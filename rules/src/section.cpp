#include "section.hpp"

#include <algorithm>
#include <cstdint>

namespace stateferry::rules {

Section::Section(const ParamNode& map, std::string what, Problems& problems, Expander expand)
    : is_map_(expect_kind(map, what, ParamNode::Kind::map, problems)),
      map_(&map),
      problems_(&problems),
      expand_(std::move(expand)) {
  fields_.emplace(is_map_ ? &map : nullptr, "key", " in " + what, map.mark);
}

const ParamNode* Section::find(std::string_view name, const Need& need) {
  const ParamNode* node = fields_->find(name);
  if (node == nullptr && need.required) fields_->miss(name, std::string(need.hint));
  if (node == nullptr || need.beside.empty()) return node;
  std::string keys;
  for (const std::string& key : need.beside) {
    if (given(key)) return node;
    keys += (keys.empty() ? "'" : " and '") + key + "'";
  }
  problems_->error(key_mark(name), "E-RULE-VALUE",
                   "'" + std::string(name) + "' can stand beside " + keys + " only");
  return nullptr;
}

void Section::finish() {
  if (!is_map_) return;
  for (const auto& [mark, what] : fields_->unknown()) {
    if (!what.code.empty()) problems_->error(mark, what.code, what.text, what.hint);
  }
  for (const auto& [mark, what] : fields_->missing()) {
    problems_->error(mark, what.code, what.text, what.hint);
  }
}

void Section::print(std::string_view name, const Need& need, ParamNode node) {
  const bool is_out_of_place =
      !need.beside.empty() &&
      std::none_of(need.beside.begin(), need.beside.end(),
                   [&](const std::string& key) { return printed_->find(key) != nullptr; });
  if (node.kind == ParamNode::Kind::null || is_out_of_place) return;
  printed_->add(std::string(name), std::move(node));
}

void Section::describe(std::string_view name, const Need& need, Json schema) {
  properties_[std::string(name)] = std::move(schema);
  if (need.required) required_.emplace_back(name);
  if (need.beside.size() == 1) beside_[std::string(name)] = need.beside;
}

Json Section::schema() const {
  Json schema = map_schema(properties_, required_, in_keys_);
  if (!beside_.empty()) schema["dependencies"] = beside_;
  return schema;
}

ParamNode plain_text(std::string_view text, SourceMark mark) {
  ParamNode node;
  node.kind = ParamNode::Kind::scalar;
  node.scalar = text;
  node.mark = std::move(mark);
  return node;
}

bool Text::read(const ParamNode& node, const std::string& subject, Problems& problems,
                std::string& value) const {
  std::string text;
  if (!read_text(node, subject, text, problems)) return false;
  if (const auto problem = check == nullptr ? std::nullopt : check(text)) {
    problems.error(node.mark, problem->code, problem->text, problem->hint);
    return false;
  }
  value = std::move(text);
  return true;
}

bool Bound::read(const ParamNode& node, const std::string& subject, Problems& problems,
                 std::optional<CountBound>& value) const {
  CountBound bound;
  if (!read_bound(node, subject, bound, problems)) return false;
  value = std::move(bound);
  return true;
}

ParamNode Bound::print(const std::optional<CountBound>& value) const {
  if (!value) return {};
  if (value->least == value->most) return plain_text(std::to_string(value->least));
  std::string range;
  if (value->least > 0) range = ">=" + std::to_string(value->least);
  if (value->most != UINT64_MAX) {
    range += (range.empty() ? "" : " ") + ("<=" + std::to_string(value->most));
  }
  return ParamNode::of(range.empty() ? ">=0" : range);
}

}  // namespace stateferry::rules
