// Trees as the text of rule files.
#include <algorithm>
#include <string>
#include <string_view>

#include "stateferry/bytes/text.hpp"
#include "stateferry/host/map_fields.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/rules/resolved.hpp"

namespace stateferry {
namespace {

using Kind = ParamNode::Kind;

bool is_number_or_boolean(const ParamNode& node) {
  std::int64_t number = 0;
  bool flag = false;
  return !read_integer(node, number) || !read_boolean(node, flag);
}

/// Whether YAML reads the text as it stands, and as a text.
bool is_plain(std::string_view text) {
  static constexpr std::string_view kOthers = "-_./";
  static constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no",
                                                "on",   "off",   "y",    "n"};
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) {
                       return is_letter_or_digit(c) || kOthers.find(c) != std::string_view::npos;
                     }) &&
         std::find(std::begin(kWords), std::end(kWords), in_small_letters(text)) ==
             std::end(kWords);
}

/// Whether variables are not replaced in the value of this key.
bool is_raw(std::string_view key, int depth) {
  return is_annotation(key) || (depth == 0 && (key == "name" || key == "description"));
}

/// Writes one tree.
class YamlWriter {
 public:
  std::string text;

  void map(const ParamNode& node, int depth, bool raw) {
    for (const auto& [key, value] : node.entries) {
      indent(depth);
      entry(key, value, depth, raw || is_raw(key.scalar, depth));
    }
  }

 private:
  void indent(int depth) { text.append(static_cast<std::size_t>(depth) * 2, ' '); }

  void entry(const ParamNode& key, const ParamNode& value, int depth, bool raw) {
    text += scalar(key, raw) + ":";
    below(value, depth, raw);
  }

  /// What follows a key.
  void below(const ParamNode& value, int depth, bool raw) {
    if (value.kind == Kind::map && !value.entries.empty()) {
      text += "\n";
      map(value, depth + 1, raw);
    } else if (value.kind == Kind::list && !value.items.empty()) {
      text += "\n";
      list(value, depth + 1, raw);
    } else {
      text += " " + leaf(value, raw) + "\n";
    }
  }

  void list(const ParamNode& node, int depth, bool raw) {
    for (const ParamNode& item : node.items) {
      indent(depth);
      text += "-";
      if (item.kind == Kind::map && !item.entries.empty()) {
        list_map(item, depth, raw);
      } else {
        below(item, depth, raw);
      }
    }
  }

  /// The first entry stands behind the dash.
  void list_map(const ParamNode& item, int depth, bool raw) {
    text += " ";
    bool is_first = true;
    for (const auto& [key, value] : item.entries) {
      if (!is_first) indent(depth + 1);
      is_first = false;
      entry(key, value, depth + 1, raw || is_raw(key.scalar, depth + 1));
    }
  }

  static std::string leaf(const ParamNode& value, bool raw) {
    if (value.kind == Kind::null) return "null";
    if (value.kind == Kind::list) return "[]";
    if (value.kind == Kind::map) return "{}";
    return scalar(value, raw);
  }

  static std::string scalar(const ParamNode& node, bool raw) {
    std::string value = node.secret ? std::string(kHiddenSecret) : node.scalar;
    if (!raw && !node.unresolved) {
      for (auto at = value.find("${"); at != std::string::npos; at = value.find("${", at + 3)) {
        value.insert(at, 1, '$');
      }
    }
    const bool as_it_is = !node.quoted && (is_number_or_boolean(node) || is_plain(value));
    return as_it_is ? value : json_string(value);
  }
};

}  // namespace

std::string rule_file_text(const ParamNode& root) {
  YamlWriter writer;
  writer.map(root, 0, false);
  return std::move(writer.text);
}

}  // namespace stateferry
