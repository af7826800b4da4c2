#include "support/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "stateferry/bytes/text.hpp"

namespace stateferry::cli {
namespace {

constexpr std::size_t kFewest = 60;
constexpr std::size_t kUsual = 100;
constexpr std::size_t kMost = 200;

// 0 where nobody says.
std::size_t told_columns() {
  winsize size{};
  std::size_t columns = 0;
  if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    columns = size.ws_col;
  }
  if (const char* set = std::getenv("COLUMNS"); columns == 0 && set != nullptr) {
    columns = std::strtoul(set, nullptr, 10);
  }
  return columns == 0 ? 0 : std::clamp(columns, kFewest, kMost);
}

// Bytes of the first `columns` characters.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size() && (columns > 0 || is_continuation(text[bytes]))) {
    if (!is_continuation(text[bytes++])) --columns;
  }
  return bytes;
}

// The part of `line` that fits; it ends before a blank, but for a word that is too long.
std::string_view fitting(std::string_view line, std::size_t columns) {
  if (columns_of(line) <= columns) return line;
  const std::size_t first = line.find_first_not_of(' ');
  std::size_t at = line.rfind(' ', bytes_of(line, columns));
  if (at == std::string_view::npos || at < first) at = line.find(' ', first);
  return line.substr(0, at);
}

}  // namespace

std::size_t screen_columns() {
  const std::size_t told = told_columns();
  return told == 0 ? kUsual : told;
}

std::size_t table_columns() {
  const std::size_t told = told_columns();
  return told == 0 ? std::string::npos : told;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    const std::string_view line = fitting(whole, lines.empty() ? columns : columns - indent);
    if (!lines.empty()) lines += "\n" + std::string(indent, ' ');
    lines += line;
    text.remove_prefix(line.size());
    if (line.size() == whole.size()) {
      if (text.starts_with('\n')) text.remove_prefix(1);
    } else {
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
  }
  return lines;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  const std::size_t length = columns_of(text);
  if (length <= columns) return std::string(text);
  const std::size_t head = (columns - 1) / 2;
  const std::size_t tail = columns - 1 - head;
  return std::string(text.substr(0, bytes_of(text, head))) + "…" +
         std::string(text.substr(bytes_of(text, length - tail)));
}

}  // namespace stateferry::cli
