// Binding a map of a YAML file to declared fields: which keys are known, missing or likely to be
// slips, and how a value of the wrong kind is told. Parameters of plugins (ParamBinder) and the
// sections of rule files are bound by it; they differ in how they declare, and in where they
// report.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/source_mark.hpp"
#include "stateferry/export.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// The text of a scalar in quotes, cut when it is long; never that of a secret.
STATEFERRY_API std::string shown(const ParamNode& node);
/// `a text`, `a list`, `a map`, `nothing`.
STATEFERRY_API std::string kind_text(ParamNode::Kind kind);
/// `rules.yaml:4:13`, for notes that name another place.
STATEFERRY_API std::string place_text(const SourceMark& mark);
/// Whether `key` is an annotation of the user's own: `x-…`.
STATEFERRY_API bool is_annotation(std::string_view key);

/// What is wrong with a node that must be of this kind; nothing when it is. `wanted` names the
/// kind.
STATEFERRY_API std::optional<ValueProblem> kind_problem(const ParamNode& node, ParamNode::Kind kind,
                                                        const std::string& wanted);
STATEFERRY_API std::optional<ValueProblem> kind_problem(const ParamNode& node,
                                                        ParamNode::Kind kind);
/// What is wrong with a text that is none of `allowed`.
STATEFERRY_API ValueProblem choice_problem(const ParamNode& node,
                                           const std::vector<std::string>& allowed);

/// The fields of one map. Borrows the map.
class STATEFERRY_API MapFields {
 public:
  /// A problem, and the place that it is told at: a whole sentence, or no code and nothing to say.
  struct Problem {
    SourceMark mark;
    ValueProblem what;
  };

  /// `map` may be null: there is none, so nothing is found and nothing is unknown. `noun` is what a
  /// key is called in messages; `in` ends them and says which map it is: ` in this step`. What is
  /// missing is told at `place`.
  MapFields(const ParamNode* map, std::string noun, std::string in, SourceMark place);

  /// The value of `key`; null when it isn't there. Makes the key a known one.
  const ParamNode* find(std::string_view key);
  /// Notes that `key`, which must be there, is not; `hint` says what it is for.
  void miss(std::string_view key, std::string hint);
  /// The place of `key` itself; `place` where it isn't there.
  SourceMark key_mark(std::string_view key) const;

  /// Keys that nobody asked for, each with a suggestion or with all that there are, in the order of
  /// the file. One that is likely to be a missing key takes its place. Annotations are no keys.
  /// Asked once, after the last find().
  std::vector<Problem> unknown();
  /// Keys that were missed.
  std::vector<Problem> missing() const;

 private:
  struct Missing {
    std::string key;
    std::string hint;
  };
  ValueProblem unknown_key(const ParamNode& key);

  const ParamNode* map_;
  std::string noun_;
  std::string in_;
  SourceMark place_;
  std::vector<std::string> known_;
  std::vector<Missing> missing_;
};

}  // namespace stateferry
