#include "support/table.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"
#include "support/screen.hpp"

namespace stateferry::cli {
namespace {

// Columns of text may become as narrow as this; numbers are never cut, only their titles.
constexpr std::size_t kLeastText = 5;
constexpr std::size_t kLeastTitle = 3;

// Takes from the widest column that may lose something, one by one, what the lines have too much.
void fit(std::vector<std::size_t>& widths, const std::vector<std::size_t>& least,
         std::size_t columns) {
  std::size_t sum = 0;
  for (const std::size_t width : widths) sum += width;
  for (; sum > columns; --sum) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (widths[c] <= least[c]) continue;
      if (widest == widths.size() || widths[c] > widths[widest]) widest = c;
    }
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

}  // namespace

Table::Table(std::vector<std::string> titles) : titles_(std::move(titles)) {
  for (std::string& title : titles_) {
    right_.push_back(title.starts_with('>'));
    if (right_.back()) title.erase(0, 1);
  }
}

void Table::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = shown(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::size_t indent) const {
  std::vector<std::size_t> widths;
  std::vector<std::size_t> least;
  for (std::size_t c = 0; c < titles_.size(); ++c) {
    std::size_t widest = 0;
    for (const auto& row : rows_) widest = std::max(widest, columns_of(row[c]));
    widths.push_back(std::max(widest, columns_of(titles_[c])));
    least.push_back(right_[c] ? std::max(widest, kLeastTitle) : kLeastText);
  }
  const std::size_t between = indent + 2 * (titles_.empty() ? 0 : titles_.size() - 1);
  fit(widths, least, table_columns() - between);
  std::string text;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out(indent, ' ');
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string cell = cut_to(cells[c], widths[c]);
      const std::string fill(widths[c] - columns_of(cell), ' ');
      out += right_[c] ? fill + cell : cell + fill;
      if (c + 1 < cells.size()) out += "  ";
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + "\n";
  };
  line(titles_);
  for (const auto& row : rows_) line(row);
  return text;
}

}  // namespace stateferry::cli
