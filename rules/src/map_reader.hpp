// Reads the keys of one map of a rule file, and the kinds of value that stand behind them: each
// helper reports what is wrong and says whether there is a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "problems.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry::rules {

/// `a, b, c`.
std::string joined(const std::vector<std::string>& words);
/// `a text`, `a list`, `a map`, `nothing`.
std::string_view kind_text(ParamNode::Kind kind);
/// Whether `key` is an annotation of the user's own: `x-…`.
bool is_annotation(std::string_view key);

/// See the head of this file. Borrows the map and the problems.
class MapReader {
 public:
  /// `what` names the map in messages: `this step`. A node that is no map is reported and then
  /// treated as an empty one.
  MapReader(const ParamNode& map, std::string what, Problems& problems);

  /// Whether it was a map.
  bool is_map() const noexcept { return map_ != nullptr; }
  /// The value of `key`; null when it isn't there. Makes the key a known one.
  const ParamNode* find(std::string_view key);
  /// The same; an absent key is reported by finish(), with `hint`.
  const ParamNode* need(std::string_view key, std::string hint = {});
  /// The place of `key`, which is there.
  SourceMark key_mark(std::string_view key) const;
  /// Whether all needed keys were there, so far.
  bool complete() const noexcept { return complete_; }
  /// Reports missing keys and all that nobody asked for. Called once, after the last find().
  void finish();

 private:
  struct Missing {
    std::string key;
    std::string hint;
  };
  void report_unknown(const ParamNode& key);

  const ParamNode* map_;
  SourceMark mark_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> known_;
  std::vector<Missing> missing_;
  bool complete_ = true;
};

/// Each sets `value` and returns true, or reports the problem of `subject` (`'from'`) and returns
/// false with `value` unchanged. Texts have no line break but for read_long_text().
bool read_text(const ParamNode& node, const std::string& subject, std::string& value,
               Problems& problems);
bool read_long_text(const ParamNode& node, const std::string& subject, std::string& value,
                    Problems& problems);
bool read_flag(const ParamNode& node, const std::string& subject, bool& value, Problems& problems);
/// A bound on a count, with its text and mark.
bool read_bound(const ParamNode& node, const std::string& subject, CountBound& value,
                Problems& problems);
/// A text, or a list of texts that is not empty. Returns the scalars; none after a problem.
std::vector<const ParamNode*> read_texts(const ParamNode& node, const std::string& subject,
                                         Problems& problems);
/// Whether `node` is of this kind.
bool expect_kind(const ParamNode& node, const std::string& subject, ParamNode::Kind kind,
                 Problems& problems);
/// Reports that `node`, a text, is not one of `allowed`.
void report_choice(const ParamNode& node, const std::string& subject,
                   const std::vector<std::string>& allowed, Problems& problems);

}  // namespace stateferry::rules
