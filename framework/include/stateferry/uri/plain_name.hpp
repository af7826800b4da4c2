// File names that need no closer look, for walks over millions of them.
#pragma once

#include <string_view>

#include "stateferry/memory/vector16.hpp"

namespace stateferry {

/// Whether a file name is ASCII, without slashes of both kinds, and doesn't begin with a dot:
/// behind a directory in Flink's form it makes a path in Flink's form. False says nothing.
inline bool is_plain_name(std::string_view name) noexcept {
  if (name.empty() || name.front() == '.') return false;
  const auto suspects = [](const char* at) {
    const Vector16 bytes = load16(at);
    return equal16(bytes, '/') | equal16(bytes, '\\') | bytes;
  };
  if (name.size() < 16) {
    for (const char c : name) {
      if (c == '/' || c == '\\' || (static_cast<unsigned char>(c) & 0x80U) != 0) return false;
    }
    return true;
  }
  return !any_high16(union16(name.data(), name.size(), suspects));
}

/// Whether a text is `directory` (not empty, with its slash) followed by such a name.
inline bool lies_plainly_in(std::string_view text, std::string_view directory) noexcept {
  const std::size_t n = directory.size();
  return n != 0 && text.size() > n && same_bytes(text.data(), directory.data(), n) &&
         is_plain_name(text.substr(n));
}

}  // namespace stateferry
