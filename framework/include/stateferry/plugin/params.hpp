// Parameters of a transform, keys of a storage: one declaration binds, checks, documents and feeds
// the JSON Schema.
//
// A transform names each parameter once, in configure(ParamBinder&):
//
//   void configure(ParamBinder& p) override {
//     p.required("from", "URI prefix to replace", from_);
//     p.optional("max", "stop after N", max_);
//     if (!p.finish()) return;      // describing, or a problem was reported
//     …derive members from the bound values…
//   }
//
// A storage names its keys of config.yaml in the same way. The same call runs in two modes.
// *Binding* reads values from a rule file's node and reports each problem with file:line:column;
// *describing* touches no variable and fills a TransformSchema. Secrets: the text of a secret node
// is in no message of a binder, also not in those that a transform reports through it. Threads: a
// binder serves one configure() call on one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

struct ParamEntry;

/// A value from a rule file, without any YAML type: scalar, list or ordered map, each with its
/// place. Owns its children and text.
struct STATEFERRY_API ParamNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind = Kind::null;
  bool quoted = false;  ///< a scalar in quotes: never a number or a boolean
  bool secret = false;  ///< the text came from a secret variable; never print it
  /// The text refers to a variable without a good value, which was told: nothing can be bound to
  /// it, and nothing more is said of it.
  bool unresolved = false;
  std::string scalar;               ///< text of a scalar, UTF-8
  std::vector<ParamNode> items;     ///< elements of a list
  std::vector<ParamEntry> entries;  ///< of a map, file order
  SourceMark mark;                  ///< where the value begins

  /// A text, or a list of texts, of a tree that a program makes: quoted, so never a number.
  static ParamNode of(std::string text);
  static ParamNode of(std::vector<std::string> texts);
  /// Appends an entry; this is a map from then on.
  void add(std::string key, ParamNode value);

  /// The value of `key` in a map; null when absent or when this is not a map. Valid as long as
  /// this node is.
  const ParamNode* find(std::string_view key) const noexcept;
};

/// One entry of a map. (A std::pair can't stand here: Clang wants its parts to be complete.)
struct ParamEntry {
  ParamNode key;
  ParamNode value;
};

/// Why a value is not what it should be. `text` ends a sentence that begins with the value's name:
/// `must be an integer, not 'abc'`. Never holds the text of a secret node.
struct ValueProblem {
  std::string code;  ///< E-RULE-TYPE or E-RULE-VALUE; empty for an unresolved node: say nothing
  std::string text;
  std::string hint;
};
/// Reads a scalar as text, as it stands. On a problem `value` is left alone, here and below.
STATEFERRY_API std::optional<ValueProblem> read_text(const ParamNode& node, std::string& value);
/// Reads an unquoted decimal integer; `010`, `1_000` and `0x10` are problems.
STATEFERRY_API std::optional<ValueProblem> read_integer(const ParamNode& node, std::int64_t& value);
/// Reads an unquoted `true` or `false`; `yes` and `True` are problems.
STATEFERRY_API std::optional<ValueProblem> read_boolean(const ParamNode& node, bool& value);
/// Reads an absolute URI prefix in the form that Flink's Path writes, without a slash at its end
/// (but for `file:/`).
STATEFERRY_API std::optional<ValueProblem> read_uri_prefix(const ParamNode& node,
                                                           std::string& value);

/// What one parameter looks like, for documentation and JSON Schema.
struct STATEFERRY_API ParamSchema {
  /// `text_or_map`: a text, or a map from text to text.
  enum class Type : std::uint8_t {
    string,
    uri_prefix,
    integer,
    boolean,
    list,
    map,
    group,
    text_or_map
  };

  std::string name;
  std::string help;
  Type type = Type::string;
  bool required = false;
  std::string default_text;           ///< as it would stand in YAML; empty when there is none
  std::vector<std::string> allowed;   ///< for an enumeration: all legal values
  std::vector<ParamSchema> children;  ///< of a group: its members; of a list or map: the element
};

/// A hazard that a transform may meet and that a rule file must accept by name.
struct HazardSchema {
  std::string name;
  std::string help;
};

/// All that configure() declared.
struct STATEFERRY_API TransformSchema {
  std::vector<ParamSchema> params;
  std::vector<HazardSchema> hazards;
};

/// Binds or describes parameters; see the head of this file.
class STATEFERRY_API ParamBinder {
 public:
  /// Binding mode. `with` is the step's map (null or a null node: no parameters given); problems go
  /// to `sink`; `accepted` are the hazards that the step accepts. All three must outlive the
  /// binder. What is missing is told at `step`, a hazard that doesn't exist at its place in
  /// `accepted_marks` (parallel to `accepted`) or, without one, at `step`.
  ParamBinder(const ParamNode* with, SourceMark step, const std::vector<std::string>& accepted,
              DiagnosticSink& sink, std::vector<SourceMark> accepted_marks = {});
  /// Binding mode for a storage: `config` is the map of config.yaml, where keys at the top that it
  /// doesn't declare are others'. Both must outlive the binder.
  ParamBinder(const ParamNode& config, DiagnosticSink& sink);
  /// Describing mode: declarations are added to `schema`, which must outlive the binder.
  explicit ParamBinder(TransformSchema& schema);
  ~ParamBinder();
  ParamBinder(const ParamBinder&) = delete;
  ParamBinder& operator=(const ParamBinder&) = delete;

  /// A value that must be there. Text is taken as it stands; integers are decimal; booleans are
  /// `true` or `false`. On a problem the variable keeps its value; that one is missing is told by
  /// finish(), unless an unknown name there is likely to be meant for it.
  void required(std::string_view name, std::string_view help, std::string& value);
  void required(std::string_view name, std::string_view help, std::int64_t& value);
  void required(std::string_view name, std::string_view help, bool& value);
  /// A value that may be missing; the variable's value at the call is the default.
  void optional(std::string_view name, std::string_view help, std::string& value);
  void optional(std::string_view name, std::string_view help, std::int64_t& value);
  void optional(std::string_view name, std::string_view help, bool& value);

  /// An absolute URI prefix such as `s3://bucket/dir`, brought into the form that Flink's Path
  /// writes (`file:///x` becomes `file:/x`, no trailing slash). Not empty, scheme required.
  void required_uri_prefix(std::string_view name, std::string_view help, std::string& value);
  /// As above, may be missing (the default is then the empty string).
  void optional_uri_prefix(std::string_view name, std::string_view help, std::string& value);

  /// One of `allowed`; a wrong word is told with a suggestion.
  void one_of(std::string_view name, std::string_view help, const std::vector<std::string>& allowed,
              std::string& value, bool is_required = false);
  /// A list of texts; a single scalar counts as a list of one. A required list is not empty.
  void list(std::string_view name, std::string_view help, std::vector<std::string>& values,
            bool is_required = false);

  /// One entry of a map parameter with the places of both sides.
  struct MapEntry {
    std::string key;
    std::string value;
    SourceMark key_mark;
    SourceMark value_mark;
  };
  /// A map from URI prefix to URI prefix, in file order; both sides as in required_uri_prefix. Two
  /// keys that are the same prefix in Flink's form are a problem. Must be there and not be empty.
  void uri_prefix_map(std::string_view name, std::string_view help, std::vector<MapEntry>& entries);
  /// A map from text to text, in file order. A required map is not empty.
  void map(std::string_view name, std::string_view help, std::vector<MapEntry>& entries,
           bool is_required = false);

  /// One entry of a map whose values are texts or maps: either `text` or `members` counts.
  struct TextOrMap {
    std::string key;
    bool is_text = true;
    std::string text;
    std::vector<MapEntry> members;
    SourceMark key_mark;
    SourceMark value_mark;
  };
  /// A map from text to a text or to a map of texts, in file order. May be missing.
  void map_of_texts_or_maps(std::string_view name, std::string_view help,
                            std::vector<TextOrMap>& entries);

  /// A nested map: `declare` names its members on the binder it is given, which is finished for it.
  /// Not called when binding and the group is not given.
  void group(std::string_view name, std::string_view help,
             const std::function<void(ParamBinder&)>& declare, bool is_required = false);
  /// A list of nested maps: `declare` is called once per element (once when describing).
  void group_list(std::string_view name, std::string_view help,
                  const std::function<void(ParamBinder&)>& declare, bool is_required = false);

  /// Declares a hazard. Returns whether the rule file accepts it (false when describing).
  bool hazard(std::string_view name, std::string_view help);

  /// Whether `name` was given in the rule file.
  bool given(std::string_view name) const noexcept;
  /// The place of the value of `name`, or of the step where it is missing.
  SourceMark mark(std::string_view name) const;
  /// Reports a problem with the value of `name`.
  void error(std::string_view name, std::string code, std::string message, std::string hint = {});
  /// Reports a problem at `mark`.
  void error_at(const SourceMark& mark, std::string code, std::string message,
                std::string hint = {});

  /// Reports unknown and missing parameters and hazards that the transform doesn't have, each with
  /// a suggestion; keys that begin with `x-` are the user's own. Returns true when values were
  /// bound and nothing was wrong: only then may the transform derive anything from them. A further
  /// call reports nothing again and returns false if error() was called in between.
  bool finish();

 private:
  struct State;
  explicit ParamBinder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What `configure` of some transform declares.
template <class Configurable>
TransformSchema describe_params(Configurable& transform) {
  TransformSchema schema;
  ParamBinder binder(schema);
  transform.configure(binder);
  return schema;
}

}  // namespace stateferry
