// The values of parameters: nodes, and how each type is read.
#include <charconv>
#include <optional>

#include "stateferry/host/map_fields.hpp"
#include "stateferry/plugin/params.hpp"
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

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<ValueProblem> read_text(const ParamNode& node, std::string& value) {
  if (auto problem = kind_problem(node, Kind::scalar, "a text")) return problem;
  value = node.scalar;
  return std::nullopt;
}

std::optional<ValueProblem> read_integer(const ParamNode& node, std::int64_t& value) {
  if (auto problem = kind_problem(node, Kind::scalar, "an integer")) return problem;
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
  if (auto problem = kind_problem(node, Kind::scalar, "true or false")) return problem;
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
  if (auto problem = kind_problem(node, Kind::scalar, "an absolute URI")) return problem;
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

}  // namespace stateferry
