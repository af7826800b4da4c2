#include "yaml_tree.hpp"

#include <algorithm>
#include <string_view>

#include "stateferry/bytes/text.hpp"
#include "yaml_document.hpp"

namespace stateferry::rules {
namespace {

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

}  // namespace

OpenNode::OpenNode(ParamNode::Kind kind, SourceMark mark, YAML::anchor_t with_anchor)
    : anchor(with_anchor) {
  value.node.kind = kind;
  value.node.mark = std::move(mark);
  value.height = 1;
}

void OpenNode::add(CountedNode next, Problems& problems) {
  value.nodes += next.nodes;
  value.height = std::max(value.height, next.height + 1);
  if (value.node.kind == ParamNode::Kind::list) {
    value.node.items.push_back(std::move(next.node));
  } else if (!key_) {
    add_key(std::move(next.node), problems);
  } else {
    add_entry(std::move(next.node));
  }
}

void OpenNode::add_key(ParamNode key, Problems& problems) {
  key_is_good_ = key.kind == ParamNode::Kind::scalar;
  if (!key_is_good_) {
    problems.error(key.mark, "E-RULE-SYNTAX", "a key must be a text",
                   key.kind == ParamNode::Kind::null ? "put it in quotes" : "");
  } else if (has_control(key.scalar)) {
    problems.error(key.mark, "E-RULE-SYNTAX", "a key can't hold a line break or control character");
    key_is_good_ = false;
  } else if (const auto [first, is_new] = seen_.try_emplace(key.scalar, key.mark); !is_new) {
    problems.error(key.mark, "E-RULE-DUPLICATE", "the key '" + key.scalar + "' is there twice", {},
                   {"first at " + place_text(first->second)});
    key_is_good_ = false;
  }
  key_ = std::move(key);
}

void OpenNode::add_entry(ParamNode entry) {
  // The mark of a missing value is that of whatever comes next.
  if (entry.kind == ParamNode::Kind::null && entry.mark.line != key_->mark.line) {
    entry.mark = key_->mark;
  }
  if (key_is_good_) {
    value.node.entries.push_back({std::move(*key_), std::move(entry)});
  }
  key_.reset();
}

std::vector<std::size_t> TreeBuilder::line_starts_of(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  return starts;
}

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
  CountedNode value;
  value.node.mark = mark_of(mark);
  charge(1, value.node.mark);
  keep_anchor(anchor, value);
  add(std::move(value));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& text) {
  CountedNode value;
  value.node.kind = ParamNode::Kind::scalar;
  value.node.scalar = text;
  // A text with a tag counts as quoted: the tag was told, and nothing else is wrong with it.
  value.node.quoted = tag != "?" && !tag.empty();
  value.node.mark = mark_of(mark);
  charge(1, value.node.mark);
  check_tag(value.node.mark, tag);
  const auto line = static_cast<std::size_t>(value.node.mark.line) - 1;
  const std::size_t at = line_starts_[std::min(line, line_starts_.size() - 1)] +
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
  CountedNode copy = known->second;
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
  open_.emplace_back(kind, place, anchor);
}

void TreeBuilder::close() {
  OpenNode closed = std::move(open_.back());
  open_.pop_back();
  keep_anchor(closed.anchor, closed.value);
  add(std::move(closed.value));
}

// The copy is counted, too: anchors inside anchors would multiply memory without any alias.
void TreeBuilder::keep_anchor(YAML::anchor_t anchor, const CountedNode& value) {
  if (anchor == 0) return;
  charge(value.nodes, value.node.mark);
  anchors_.insert_or_assign(anchor, value);
}

void TreeBuilder::add(CountedNode value) {
  if (open_.empty()) {
    root_ = std::move(value.node);
  } else {
    open_.back().add(std::move(value), problems_);
  }
}

}  // namespace stateferry::rules
