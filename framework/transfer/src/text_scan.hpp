// A quick look for certain bytes in the texts of millions of rows.
#pragma once

#include <string_view>

#include "stateferry/memory/vector16.hpp"

namespace stateferry {

/// Whether `text` holds one of these bytes.
template <char... kBytes>
bool holds_any(std::string_view text) noexcept {
  if (text.size() < 16) {
    for (const char c : text) {
      if (((c == kBytes) || ...)) return true;
    }
    return false;
  }
  const auto marks_at = [](const char* at) {
    const Vector16 bytes = load16(at);
    return (equal16(bytes, kBytes) | ...);
  };
  // The last piece may overlap the one before it.
  const char* const last = text.data() + text.size() - 16;
  Vector16 marks = marks_at(last);
  for (const char* at = text.data(); at < last; at += 16) marks |= marks_at(at);
  return any16(marks);
}

}  // namespace stateferry
