// UTF-8 as it comes from files: one character at a time, and which of them must not be shown raw.
#pragma once

#include <cstdint>
#include <string_view>

namespace stateferry {

/// The first character of a text. A byte that begins no well-formed UTF-8 is one of its own.
struct Character {
  std::uint32_t code = 0;    ///< code point; the byte's value when it is no UTF-8
  std::uint32_t length = 1;  ///< bytes taken
  bool well_formed = true;
};

/// `text` must not be empty. Overlong forms, surrogates and what lies above U+10FFFF are not well
/// formed.
inline Character first_character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::uint32_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {lead, 1, false};
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::uint32_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {lead, 1, false};
  return {code, length, true};
}

/// Control characters, line and paragraph separators, and what is invisible or changes the
/// direction of the text beside it.
inline bool must_be_escaped(std::uint32_t code) noexcept {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x61C ||  // Arabic letter mark
         (code >= 0x200B && code <= 0x200F) ||  // zero width, left-to-right and right-to-left mark
         (code >= 0x2028 && code <= 0x202E) ||  // separators, embeddings, overrides
         (code >= 0x2060 && code <= 0x206F) ||  // word joiner, isolates
         code == 0xFEFF ||                      // byte order mark
         (code >= 0xE0000 && code <= 0xE007F);  // tags
}

}  // namespace stateferry
