// Java's modified UTF-8, as DataOutput.writeUTF writes it and DataInput.readUTF reads it.
//
// U+0000 is C0 80; characters beyond the BMP are two surrogates of three bytes each. The model
// keeps text as the file's bytes, so what isn't touched survives bit for bit; these functions stand
// at the edge, where text meets rules and people.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/memory/vector16.hpp"

namespace stateferry {

/// Longest text that writeUTF can write, in bytes of modified UTF-8.
inline constexpr std::size_t kMaxUtfBytes = 65535;

/// Whether every byte is below 0x80: then UTF-8 and modified UTF-8 agree, but for a raw NUL byte,
/// which counts as ASCII here.
inline bool is_ascii(std::string_view bytes) noexcept {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  if (left >= 16) {
    return !any_high16(union16(at, left, [](const char* piece) { return load16(piece); }));
  }
  std::uint64_t all = 0;
  if (left >= 8) {
    std::uint64_t words[2];
    std::memcpy(&words[0], at, 8);
    std::memcpy(&words[1], at + left - 8, 8);
    all = words[0] | words[1];
  } else {
    for (; left > 0; ++at, --left) all |= static_cast<unsigned char>(*at);
  }
  return (all & 0x8080808080808080U) == 0;
}

/// Offset of the first byte that Java's readUTF rejects (a continuation byte or 0xF0…0xFF in lead
/// position, a broken or cut sequence), or nothing when it would accept all. Overlong forms, raw
/// NUL and lone surrogates are accepted, as Java does.
STATEFERRY_API std::optional<std::size_t> find_invalid_modified_utf8(
    std::string_view bytes) noexcept;

/// Modified UTF-8 to UTF-8. Surrogate pairs become four-byte sequences, C0 80 becomes a NUL byte; a
/// lone surrogate keeps its three bytes (not valid UTF-8, but nothing is lost). Requires text that
/// find_invalid_modified_utf8 accepts.
STATEFERRY_API std::string to_utf8(std::string_view modified);

/// UTF-8 (or what to_utf8 returned) to modified UTF-8.
STATEFERRY_API std::string from_utf8(std::string_view utf8);

}  // namespace stateferry
