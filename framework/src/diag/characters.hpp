// Which characters of files must not be shown raw.
#pragma once

#include <cstdint>

namespace stateferry {

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
