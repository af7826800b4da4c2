// Text in UTF-16, for tests of what finds it in bytes.
#pragma once

#include <string>
#include <string_view>

namespace stateferry::test {

/// The bytes of `text`, without a mark of their order.
inline std::string utf16(std::u16string_view text, bool big_endian) {
  std::string wide;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    wide += big_endian ? high : low;
    wide += big_endian ? low : high;
  }
  return wide;
}

}  // namespace stateferry::test
