#include <string>

#include "diag/characters.hpp"
#include "model/dump_output.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/memory/vector16.hpp"

namespace stateferry {
namespace {

// A lone surrogate, which to_utf8 leaves as its three bytes, is no UTF-8: JSON holds it escaped.
bool is_surrogate(std::string_view text, std::size_t i) {
  return i + 2 < text.size() && static_cast<unsigned char>(text[i]) == 0xED &&
         static_cast<unsigned char>(text[i + 1]) >= 0xA0;
}

bool is_plain_byte(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

// Not 0 where a byte must be escaped or is beyond ASCII.
Vector16 mark_special(const char* at) noexcept {
  const Vector16 bytes = load16(at);
  const auto control = reinterpret_cast<Vector16>(bytes < static_cast<unsigned char>(0x20));
  return control | equal16(bytes, '"') | equal16(bytes, '\\') | equal16(bytes, '\x7F') |
         (bytes & 0x80);
}

}  // namespace

bool is_plain_json(std::string_view text) noexcept {
  if (text.size() < 16) {
    for (const char c : text) {
      if (!is_plain_byte(c)) return false;
    }
    return true;
  }
  const char* const last = text.data() + text.size() - 16;
  Vector16 marks = mark_special(last);
  for (const char* at = text.data(); at < last; at += 16) marks |= mark_special(at);
  return !any16(marks);
}

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  if (is_plain_json(text)) {
    to += text;
    to += '"';
    return;
  }
  const auto escape = [&](unsigned unit) {
    to += "\\u";
    append_hex(to, unit, 4);
  };
  while (!text.empty()) {
    if (is_surrogate(text, 0)) {
      escape(0xD000U | (static_cast<unsigned char>(text[1]) & 0x3FU) << 6 |
             (static_cast<unsigned char>(text[2]) & 0x3FU));
      text.remove_prefix(3);
      continue;
    }
    const Character c = first_character(text);
    if (c.code == '"' || c.code == '\\') {
      to += '\\';
      to += text[0];
    } else if (c.code == '\n') {
      to += "\\n";
    } else if (c.code == '\t') {
      to += "\\t";
    } else if (!c.well_formed) {
      escape(0xDC00U | c.code);
    } else if (must_be_escaped(c.code) && c.code < 0x10000) {
      escape(c.code);
    } else {
      // Above that an escape would be two, which YAML, otherwise the same, doesn't join.
      to += text.substr(0, c.length);
    }
    text.remove_prefix(c.length);
  }
  to += '"';
}

std::string json_string(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  return quoted;
}

std::string base64(Bytes bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? static_cast<unsigned>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= n ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace stateferry
