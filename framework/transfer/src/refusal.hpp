// What moves and deletions have in common when they refuse.
#pragma once

#include <string>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// Throws a RuleError. Of `notes` the first ten are shown, and an eleventh that is the last.
[[noreturn]] inline void refuse(const char* code, std::string message, std::string subject,
                                std::vector<std::string> notes, std::string hint) {
  constexpr std::size_t kShown = 10;
  if (notes.size() > kShown + 1) {
    notes.resize(kShown + 1);
    notes.back() = "… and more";
  }
  throw RuleError({.code = code,
                   .message = std::move(message),
                   .subject = std::move(subject),
                   .hint = std::move(hint),
                   .notes = std::move(notes)});
}

/// Whether a URI is `directory` or lies below it, by name.
inline bool lies_in(const std::string& uri, const std::string& directory) {
  return below_prefix(canonical_uri(uri), canonical_uri(directory)).has_value();
}

}  // namespace stateferry
