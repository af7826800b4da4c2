#include "stateferry/host/map_fields.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/diagnostic.hpp"

namespace stateferry {

using Kind = ParamNode::Kind;

// --- words --------------------------------------------------------------------------------------

std::string shown(const ParamNode& node) {
  // Long enough for any URI worth reading in a message.
  static constexpr std::size_t kShownBytes = 120;
  if (node.secret) return "the value of a secret variable";
  if (node.scalar.size() <= kShownBytes) return "'" + node.scalar + "'";
  std::size_t end = kShownBytes;
  // Not in the middle of a character.
  while (end > 0 && is_continuation(node.scalar[end])) --end;
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

std::string place_text(const SourceMark& mark) {
  if (!mark) return "an unknown place";
  return mark.source->name + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

bool is_annotation(std::string_view key) {
  return key.starts_with("x-");
}

// --- values -------------------------------------------------------------------------------------

std::optional<ValueProblem> kind_problem(const ParamNode& node, Kind kind,
                                         const std::string& wanted) {
  if (node.unresolved) return ValueProblem{};
  if (node.kind == kind) return std::nullopt;
  if (node.kind == Kind::null) return ValueProblem{"E-RULE-TYPE", "has no value", {}};
  return ValueProblem{"E-RULE-TYPE", "must be " + wanted + ", not " + kind_text(node.kind), {}};
}

std::optional<ValueProblem> kind_problem(const ParamNode& node, Kind kind) {
  return kind_problem(node, kind, kind_text(kind));
}

ValueProblem choice_problem(const ParamNode& node, const std::vector<std::string>& allowed) {
  return {"E-RULE-VALUE",
          "can't be " + shown(node) + (node.secret ? "" : did_you_mean(node.scalar, allowed)),
          "one of " + joined(allowed)};
}

// --- keys ---------------------------------------------------------------------------------------

MapFields::MapFields(const ParamNode* map, std::string noun, std::string in, SourceMark place)
    : map_(map), noun_(std::move(noun)), in_(std::move(in)), place_(std::move(place)) {}

const ParamNode* MapFields::find(std::string_view key) {
  known_.emplace_back(key);
  return map_ == nullptr ? nullptr : map_->find(key);
}

void MapFields::miss(std::string_view key, std::string hint) {
  missing_.push_back({std::string(key), std::move(hint)});
}

SourceMark MapFields::key_mark(std::string_view key) const {
  if (map_ == nullptr) return place_;
  for (const ParamEntry& entry : map_->entries) {
    if (entry.key.scalar == key) return entry.key.mark;
  }
  return place_;
}

std::vector<MapFields::Problem> MapFields::unknown() {
  std::vector<Problem> problems;
  if (map_ == nullptr) return problems;
  for (const auto& [key, value] : map_->entries) {
    if (is_annotation(key.scalar)) continue;
    if (key.unresolved) {
      problems.push_back({key.mark, {}});
    } else if (std::find(known_.begin(), known_.end(), key.scalar) == known_.end()) {
      problems.push_back({key.mark, unknown_key(key)});
    }
  }
  return problems;
}

ValueProblem MapFields::unknown_key(const ParamNode& key) {
  const auto meant = key.secret ? std::nullopt : nearest(key.scalar, known_);
  // One mistake, one message.
  std::erase_if(missing_, [&](const Missing& missing) { return missing.key == meant; });
  const std::string name = key.secret ? "whose name is the value of a secret variable" : shown(key);
  std::string hint;
  if (!meant) {
    hint = known_.empty() ? "there are no " + noun_ + "s here"
                          : "the " + noun_ + "s here are " + joined(known_);
  }
  return {"E-RULE-UNKNOWN",
          "unknown " + noun_ + " " + name + in_ + (meant ? ", did you mean '" + *meant + "'?" : ""),
          std::move(hint)};
}

std::vector<MapFields::Problem> MapFields::missing() const {
  std::vector<Problem> problems;
  for (const auto& [key, hint] : missing_) {
    problems.push_back(
        {place_, {"E-RULE-MISSING", "missing " + noun_ + " '" + key + "'" + in_, hint}});
  }
  return problems;
}

}  // namespace stateferry
