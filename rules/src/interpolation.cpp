#include "interpolation.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/map_fields.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

namespace {

/// The place of the text's byte `at`, where the line shows the text as it is; else of its start.
SourceMark place_in(const ParamNode& node, std::size_t at) {
  if (!node.mark) return node.mark;
  const std::string_view line = node.mark.source->line(node.mark.line);
  const std::size_t start = static_cast<std::size_t>(node.mark.column) - 1 + (node.quoted ? 1 : 0);
  const std::string_view before = std::string_view(node.scalar).substr(0, at + 2);
  SourceMark mark = node.mark;
  if (start <= line.size() && line.substr(start).starts_with(before)) {
    mark.column = static_cast<int>(start + at) + 1;
  }
  return mark;
}

/// Replaces the variables of one text.
class TextExpander {
 public:
  TextExpander(ParamNode& node, Expansion& expansion, Problems& problems)
      : node_(node), text_(node.scalar), expansion_(expansion), problems_(problems) {}

  void run() {
    // Nobody reads more about one text, and finding the place of each takes time.
    static constexpr int kMaxFailures = 10;
    std::size_t at = 0;
    while (at < text_.size() && failures_ < kMaxFailures) {
      if (text_.substr(at).starts_with("$${")) {
        result_ += "${";
        at += 3;
      } else if (text_.substr(at).starts_with("${")) {
        at = replace(at);
      } else {
        result_ += text_[at++];
      }
    }
    if (keep_) {
      node_.unresolved = true;
    } else {
      store();
    }
  }

 private:
  void fail(std::size_t at, std::string message, std::string hint) {
    problems_.error(place_in(node_, at), "E-RULE-VARIABLE", std::move(message), std::move(hint));
    keep_ = true;
    ++failures_;
  }

  /// Replaces the reference at `at`; returns where the text goes on.
  std::size_t replace(std::size_t at) {
    const std::size_t end = text_.find('}', at);
    if (end == std::string_view::npos) {
      fail(at, "'${' without '}'", "write $${ for the two characters");
      return text_.size();
    }
    const std::string name(text_.substr(at + 2, end - at - 2));
    const VarSpec* variable = expansion_.variables.find(name);
    if (variable == nullptr) {
      const auto names = expansion_.variables.names();
      const std::string suggestion = did_you_mean(name, names);
      std::string hint;
      if (suggestion.empty()) {
        hint = names.empty() ? "variables are declared under 'vars'; $${ stands for the characters"
                             : "the variables are " + joined(names);
      }
      fail(at, "there is no variable '" + name + "'" + suggestion, std::move(hint));
    } else if (variable->secret && !expansion_.allow_secrets) {
      fail(at, "the secret variable '" + name + "' can be used in 'with' only",
           "anywhere else its value would be shown");
    } else if (!variable->sound) {
      keep_ = true;  // what is wrong with its value was told
    } else if (variable->origin == VarOrigin::unset) {
      note_unset(at, *variable);
    } else {
      result_ += variable->value;
      node_.secret = node_.secret || variable->secret;
      if (at == 0 && end + 1 == text_.size()) whole_ = variable;
    }
    return end + 1;
  }

  void note_unset(std::size_t at, const VarSpec& variable) {
    keep_ = true;
    auto& unset = expansion_.unset;
    const bool is_known = std::find(unset.begin(), unset.end(), variable.name) != unset.end();
    if (!is_known) unset.push_back(variable.name);
    if (expansion_.unset_is == Unset::allowed) return;
    const bool is_told = expansion_.unset_is == Unset::told && variable.required;
    if (is_known || is_told) return;
    problems_.error(place_in(node_, at), "E-RULE-VARIABLE",
                    "variable '" + variable.name + "' has no value",
                    expansion_.unset_is == Unset::in_test ? "give it one under 'vars' of the test"
                                                          : ways_to_set(variable));
  }

  void store() {
    if (whole_ != nullptr) {
      node_.quoted = whole_->type == VarType::string || whole_->type == VarType::uri_prefix;
    }
    node_.scalar = std::move(result_);
  }

  ParamNode& node_;
  const std::string_view text_;
  Expansion& expansion_;
  Problems& problems_;
  std::string result_;
  const VarSpec* whole_ = nullptr;
  bool keep_ = false;
  int failures_ = 0;
};

void expand_text(ParamNode& node, Expansion& expansion, Problems& problems) {
  if (has_control(node.scalar)) {
    problems.error(node.mark, "E-RULE-VALUE",
                   "a value can't hold a line break or control character",
                   "a text of several lines: use 'description' or a comment");
    node.unresolved = true;
    return;
  }
  if (node.scalar.find("${") == std::string::npos) return;
  TextExpander(node, expansion, problems).run();
}

void check_keys(const ParamNode& map, Problems& problems) {
  std::unordered_map<std::string_view, const ParamNode*> seen;
  for (const auto& [key, value] : map.entries) {
    if (key.unresolved) continue;
    const auto [first, is_new] = seen.try_emplace(key.scalar, &key);
    if (is_new) continue;
    const std::string name = key.secret ? "a key" : "the key '" + key.scalar + "'";
    problems.error(key.mark, "E-RULE-DUPLICATE",
                   name + " is there twice once the variables are replaced", {},
                   {"first at " + place_text(first->second->mark)});
  }
}

void expand_below(ParamNode& node, bool is_top, Expansion& expansion, Problems& problems) {
  if (node.kind == Kind::scalar) expand_text(node, expansion, problems);
  for (ParamNode& item : node.items) expand_below(item, false, expansion, problems);
  for (auto& [key, value] : node.entries) {
    if (is_annotation(key.scalar) && (is_top || !expansion.is_data)) continue;
    expand_text(key, expansion, problems);
    expand_below(value, false, expansion, problems);
  }
  check_keys(node, problems);
}

}  // namespace

void expand(ParamNode& node, Expansion& expansion, Problems& problems) {
  expand_below(node, true, expansion, problems);
}

}  // namespace stateferry::rules
