#include "stateferry/diag/shown.hpp"

#include <algorithm>

#include "diag/characters.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"

namespace stateferry {
namespace {

void append_escape(std::string& text, const Character& c) {
  text += '\\';
  if (c.code == '\n' || c.code == '\r' || c.code == '\t') {
    text += c.code == '\n' ? 'n' : c.code == '\r' ? 'r' : 't';
  } else if (!c.well_formed || c.code < 0x80) {
    text += 'x';
    append_hex(text, c.code, 2);
  } else if (c.code < 0x10000) {
    text += 'u';
    append_hex(text, c.code, 4);
  } else {
    text += 'U';
    append_hex(text, c.code, 8);
  }
}

std::string escaped(std::string_view text, bool keep_line_ends) {
  const auto plain = [&](char c) {
    return (c >= 0x20 && c < 0x7F) || (keep_line_ends && c == '\n');
  };
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), plain);
    const auto length = static_cast<std::size_t>(end - text.begin());
    result.append(text.substr(0, length));
    text.remove_prefix(length);
    if (text.empty()) break;
    const Character c = first_character(text);
    if (c.well_formed && !must_be_escaped(c.code)) {
      result.append(text.substr(0, c.length));
    } else {
      append_escape(result, c);
    }
    text.remove_prefix(c.length);
  }
  return result;
}

}  // namespace

std::string shown(std::string_view text) {
  return escaped(text, false);
}

std::string shown_lines(std::string_view text) {
  return escaped(text, true);
}

}  // namespace stateferry
