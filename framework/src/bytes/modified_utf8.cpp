#include "stateferry/bytes/modified_utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "stateferry/bytes/text.hpp"

namespace stateferry {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080U;
constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t load_word(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, kWord);
  return word;
}

unsigned byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<unsigned char>(text[at]);
}

/// Offset of the first byte at or behind `at` that is not ASCII, or the size of the text. It may
/// stop up to seven bytes early, which costs the caller only time.
std::size_t skip_ascii_words(std::string_view text, std::size_t at) noexcept {
  while (text.size() - at >= kWord && (load_word(text.data() + at) & kHighBits) == 0) at += kWord;
  return at;
}

/// Length of a sequence by its lead byte, as readUTF sees it; 0 for what can't lead.
std::size_t sequence_length(unsigned lead) noexcept {
  if (lead < 0x80U) return 1;
  if ((lead & 0xE0U) == 0xC0U) return 2;
  return (lead & 0xF0U) == 0xE0U ? 3 : 0;
}

/// Length of the sequence at `at`, or 0 when readUTF rejects it.
std::size_t valid_length(std::string_view text, std::size_t at) noexcept {
  const std::size_t length = sequence_length(byte_at(text, at));
  if (length > text.size() - at) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  return length;
}

/// One UTF-16 code unit; moves `at` behind it. The text is valid.
std::uint32_t take_unit(std::string_view text, std::size_t& at) noexcept {
  const std::uint32_t lead = byte_at(text, at++);
  if (lead < 0x80U) return lead;
  const std::uint32_t second = byte_at(text, at++) & 0x3FU;
  if (lead < 0xE0U) return (lead & 0x1FU) << 6 | second;
  return (lead & 0x0FU) << 12 | second << 6 | (byte_at(text, at++) & 0x3FU);
}

bool is_high_surrogate(std::uint32_t unit) noexcept {
  return (unit & 0xFC00U) == 0xD800U;
}
bool is_low_surrogate(std::uint32_t unit) noexcept {
  return (unit & 0xFC00U) == 0xDC00U;
}

/// One character; two units that form a pair are taken together.
std::uint32_t take_character(std::string_view text, std::size_t& at) noexcept {
  const std::uint32_t unit = take_unit(text, at);
  if (!is_high_surrogate(unit) || at == text.size()) return unit;
  std::size_t behind = at;
  const std::uint32_t low = take_unit(text, behind);
  if (!is_low_surrogate(low)) return unit;
  at = behind;
  return 0x10000U + ((unit & 0x3FFU) << 10 | (low & 0x3FFU));
}

/// Whether a byte begins something that the two encodings write differently.
bool differs(char c) noexcept {
  return c == '\0' || static_cast<unsigned char>(c) >= 0xF0U;
}

/// Appends the character at the front of `utf8`, which is not empty; returns its length there.
std::size_t append_modified(std::string& out, std::string_view utf8) {
  if (const Character c = first_character(utf8); c.code >= 0x10000U) {
    append_utf8(out, 0xD800U + ((c.code - 0x10000U) >> 10));
    append_utf8(out, 0xDC00U + (c.code & 0x3FFU));
    return c.length;
  }
  if (utf8.front() == '\0') {
    out += "\xC0\x80";
  } else {
    out += utf8.front();
  }
  return 1;
}

}  // namespace

std::optional<std::size_t> find_invalid_modified_utf8(std::string_view bytes) noexcept {
  std::size_t at = skip_ascii_words(bytes, 0);
  while (at < bytes.size()) {
    const std::size_t length = valid_length(bytes, at);
    if (length == 0) return at;
    at += length;
    // Behind a character that is not ASCII another one is likely; only plain text is worth a leap.
    if (length == 1) at = skip_ascii_words(bytes, at);
  }
  return std::nullopt;
}

std::string to_utf8(std::string_view modified) {
  if (is_ascii(modified)) return std::string(modified);
  std::string utf8;
  utf8.reserve(modified.size());
  for (std::size_t at = 0; at < modified.size();) append_utf8(utf8, take_character(modified, at));
  return utf8;
}

std::string from_utf8(std::string_view utf8) {
  std::string modified;
  modified.reserve(utf8.size());
  while (!utf8.empty()) {
    const auto special = std::find_if(utf8.begin(), utf8.end(), differs);
    const auto length = static_cast<std::size_t>(special - utf8.begin());
    modified.append(utf8.substr(0, length));
    utf8.remove_prefix(length);
    if (!utf8.empty()) utf8.remove_prefix(append_modified(modified, utf8));
  }
  return modified;
}

}  // namespace stateferry
