#include "map_reader.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>
#include <utility>

#include "stateferry/diag/diagnostic.hpp"
#include "text_checks.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string_view kind_text(Kind kind) {
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

bool is_annotation(std::string_view key) {
  return key.starts_with("x-");
}

MapReader::MapReader(const ParamNode& map, std::string what, Problems& problems)
    : map_(&map), mark_(map.mark), what_(std::move(what)), problems_(problems) {
  if (expect_kind(map, what_, Kind::map, problems)) return;
  map_ = nullptr;
  complete_ = false;
}

const ParamNode* MapReader::find(std::string_view key) {
  known_.emplace_back(key);
  return map_ == nullptr ? nullptr : map_->find(key);
}

const ParamNode* MapReader::need(std::string_view key, std::string hint) {
  const ParamNode* node = find(key);
  if (node == nullptr && map_ != nullptr) {
    complete_ = false;
    missing_.push_back({std::string(key), std::move(hint)});
  }
  return node;
}

SourceMark MapReader::key_mark(std::string_view key) const {
  for (const ParamEntry& entry : map_->entries) {
    if (entry.key.scalar == key) return entry.key.mark;
  }
  return mark_;
}

void MapReader::finish() {
  if (map_ == nullptr) return;
  for (const auto& [key, value] : map_->entries) {
    if (is_annotation(key.scalar) || key.unresolved) continue;
    if (std::find(known_.begin(), known_.end(), key.scalar) != known_.end()) continue;
    report_unknown(key);
  }
  for (Missing& missing : missing_) {
    problems_.error(mark_, "E-RULE-MISSING", "missing key '" + missing.key + "' in " + what_,
                    std::move(missing.hint));
  }
}

void MapReader::report_unknown(const ParamNode& key) {
  const auto meant = nearest(key.scalar, known_);
  // A missing key that this one is likely to be is not told again: one mistake, one message.
  std::erase_if(missing_, [&](const Missing& missing) { return missing.key == meant; });
  problems_.error(key.mark, "E-RULE-UNKNOWN",
                  "unknown key '" + key.scalar + "' in " + what_ +
                      (meant ? ", did you mean '" + *meant + "'?" : ""),
                  meant ? "" : "the keys here are " + joined(known_));
}

namespace {

bool report(const std::optional<ValueProblem>& problem, const ParamNode& node,
            const std::string& subject, Problems& problems) {
  if (problem && !problem->code.empty()) {
    problems.error(node.mark, problem->code, subject + " " + problem->text, problem->hint);
  }
  return !problem;
}

}  // namespace

bool read_long_text(const ParamNode& node, const std::string& subject, std::string& value,
                    Problems& problems) {
  return report(stateferry::read_text(node, value), node, subject, problems);
}

bool read_text(const ParamNode& node, const std::string& subject, std::string& value,
               Problems& problems) {
  std::string text;
  if (!read_long_text(node, subject, text, problems)) return false;
  if (has_control(text)) {
    problems.error(node.mark, "E-RULE-VALUE",
                   subject + " can't hold a line break or control character");
    return false;
  }
  value = std::move(text);
  return true;
}

bool read_flag(const ParamNode& node, const std::string& subject, bool& value, Problems& problems) {
  return report(read_boolean(node, value), node, subject, problems);
}

namespace {

/// Whether a number in `text` begins with a zero that people and YAML 1.1 read differently.
bool has_leading_zero(std::string_view text) {
  const auto is_digit = [&](std::size_t i) {
    return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '0' && is_digit(i + 1) && (i == 0 || !is_digit(i - 1))) return true;
  }
  return false;
}

}  // namespace

bool read_bound(const ParamNode& node, const std::string& subject, CountBound& value,
                Problems& problems) {
  std::string text;
  if (!read_text(node, subject, text, problems)) return false;
  if (has_leading_zero(text)) {
    problems.error(node.mark, "E-RULE-VALUE", subject + " can't be '" + text + "'",
                   "numbers are decimal and have no leading zero");
    return false;
  }
  auto bound = parse_count_bound(text);
  if (!bound) {
    problems.error(node.mark, "E-RULE-VALUE", subject + " can't be '" + text + "'",
                   "a bound is 0, \">=1\", \"<=5\" or \">=1 <=5\"");
    return false;
  }
  value = std::move(*bound);
  value.text = std::move(text);
  value.mark = node.mark;
  return true;
}

std::vector<const ParamNode*> read_texts(const ParamNode& node, const std::string& subject,
                                         Problems& problems) {
  std::vector<const ParamNode*> texts;
  std::string ignored;
  if (node.kind != Kind::list) {
    if (read_text(node, subject, ignored, problems)) texts.push_back(&node);
    return texts;
  }
  if (node.items.empty()) {
    problems.error(node.mark, "E-RULE-VALUE", subject + " is an empty list",
                   "leave the key out to ask for nothing");
  }
  for (const ParamNode& item : node.items) {
    if (read_text(item, "an element of " + subject, ignored, problems)) texts.push_back(&item);
  }
  return texts;
}

bool expect_kind(const ParamNode& node, const std::string& subject, Kind kind, Problems& problems) {
  if (node.kind == kind) return true;
  if (node.unresolved) return false;
  std::string text = " has no value";
  if (node.kind != Kind::null) {
    text =
        " must be " + std::string(kind_text(kind)) + ", not " + std::string(kind_text(node.kind));
  }
  problems.error(node.mark, "E-RULE-TYPE", subject + text);
  return false;
}

void report_choice(const ParamNode& node, const std::string& subject,
                   const std::vector<std::string>& allowed, Problems& problems) {
  problems.error(node.mark, "E-RULE-VALUE",
                 subject + " can't be '" + node.scalar + "'" + did_you_mean(node.scalar, allowed),
                 "one of " + joined(allowed));
}

}  // namespace stateferry::rules
