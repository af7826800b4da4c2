#include "values.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include "stateferry/bytes/text.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

bool report(const std::optional<ValueProblem>& problem, const ParamNode& node,
            const std::string& subject, Problems& problems) {
  if (problem && !problem->code.empty()) {
    problems.error(node.mark, problem->code, subject + " " + problem->text, problem->hint);
  }
  return !problem;
}

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
  const auto digit_at = [&](std::size_t i) { return i < text.size() && is_digit(text[i]); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '0' && digit_at(i + 1) && (i == 0 || !digit_at(i - 1))) return true;
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
  return report(kind_problem(node, kind), node, subject, problems);
}

}  // namespace stateferry::rules
