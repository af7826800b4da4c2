#include "text_checks.hpp"

#include <algorithm>

#include "stateferry/bytes/text.hpp"

namespace stateferry::rules {
namespace {

/// `first` for the first character, `rest` or `others` for those behind it.
bool has_form(std::string_view text, bool (*first)(char), bool (*rest)(char),
              std::string_view others) {
  return !text.empty() && first(text.front()) &&
         std::all_of(text.begin() + 1, text.end(), [&](char c) {
           return rest(c) || is_digit(c) || others.find(c) != std::string_view::npos;
         });
}

}  // namespace

bool is_identifier(std::string_view text) {
  return has_form(text, is_letter, is_letter, "-_");
}

bool is_step_id(std::string_view text) {
  return has_form(text, is_letter_or_digit, is_letter, "-_.");
}

bool is_rule_name(std::string_view text) {
  const auto first = [](char c) { return is_small_letter(c) || is_digit(c); };
  return has_form(text, first, is_small_letter, "-.");
}

bool is_plugin_name(std::string_view text) {
  return has_form(text, is_small_letter, is_small_letter, "-");
}

bool is_transform_name(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && is_plugin_name(text.substr(0, dot)) &&
         is_plugin_name(text.substr(dot + 1));
}

}  // namespace stateferry::rules
