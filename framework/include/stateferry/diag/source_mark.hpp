// Places in text files (rule files), for messages with file:line:column, the line and a caret.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// A text file as read, shared by every mark that points into it.
struct STATEFERRY_API SourceText {
  std::string name;  ///< as the user wrote it: a path, or "<stdin>"
  std::string text;  ///< the whole file, UTF-8

  /// The text of line `number` (1-based) without its line end; empty when there is no such line.
  std::string_view line(int number) const noexcept;
};

/// One place in a SourceText. Copyable; keeps the text alive.
struct SourceMark {
  std::shared_ptr<const SourceText> source;  ///< null: no place known
  int line = 0;                              ///< 1-based; 0 when unknown
  int column = 0;                            ///< 1-based, in bytes; 0 when unknown

  explicit operator bool() const noexcept { return source != nullptr && line > 0; }
};

}  // namespace stateferry
