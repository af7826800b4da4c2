#include "yaml_document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "text_checks.hpp"

namespace stateferry::rules {

std::shared_ptr<const SourceText> make_source(std::string name, std::string text) {
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  auto source = std::make_shared<SourceText>();
  source->name = std::move(name);
  source->text = std::move(text);
  return source;
}

namespace {

using Source = std::shared_ptr<const SourceText>;

// --- the text as such ---------------------------------------------------------------------------

bool is_forbidden_control(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c == '\r') return at + 1 == text.size() || text[at + 1] != '\n';
  return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
}

std::string control_name(char c) {
  char text[8];
  std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned char>(c));
  return text;
}

/// Whether all characters can stand in a text file; the first that can't is reported.
bool check_characters(const Source& source, Problems& problems) {
  const std::string_view text = source->text;
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const SourceMark mark{source, line, static_cast<int>(at - line_start) + 1};
    if (length == 0) {
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
    at += length;
  }
  return true;
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

/// yaml-cpp takes some tabs and misreads others, so all are refused, also in texts of several
/// lines.
bool check_indentation(const Source& source, Problems& problems) {
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

// --- the tree -----------------------------------------------------------------------------------

/// Stops the parser after a problem that was reported.
struct Stopped {};

/// Where the lines of a text begin.
std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  return starts;
}

/// Whether the text in quotes that begins at or behind `at` (behind an anchor) has its closing
/// quote; also true where no quoted text begins. yaml-cpp takes the end of the file for one.
bool is_closed(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = text.find_first_of(" \t\r\n", at);
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  }
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return true;
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return true;
      ++at;  // '' stands for one quote
    }
  }
  return false;
}

/// A value with what it counts for.
struct Weighed {
  ParamNode node;
  std::size_t nodes = 1;
  int height = 0;  ///< lists and maps inside one another
};

/// Builds the tree from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(Source source, std::size_t& nodes_left, Problems& problems)
      : source_(std::move(source)),
        starts_(line_starts(source_->text)),
        nodes_left_(nodes_left),
        problems_(problems) {}

  ParamNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Weighed value;
    YAML::anchor_t anchor = 0;
    std::optional<ParamNode> key;  ///< of a map, when its value is next
    bool key_is_good = true;
    std::unordered_map<std::string, SourceMark> seen;  ///< keys of a map
  };

  SourceMark mark_of(const YAML::Mark& mark) const;
  [[noreturn]] void stop(const SourceMark& mark, std::string code, std::string message,
                         std::string hint = {});
  void charge(std::size_t nodes, const SourceMark& mark);
  void check_tag(const SourceMark& mark, const std::string& tag);
  void open(ParamNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor);
  void close();
  void keep_anchor(YAML::anchor_t anchor, const Weighed& value);
  void add(Weighed value);
  void add_key(Frame& frame, ParamNode key);
  void add_entry(Frame& frame, ParamNode value);

  Source source_;
  std::vector<std::size_t> starts_;
  std::size_t& nodes_left_;
  Problems& problems_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Weighed> anchors_;
  bool has_document_ = false;
  ParamNode root_;
};

SourceMark TreeBuilder::mark_of(const YAML::Mark& mark) const {
  if (mark.is_null()) return SourceMark{source_, 1, 1};
  return SourceMark{source_, mark.line + 1, mark.column + 1};
}

void TreeBuilder::stop(const SourceMark& mark, std::string code, std::string message,
                       std::string hint) {
  problems_.error(mark, std::move(code), std::move(message), std::move(hint));
  throw Stopped{};
}

void TreeBuilder::charge(std::size_t nodes, const SourceMark& mark) {
  if (nodes > nodes_left_) {
    stop(mark, "E-RULE-LIMIT",
         "the rules have more than " + std::to_string(kMaxNodes) + " values, aliases written out");
  }
  nodes_left_ -= nodes;
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  const SourceMark place = mark_of(mark);
  if (has_document_) {
    // Text behind the end of a flow map is a second document to yaml-cpp, but not to people.
    const bool is_marker = source_->line(place.line).starts_with("---");
    if (is_marker) {
      stop(place, "E-RULE-SYNTAX", "a second document begins here",
           "a rule file is one document; use 'include' for several files");
    }
    stop(place, "E-RULE-SYNTAX", "unexpected text behind the end of the document");
  }
  has_document_ = true;
  root_.mark = place;
}

void TreeBuilder::check_tag(const SourceMark& mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!") return;
  problems_.error(mark, "E-RULE-SYNTAX", "a rule file can't have YAML tags",
                  "a value in quotes is text, one without may be an integer or a boolean");
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Weighed value;
  value.node.mark = mark_of(mark);
  charge(1, value.node.mark);
  keep_anchor(anchor, value);
  add(std::move(value));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& text) {
  Weighed value;
  value.node.kind = ParamNode::Kind::scalar;
  value.node.scalar = text;
  // A text with a tag counts as quoted: the tag was told, and nothing else is wrong with it.
  value.node.quoted = tag != "?" && !tag.empty();
  value.node.mark = mark_of(mark);
  charge(1, value.node.mark);
  check_tag(value.node.mark, tag);
  const auto line = static_cast<std::size_t>(value.node.mark.line) - 1;
  const std::size_t at = starts_[std::min(line, starts_.size() - 1)] +
                         static_cast<std::size_t>(value.node.mark.column) - 1;
  if (value.node.quoted && !is_closed(source_->text, at)) {
    stop(value.node.mark, "E-RULE-SYNTAX", "the closing quote of this text is missing");
  }
  keep_anchor(anchor, value);
  add(std::move(value));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const SourceMark place = mark_of(mark);
  const auto known = anchors_.find(anchor);
  if (known == anchors_.end()) {
    stop(place, "E-RULE-SYNTAX", "this alias stands inside the value that it refers to");
  }
  charge(known->second.nodes, place);
  Weighed copy = known->second;
  copy.node.mark = place;
  if (static_cast<int>(open_.size()) + copy.height > kMaxDepth) {
    stop(place, "E-RULE-LIMIT",
         "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep");
  }
  add(std::move(copy));
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) {
  open(ParamNode::Kind::list, mark, tag, anchor);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value /*style*/) {
  open(ParamNode::Kind::map, mark, tag, anchor);
}

void TreeBuilder::open(ParamNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor) {
  const SourceMark place = mark_of(mark);
  charge(1, place);
  check_tag(place, tag);
  if (static_cast<int>(open_.size()) >= kMaxDepth) {
    stop(place, "E-RULE-LIMIT",
         "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep");
  }
  Frame frame;
  frame.anchor = anchor;
  frame.value.node.kind = kind;
  frame.value.node.mark = place;
  frame.value.height = 1;
  open_.push_back(std::move(frame));
}

void TreeBuilder::close() {
  Frame frame = std::move(open_.back());
  open_.pop_back();
  keep_anchor(frame.anchor, frame.value);
  add(std::move(frame.value));
}

// The copy is counted, too: anchors inside anchors would multiply memory without any alias.
void TreeBuilder::keep_anchor(YAML::anchor_t anchor, const Weighed& value) {
  if (anchor == 0) return;
  charge(value.nodes, value.node.mark);
  anchors_.insert_or_assign(anchor, value);
}

void TreeBuilder::add(Weighed value) {
  if (open_.empty()) {
    root_ = std::move(value.node);
    return;
  }
  Frame& frame = open_.back();
  frame.value.nodes += value.nodes;
  frame.value.height = std::max(frame.value.height, value.height + 1);
  if (frame.value.node.kind == ParamNode::Kind::list) {
    frame.value.node.items.push_back(std::move(value.node));
  } else if (!frame.key) {
    add_key(frame, std::move(value.node));
  } else {
    add_entry(frame, std::move(value.node));
  }
}

void TreeBuilder::add_key(Frame& frame, ParamNode key) {
  frame.key_is_good = key.kind == ParamNode::Kind::scalar;
  if (!frame.key_is_good) {
    problems_.error(key.mark, "E-RULE-SYNTAX", "a key must be a text",
                    key.kind == ParamNode::Kind::null ? "put it in quotes" : "");
  } else if (has_control(key.scalar)) {
    problems_.error(key.mark, "E-RULE-SYNTAX",
                    "a key can't hold a line break or control character");
    frame.key_is_good = false;
  } else if (const auto [first, is_new] = frame.seen.try_emplace(key.scalar, key.mark); !is_new) {
    problems_.error(key.mark, "E-RULE-DUPLICATE", "the key '" + key.scalar + "' is there twice", {},
                    {"first at " + place_text(first->second)});
    frame.key_is_good = false;
  }
  frame.key = std::move(key);
}

void TreeBuilder::add_entry(Frame& frame, ParamNode value) {
  // The mark of a missing value is that of whatever comes next.
  if (value.kind == ParamNode::Kind::null && value.mark.line != frame.key->mark.line) {
    value.mark = frame.key->mark;
  }
  if (frame.key_is_good) {
    frame.value.node.entries.push_back({std::move(*frame.key), std::move(value)});
  }
  frame.key.reset();
}

// --- the syntax errors of yaml-cpp, reworded ----------------------------------------------------

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

void report_syntax(const YAML::ParserException& error, const Source& source, Problems& problems) {
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

}  // namespace

std::optional<ParamNode> read_yaml(const Source& source, std::size_t& nodes_left,
                                   Problems& problems) {
  if (source->text.size() > kMaxFileBytes) {
    problems.error_about(
        source->name, "E-RULE-LIMIT",
        "the rule file has more than " + std::to_string(kMaxFileBytes >> 20) + " MiB");
    return std::nullopt;
  }
  if (!check_characters(source, problems) || !check_indentation(source, problems)) {
    return std::nullopt;
  }
  TreeBuilder builder(source, nodes_left, problems);
  std::istringstream stream(source->text);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (const YAML::ParserException& error) {
    report_syntax(error, source, problems);
    return std::nullopt;
  }
}

}  // namespace stateferry::rules
