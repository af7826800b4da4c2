#include "text_checks.hpp"

#include <algorithm>

namespace stateferry::rules {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

bool is_lower(char c) {
  return kLower.find(c) != std::string_view::npos;
}
bool is_letter(char c) {
  return is_lower(c) || kUpper.find(c) != std::string_view::npos;
}
bool is_digit(char c) {
  return kDigits.find(c) != std::string_view::npos;
}

/// `first` for the first character, `rest` or `others` for those behind it.
bool has_form(std::string_view text, bool (*first)(char), bool (*rest)(char),
              std::string_view others) {
  return !text.empty() && first(text.front()) &&
         std::all_of(text.begin() + 1, text.end(), [&](char c) {
           return rest(c) || is_digit(c) || others.find(c) != std::string_view::npos;
         });
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (text.empty()) return 0;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4 || !continues(1)) return 0;
  if (lead < 0xE0) return 2;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  if (!continues(2)) return 0;
  if (lead < 0xF0) return 3;
  return continues(3) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

bool is_identifier(std::string_view text) {
  return has_form(text, is_letter, is_letter, "-_");
}

bool is_step_id(std::string_view text) {
  const auto first = [](char c) { return is_letter(c) || is_digit(c); };
  return has_form(text, first, is_letter, "-_.");
}

bool is_rule_name(std::string_view text) {
  const auto first = [](char c) { return is_lower(c) || is_digit(c); };
  return has_form(text, first, is_lower, "-.");
}

bool is_plugin_name(std::string_view text) {
  return has_form(text, is_lower, is_lower, "-");
}

bool is_transform_name(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && is_plugin_name(text.substr(0, dot)) &&
         is_plugin_name(text.substr(dot + 1));
}

}  // namespace stateferry::rules
