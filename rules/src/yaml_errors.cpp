#include "yaml_errors.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace stateferry::rules {
namespace {

struct Reworded {
  std::string_view original;  ///< what its message begins with
  std::string_view message;
  std::string_view hint;
};

const Reworded kReworded[] = {
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "expected ',' or '}' here",
     "inside {...} a text with ${name} needs quotes"},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected ',' or ']' here",
     "inside [...] a text with ${name} needs quotes"},
    {YAML::ErrorMsg::END_OF_MAP, "unexpected text: the map above can't go on like this",
     "look at the indentation, and for text behind a closing quote"},
    {YAML::ErrorMsg::END_OF_SEQ, "unexpected text: the list above can't go on like this",
     "look at the indentation, and for text behind a closing quote"},
    {YAML::ErrorMsg::MAP_VALUE, "unexpected ':'",
     "a text that holds ': ' needs quotes; else look at the indentation"},
    {YAML::ErrorMsg::MAP_KEY, "unexpected '?'", "a text that begins with '? ' needs quotes"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "unexpected '-'",
     "the first element of a list stands on a line of its own"},
    {YAML::ErrorMsg::FLOW_END, "unexpected closing bracket", "a text that holds it needs quotes"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "a text can't begin with this character", "put it in quotes"},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "unexpected text behind '>' or '|'",
     "a text that begins with '>' or '|' needs quotes"},
    {YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK, "unexpected text behind '>' or '|'",
     "a text that begins with '>' or '|' needs quotes"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "this alias refers to no anchor before it",
     "a text that begins with '*' needs quotes"},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, "an alias needs a name",
     "a text that begins with '*' needs quotes"},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, "an alias can't have this character in its name",
     "a text that begins with '*' needs quotes"},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, "an anchor needs a name",
     "a text that begins with '&' needs quotes"},
    {YAML::ErrorMsg::CHAR_IN_ANCHOR, "an anchor can't have this character in its name",
     "a text that begins with '&' needs quotes"},
    {YAML::ErrorMsg::INVALID_ESCAPE, "there is no such escape in a text in double quotes",
     "write \\\\ for a backslash, or use single quotes"},
    {YAML::ErrorMsg::INVALID_HEX, "a bad character number in a text in double quotes", ""},
    {YAML::ErrorMsg::INVALID_UNICODE, "a bad character number in a text in double quotes", ""},
    {YAML::ErrorMsg::DOC_IN_SCALAR, "the closing quote before this line is missing", ""},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "the closing quote of the last text is missing", ""},
};

/// Lines with an end, and the last one if it has none.
int count_lines(std::string_view text) {
  const auto ends = std::count(text.begin(), text.end(), '\n');
  return static_cast<int>(ends) + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

}  // namespace

void report_syntax(const YAML::ParserException& error,
                   const std::shared_ptr<const SourceText>& source, Problems& problems) {
  const SourceMark mark{source, std::max(error.mark.line, 0) + 1,
                        std::max(error.mark.column, 0) + 1};
  const bool is_flow =
      error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (is_flow && mark.line > count_lines(source->text)) {
    problems.error(mark, "E-RULE-SYNTAX", "the file ends before a closing bracket");
    return;
  }
  for (const Reworded& known : kReworded) {
    if (!error.msg.starts_with(known.original)) continue;
    problems.error(mark, "E-RULE-SYNTAX", std::string(known.message), std::string(known.hint));
    return;
  }
  problems.error(mark, "E-RULE-SYNTAX", "this is not YAML: " + error.msg);
}

}  // namespace stateferry::rules
