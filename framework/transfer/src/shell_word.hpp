// Texts of metadata in command lines that are to be copied.
#pragma once

#include <string>
#include <string_view>

namespace stateferry {

/// A text as one word of a shell's command line, in single quotes.
inline std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace stateferry
