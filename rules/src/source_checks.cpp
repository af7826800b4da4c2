#include "source_checks.hpp"

#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/bytes/text.hpp"

namespace stateferry::rules {
namespace {

bool is_forbidden_control(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\r') return at + 1 == text.size() || text[at + 1] != '\n';
  return is_control(c) && c != '\t' && c != '\n';
}

std::string control_name(char c) {
  char text[8];
  std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned char>(c));
  return text;
}

/// Offset of a tab in the indentation of `line`, list dashes included.
std::optional<std::size_t> tab_in_indentation(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == '\t') return at;
    const bool is_dash =
        line[at] == '-' && at + 1 < line.size() && (line[at + 1] == ' ' || line[at + 1] == '\t');
    if (line[at] != ' ' && !is_dash) return std::nullopt;
    ++at;
  }
  return std::nullopt;
}

}  // namespace

bool check_characters(const std::shared_ptr<const SourceText>& source, Problems& problems) {
  const std::string_view text = source->text;
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_character(text.substr(at));
    const SourceMark mark{source, line, static_cast<int>(at - line_start) + 1};
    if (!character.well_formed) {
      problems.error_without_line(mark, "E-RULE-SYNTAX", "the file is not UTF-8 text",
                                  "save it in UTF-8");
      return false;
    }
    if (is_forbidden_control(text, at)) {
      problems.error_without_line(mark, "E-RULE-SYNTAX",
                                  "the file has a control character, " + control_name(text[at]));
      return false;
    }
    if (text[at] == '\n') {
      ++line;
      line_start = at + 1;
    }
    at += character.length;
  }
  return true;
}

bool check_indentation(const std::shared_ptr<const SourceText>& source, Problems& problems) {
  std::istringstream lines(source->text);
  SourceMark first;
  int others = 0;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto tab = tab_in_indentation(line);
    if (!tab) continue;
    if (first) {
      ++others;
    } else {
      first = SourceMark{source, number, static_cast<int>(*tab) + 1};
    }
  }
  if (!first) return true;
  std::vector<std::string> notes;
  if (others > 0) notes.push_back("and on " + std::to_string(others) + " more lines");
  if (others == 1) notes = {"and on one more line"};
  problems.error(first, "E-RULE-SYNTAX", "a tab in the indentation", "indent with spaces",
                 std::move(notes));
  return false;
}

}  // namespace stateferry::rules
