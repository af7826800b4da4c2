// Texts of others, such as of metadata, in command lines that are to be copied.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stateferry {

/// Appends a text as one word of a shell's command line, in single quotes.
inline void append_shell_word(std::string& to, std::string_view text) {
  to += '\'';
  for (;;) {
    const std::size_t quote = text.find('\'');
    to += text.substr(0, quote);
    if (quote == std::string_view::npos) break;
    to += "'\\''";
    text.remove_prefix(quote + 1);
  }
  to += '\'';
}
/// The word alone.
inline std::string shell_word(std::string_view text) {
  std::string word;
  append_shell_word(word, text);
  return word;
}

}  // namespace stateferry
