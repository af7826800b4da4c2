// Numbers and bytes as digits, decimal and hexadecimal.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace stateferry {

/// The number that is the whole text, decimal and without blanks; nothing for any other text, and
/// for a number that is out of range. Only signed ones may have a sign, and that only in front.
template <class Number>
std::optional<Number> number_from_text(std::string_view text) noexcept {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// Appends the last `digits` hexadecimal digits of `value`, lower-case.
inline void append_hex(std::string& text, std::uint64_t value, int digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += kDigits[value >> shift & 15];
}

/// Two lower-case hexadecimal digits for each byte.
inline std::string hex_of(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) append_hex(text, std::to_integer<std::uint64_t>(byte), 2);
  return text;
}

}  // namespace stateferry
