#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::uri {
namespace {

// A replacement, cut into literal text and groups.
struct Piece {
  std::string literal;
  int group = -1;  // index of the capturing group; -1: literal
};

class Regex final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    std::string pattern;
    std::string to;
    params.required("pattern", "RE2 expression that must match the whole URI; name groups (?P<x>…)",
                    pattern);
    params.required("to",
                    "the new URI; {x} stands for the text of group x, {{ for a brace. Where it has "
                    "no name outside of groups, a second run can't tell its results from others",
                    to);
    may_repeat_ = params.hazard(
        "not-idempotent", "the result may match the pattern again, so a second run moves again");
    if (!params.finish()) return;
    RE2::Options options;
    options.set_log_errors(false);
    pattern_ = std::make_unique<RE2>(pattern, options);
    if (!pattern_->ok()) {
      params.error("pattern", "E-RULE-VALUE", "not a valid RE2 expression: " + pattern_->error(),
                   "RE2 has no look-around and no back references");
      return;
    }
    parse_replacement(params, to);
  }

  Outcome rewrite(std::string_view uri, std::string& result) const override {
    if (!substitute(uri, result)) {
      return lies_in_target(uri) || is_a_result(uri) ? Outcome::already : Outcome::unmatched;
    }
    if (!may_repeat_) check_idempotent(uri, result);
    return Outcome::changed;
  }

  Inverse inverse(const InverseContext& /*context*/) const override {
    return NoInverse{
        "a pattern doesn't tell what its results were made of; write a step with the reverse "
        "pattern by hand"};
  }

 private:
  void parse_replacement(ParamBinder& params, const std::string& to) {
    const auto& groups = pattern_->NamedCapturingGroups();
    Piece literal;
    for (std::size_t i = 0; i < to.size(); ++i) {
      const bool doubled = i + 1 < to.size() && to[i + 1] == to[i];
      if ((to[i] == '{' || to[i] == '}') && doubled) {
        literal.literal += to[i++];
      } else if (to[i] == '{') {
        const std::size_t end = to.find('}', i);
        const std::string name = to.substr(i + 1, end == std::string::npos ? end : end - i - 1);
        const auto group = groups.find(name);
        if (end == std::string::npos || group == groups.end()) {
          std::vector<std::string> names;
          for (const auto& entry : groups) names.push_back(entry.first);
          params.error("to", "E-RULE-VALUE",
                       end == std::string::npos
                           ? std::string("a '{' is not closed")
                           : "the pattern has no group '" + name + "'" + did_you_mean(name, names),
                       "name groups in the pattern: (?P<path>.*)");
          return;
        }
        if (pieces_.empty()) target_ = literal.literal;
        pieces_.push_back(std::move(literal));
        pieces_.push_back({{}, group->second});
        literal = {};
        i = end;
      } else if (to[i] == '}') {
        params.error("to", "E-RULE-VALUE", "a '}' has no '{'", "write }} for a brace");
        return;
      } else {
        literal.literal += to[i];
      }
    }
    if (pieces_.empty()) target_ = literal.literal;
    pieces_.push_back(std::move(literal));
    // What stands before the first group is the step's target, if it says more than a scheme.
    const auto authority = target_.find("://");
    if (authority == std::string::npos || target_.size() <= authority + 3) target_.clear();
    if (target_.empty()) make_results(pattern_->pattern());
  }

  // The expression of all results: what is literal in `to`, and each group's own part of the
  // pattern. Null where that says too little to know a result by.
  void make_results(const std::string& pattern) {
    std::string all;
    bool says_something = false;
    for (const Piece& piece : pieces_) {
      if (piece.group < 0) {
        all += RE2::QuoteMeta(piece.literal);
        says_something |= has_name(piece.literal);
        continue;
      }
      const auto part = group_text(pattern, pattern_->CapturingGroupNames().at(piece.group));
      if (!part) return;
      all += "(?:" + *part + ")";
    }
    if (!says_something) return;
    RE2::Options options;
    options.set_log_errors(false);
    results_ = std::make_unique<RE2>(all, options);
    if (!results_->ok()) results_ = nullptr;
  }
  static bool has_name(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_letter_or_digit);
  }
  // What stands between the parentheses of a named group; nothing where that is hard to tell.
  static std::optional<std::string> group_text(const std::string& pattern,
                                               const std::string& name) {
    if (pattern.find("\\Q") != std::string::npos) return std::nullopt;
    auto begin = pattern.find("(?P<" + name + ">");
    if (begin == std::string::npos) return std::nullopt;
    begin += name.size() + 5;
    int depth = 1;
    bool in_class = false;
    for (std::size_t i = begin; i < pattern.size(); ++i) {
      const char c = pattern[i];
      if (c == '\\') {
        ++i;
      } else if (in_class) {
        // The first bracket of a class may be a member of it: then the rest is not looked at.
        if (c == ']' && pattern[i - 1] == '[') return std::nullopt;
        in_class = c != ']';
      } else if (c == '[') {
        in_class = true;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        return pattern.substr(begin, i - begin);
      }
    }
    return std::nullopt;
  }

  bool is_a_result(std::string_view uri) const {
    return results_ != nullptr &&
           RE2::FullMatch(re2::StringPiece(uri.data(), uri.size()), *results_);
  }

  bool lies_in_target(std::string_view uri) const {
    if (target_.empty() || !uri.starts_with(target_)) return false;
    return target_.ends_with('/') || uri.size() == target_.size() || uri[target_.size()] == '/';
  }

  bool substitute(std::string_view uri, std::string& result) const {
    const int n = pattern_->NumberOfCapturingGroups() + 1;
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(n));
    const re2::StringPiece text(uri.data(), uri.size());
    if (!pattern_->Match(text, 0, uri.size(), RE2::ANCHOR_BOTH, groups.data(), n)) return false;
    for (const Piece& piece : pieces_) {
      if (piece.group < 0) {
        result += piece.literal;
      } else {
        const re2::StringPiece& group = groups[static_cast<std::size_t>(piece.group)];
        result.append(group.data() == nullptr ? "" : group.data(), group.size());
      }
    }
    return true;
  }

  void check_idempotent(std::string_view uri, const std::string& result) const {
    std::string again;
    if (!substitute(result, again) || again == result) return;
    throw RuleError("E-RULE-IDEMPOTENT",
                    "'" + std::string(uri) + "' becomes '" + result +
                        "', which the pattern matches again and would make '" + again + "'",
                    "make the pattern leave its own results alone, or accept it with "
                    "'accept: [not-idempotent]'");
  }

  std::unique_ptr<RE2> pattern_;
  std::unique_ptr<RE2> results_;  // of URIs that the step may have made; may be null
  std::vector<Piece> pieces_;
  std::string target_;
  bool may_repeat_ = false;
};

}  // namespace

STATEFERRY_TRANSFORM(Regex, "uri.regex",
                     "rewrites URIs that a regular expression matches as a whole")

}  // namespace stateferry::uri
