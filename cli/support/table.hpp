// Aligned columns for people.
#pragma once

#include <string>
#include <vector>

namespace stateferry::cli {

/// Collects rows and prints them with two spaces between columns.
class Table {
 public:
  /// Titles; a title that begins with '>' makes the column right-aligned (the sign isn't shown).
  explicit Table(std::vector<std::string> titles);
  /// As many cells as there are titles; each is shown() as part of one line, without colours.
  void row(std::vector<std::string> cells);
  bool empty() const noexcept { return rows_.empty(); }
  /// The table as text, each line indented by `indent` spaces. Where table_columns() are too few,
  /// the widest cells are cut in their middle.
  std::string text(std::size_t indent = 0) const;

 private:
  std::vector<std::string> titles_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace stateferry::cli
