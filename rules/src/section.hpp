// A section of the rule language, said once: its keys are declared by one function, which reads
// them from a file, prints them again, and describes them as JSON Schema.
//
//   void declare_output(Section& section, OutputSpec& output) {
//     section.key("flink", "oldest Flink that must be able to read the result", Release{},
//                 output.format.flink);
//     …
//   }
//
// The last argument but one is the kind of the value. A kind has three functions:
//
//   bool read(const ParamNode&, const std::string& subject, Problems&, T&) const;  // false: told
//   ParamNode print(const T&) const;        // a null node where there is nothing to say
//   Json schema(Variable) const;
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "problems.hpp"
#include "schema/schema_parts.hpp"
#include "stateferry/host/map_fields.hpp"
#include "stateferry/plugin/params.hpp"
#include "values.hpp"

namespace stateferry::rules {

/// When a key may or must be there.
struct Need {
  bool required = false;
  std::string_view hint = {};  ///< said where it is missing
  /// Keys of which one must be there, too; none: it may stand alone.
  std::vector<std::string> beside = {};
};
inline Need required(std::string_view hint) {
  return {true, hint, {}};
}

/// Replaces the variables in a value.
using Expander = std::function<void(ParamNode&)>;

/// See the head of this file. Borrows what it is made of.
class Section {
 public:
  /// Reads `map`, which is called `what` in messages; a node that is no map is reported and then
  /// treated as an empty one. `expand` may be null: the variables have been replaced, or there are
  /// none.
  Section(const ParamNode& map, std::string what, Problems& problems, Expander expand = nullptr);
  /// Adds the keys that say something to `printed`.
  explicit Section(ParamNode& printed) : printed_(&printed) {}
  /// Describes. `variable`: whether keys may hold variables.
  explicit Section(Variable variable) : variable_(variable), in_keys_(variable) {}

  /// From here on, whether values may hold variables; the names of keys don't.
  void variables(Variable variable) { variable_ = variable; }

  template <class Kind, class T>
  void key(std::string_view name, std::string_view help, const Kind& kind, T& value,
           const Need& need = {}) {
    if (fields_) {
      const ParamNode* node = find(name, need);
      if (node == nullptr) return;
      const std::string subject = "'" + std::string(name) + "'";
      if (variable_ == Variable::no || !expand_) {
        kind.read(*node, subject, *problems_, value);
      } else {
        ParamNode copy = *node;
        expand_(copy);
        kind.read(copy, subject, *problems_, value);
      }
    } else if (printed_ != nullptr) {
      print(name, need, kind.print(std::as_const(value)));
    } else {
      describe(name, need, described(help, kind.schema(variable_)));
    }
  }

  /// Whether `name` is there; true when nothing is read.
  bool given(std::string_view name) const { return map_ == nullptr || map_->find(name) != nullptr; }
  /// Whether it is a map that is read.
  bool is_map() const { return is_map_; }
  /// The place of the value of `name`, and that of the name itself, which is there.
  SourceMark mark(std::string_view name) const {
    const ParamNode* node = map_->find(name);
    return node == nullptr ? map_->mark : node->mark;
  }
  SourceMark key_mark(std::string_view name) const { return fields_->key_mark(name); }
  /// Reports what is missing and what nobody asked for. Only after reading.
  void finish();
  /// The schema of all keys so far. Only after describing.
  Json schema() const;

 private:
  const ParamNode* find(std::string_view name, const Need& need);
  void print(std::string_view name, const Need& need, ParamNode node);
  void describe(std::string_view name, const Need& need, Json schema);

  std::optional<MapFields> fields_;  // reading
  bool is_map_ = false;
  const ParamNode* map_ = nullptr;
  Problems* problems_ = nullptr;
  Expander expand_;
  ParamNode* printed_ = nullptr;  // printing
  Variable variable_ = Variable::no;
  Variable in_keys_ = Variable::no;  // describing
  Json properties_ = Json::object();
  std::vector<std::string> required_;
  Json beside_ = Json::object();
};

// --- kinds of values ----------------------------------------------------------------------------

/// A scalar that is written without quotes where YAML lets it be.
ParamNode plain_text(std::string_view text, SourceMark mark = {});

/// A text of one line.
struct Text {
  /// What is wrong with a text; nothing when all is well.
  std::optional<ValueProblem> (*check)(const std::string&) = nullptr;
  std::string_view pattern = {};  ///< the same for the schema, with what its reader is told
  std::string_view pattern_hint = {};

  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::string& value) const;
  ParamNode print(const std::string& value) const {
    return value.empty() ? ParamNode() : plain_text(value);
  }
  Json schema(Variable) const {
    return pattern.empty() ? text_schema() : text_schema(pattern, pattern_hint);
  }
};
inline constexpr Text kText;

/// A text that may have several lines.
struct LongText {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::string& value) const {
    return read_long_text(node, subject, value, problems);
  }
  ParamNode print(const std::string& value) const {
    return value.empty() ? ParamNode() : ParamNode::of(value);
  }
  Json schema(Variable) const { return text_schema(); }
};
inline constexpr LongText kLongText;

/// `true` or `false`, which is the default.
struct Flag {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            bool& value) const {
    return read_flag(node, subject, value, problems);
  }
  ParamNode print(bool value) const { return value ? plain_text("true") : ParamNode(); }
  Json schema(Variable) const { return {{"type", "boolean"}, {"default", false}}; }
};
inline constexpr Flag kFlag;

/// A value of an enumeration: what it means and, where the framework has no name for it, its word.
template <class T>
struct WordOf {
  T value;
  std::string_view meaning = {};
  std::string_view text = {};
};

/// One of the words of a table.
template <class T>
struct Words {
  using NameOf = std::string_view (*)(T) noexcept;

  const WordOf<T>* table;
  std::size_t count;
  NameOf name_of = nullptr;               ///< null: the table has the words
  std::optional<T> usual = std::nullopt;  ///< what it is without a word, which is not printed
  bool tells_usual = true;                ///< whether the schema tells it

  std::string_view text_of(std::size_t i) const {
    return name_of == nullptr ? table[i].text : name_of(table[i].value);
  }
  std::string_view name(T value) const {
    std::size_t i = 0;
    while (i < count && table[i].value != value) ++i;
    return i < count ? text_of(i) : std::string_view();
  }

  /// `value` is a T or may be without one.
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            auto& value) const {
    std::string word;
    if (!read_text(node, subject, word, problems)) return false;
    std::vector<std::string> allowed;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_of(i) == word) {
        value = table[i].value;
        return true;
      }
      allowed.emplace_back(text_of(i));
    }
    return report(choice_problem(node, allowed), node, subject, problems);
  }
  ParamNode print(const std::optional<T>& value) const {
    return !value || value == usual ? ParamNode() : plain_text(name(*value));
  }
  Json schema(Variable variable) const {
    std::vector<Word> words;
    for (std::size_t i = 0; i < count; ++i) {
      words.push_back({std::string(text_of(i)), std::string(table[i].meaning)});
    }
    Json schema = choice_schema(words, variable);
    if (usual && tells_usual) schema["default"] = text_of_usual();
    return schema;
  }

 private:
  std::string text_of_usual() const { return std::string(name(*usual)); }
};
template <class T, std::size_t N>
constexpr Words<T> words(const WordOf<T> (&table)[N],
                         std::type_identity_t<typename Words<T>::NameOf> name_of = nullptr,
                         std::type_identity_t<std::optional<T>> usual = std::nullopt,
                         bool tells_usual = true) {
  return {table, N, name_of, usual, tells_usual};
}

/// One value of a kind, or a list of them that is not empty.
template <class Kind>
struct Many {
  Kind kind;

  template <class T>
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::vector<T>& values) const {
    for (const ParamNode* item : read_texts(node, subject, problems)) {
      T value{};
      if (kind.read(*item, subject, problems, value)) values.push_back(std::move(value));
    }
    return true;
  }
  template <class T>
  ParamNode print(const std::vector<T>& values) const {
    if (values.size() == 1) return kind.print(values.front());
    ParamNode list;
    for (const T& value : values) {
      list.kind = ParamNode::Kind::list;
      list.items.push_back(kind.print(value));
    }
    return list;
  }
  Json schema(Variable variable) const { return one_or_many(kind.schema(variable)); }
};
template <class Kind>
Many(Kind) -> Many<Kind>;

/// A map with keys of its own.
template <class T>
struct Fields {
  void (*declare)(Section&, T&);

  bool read(const ParamNode& node, const std::string& subject, Problems& problems, T& value) const {
    Section section(node, subject, problems);
    declare(section, value);
    section.finish();
    return true;
  }
  ParamNode print(const T& value) const {
    ParamNode node;
    Section section(node);
    T copy = value;
    declare(section, copy);
    return node;
  }
  Json schema(Variable variable) const {
    Section section(variable);
    T value{};
    declare(section, value);
    return section.schema();
  }
};
template <class T>
Fields(void (*)(Section&, T&)) -> Fields<T>;

/// The node itself, for what is read later.
struct Raw {
  Json (*make_schema)() = nullptr;

  bool read(const ParamNode& node, const std::string&, Problems&, const ParamNode*& value) const {
    value = &node;
    return true;
  }
  ParamNode print(const ParamNode* value) const { return value == nullptr ? ParamNode() : *value; }
  Json schema(Variable) const { return make_schema(); }
};

/// A kind whose value's place is kept, too.
template <class Kind>
struct Marked : Kind {
  SourceMark& mark;

  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            auto& value) const {
    const bool good = Kind::read(node, subject, problems, value);
    if (good) mark = node.mark;
    return good;
  }
};
template <class Kind>
Marked(Kind, SourceMark&) -> Marked<Kind>;

/// A value that may be missing.
template <class Kind>
struct Maybe {
  Kind kind;

  template <class T>
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::optional<T>& value) const {
    T read{};
    if (!kind.read(node, subject, problems, read)) return false;
    value = std::move(read);
    return true;
  }
  template <class T>
  ParamNode print(const std::optional<T>& value) const {
    return value ? kind.print(*value) : ParamNode();
  }
  Json schema(Variable variable) const { return kind.schema(variable); }
};
template <class Kind>
Maybe(Kind) -> Maybe<Kind>;

/// A kind whose schema is one of the schema's definitions.
template <class Kind>
struct Defined : Kind {
  const char* definition;

  // Keys beside a $ref mean nothing in draft-07, so a description needs a schema around it.
  Json schema(Variable) const { return {{"allOf", Json::array({reference(definition)})}}; }
};
template <class Kind>
Defined(Kind, const char*) -> Defined<Kind>;

/// A bound on a count.
struct Bound {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::optional<CountBound>& value) const;
  ParamNode print(const std::optional<CountBound>& value) const;
  Json schema(Variable) const { return reference("bound"); }
};
inline constexpr Bound kBound;

}  // namespace stateferry::rules
