#include "stateferry/plugin/count_bound.hpp"

#include <algorithm>
#include <array>

#include "stateferry/bytes/digits.hpp"

namespace stateferry {
namespace {

// One comparison of a bound, such as `>=1`; false when it isn't one.
bool narrow(std::string_view word, CountBound& bound) {
  static constexpr std::array kOperators = {std::string_view(">="), std::string_view("<="),
                                            std::string_view(">"), std::string_view("<"),
                                            std::string_view("=")};
  std::string_view op;
  for (const std::string_view candidate : kOperators) {
    if (word.starts_with(candidate)) {
      op = candidate;
      break;
    }
  }
  word.remove_prefix(op.size());
  const auto number = number_from_text<std::uint64_t>(word);
  if (!number) return false;
  const std::uint64_t n = *number;
  if (op == ">") {
    if (n == UINT64_MAX) return false;
    bound.least = std::max(bound.least, n + 1);
  } else if (op == "<") {
    if (n == 0) return false;
    bound.most = std::min(bound.most, n - 1);
  } else {
    if (op != "<=") bound.least = std::max(bound.least, n);
    if (op != ">=") bound.most = std::min(bound.most, n);
  }
  return true;
}

}  // namespace

std::optional<CountBound> parse_count_bound(std::string_view text) {
  CountBound bound;
  bound.text = std::string(text);
  bool some = false;
  while (!text.empty()) {
    const auto start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const std::string_view word = text.substr(0, text.find(' '));
    if (!narrow(word, bound)) return std::nullopt;
    text.remove_prefix(word.size());
    some = true;
  }
  if (!some || bound.least > bound.most) return std::nullopt;
  return bound;
}

}  // namespace stateferry
