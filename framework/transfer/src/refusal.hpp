// What moves and deletions have in common when they refuse.
#pragma once

#include <string>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// Throws a RuleError. Of `notes` the first ten are shown.
[[noreturn]] inline void refuse(const char* code, std::string message, std::string subject,
                                std::vector<std::string> notes, std::string hint) {
  constexpr std::size_t kShown = 10;
  if (notes.size() > kShown) {
    notes.resize(kShown + 1);
    notes.back() = "… and more";
  }
  Diagnostic d;
  d.code = code;
  d.message = std::move(message);
  d.subject = std::move(subject);
  d.notes = std::move(notes);
  d.hint = std::move(hint);
  throw RuleError(std::move(d));
}

/// Whether a URI is `directory` or lies below it, by name.
inline bool lies_in(const std::string& uri, const std::string& directory) {
  return below_prefix(canonical_uri(uri), canonical_uri(directory)).has_value();
}

/// A text as one word of a shell's command line that is to be copied: it comes from the metadata.
inline std::string shell_word(const std::string& text) {
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
