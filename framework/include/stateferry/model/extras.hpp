// Fields that a codec brings along: the model has no member for them and the grammar no line. They
// stand at the end of a record, in the dialects of that codec alone.
//
// So a format version with a new field needs nothing but its codec: values are read, written,
// compared, dumped and, where another dialect has no place for them, told as a loss. A field that
// several versions have belongs into the model and the grammar.
#pragma once

#include <cstdint>
#include <string_view>

#include "stateferry/memory/list.hpp"
#include "stateferry/model/field.hpp"

namespace stateferry {

/// How bad a loss is.
enum class LossClass : std::uint8_t {
  lossless,           ///< said in another way
  drops_information,  ///< what no state depends on: names, ids, sizes, the kind of snapshot
  impossible,         ///< state would be lost, or read wrongly
};

/// Records that a codec can extend.
enum class ExtendedRecord : std::uint8_t {
  operator_state,        ///< OperatorState, behind its subtasks
  subtask_state,         ///< OperatorSubtaskState
  key_groups,            ///< KeyGroupsStateHandle, with and without id
  key_groups_savepoint,  ///< KeyGroupsSavepointStateHandle
  incremental,           ///< IncrementalRemoteKeyedStateHandle
  changelog,             ///< ChangelogStateBackendHandleImpl
  operator_stream,       ///< OperatorStreamStateHandle
};

/// How a value is written.
enum class ExtraType : std::uint8_t {
  i32,
  i64,
  flag,  ///< one byte, 0 or 1
  text,  ///< as Java's writeUTF
};

/// A field as its codec declares it. Static in the plugin.
struct ExtraField {
  ExtendedRecord record{};
  Field field{};  ///< its name in dumps and paths, `expires_at`; none of the record's own
  ExtraType type{};
  /// Whether a byte in front, 0 or 1, says if there is a value. Else there always is one: records
  /// from other dialects get 0 or an empty text.
  bool optional = true;
  /// What it means that a dialect without the field is to hold the record.
  LossClass loss = LossClass::drops_information;
  const char* reason = "";  ///< one sentence without the place and without a full stop
  const char* remedy = "";  ///< what could be done; may be empty
};

/// A value in the model. Views the input or the arena, never the codec.
struct ExtraValue {
  const Field* field = nullptr;  ///< in the arena
  ExtraType type = ExtraType::i64;
  std::int64_t number = 0;  ///< of numbers; a flag is 0 or 1
  std::string_view text{};  ///< of a text, modified UTF-8

  /// Whether this is the value of `other`; the place of the name doesn't matter.
  bool has_name(const Field& other) const noexcept {
    return std::string_view(field->name) == other.name;
  }
  friend bool operator==(const ExtraValue& a, const ExtraValue& b) noexcept {
    return a.has_name(*b.field) && a.type == b.type && a.number == b.number && a.text == b.text;
  }
};

/// The values of one record, in wire order.
using Extras = List<ExtraValue>;

/// The value of `field`; null when there is none.
inline const ExtraValue* find_extra(const Extras& extras, const Field& field) noexcept {
  for (const ExtraValue& value : extras) {
    if (value.has_name(field)) return &value;
  }
  return nullptr;
}
/// A copy of `field` in `arena`, for values.
inline const Field* keep_field(const Field& field, Arena& arena) {
  const std::string_view name = arena.intern(field.name, std::string_view("", 1));  // with its end
  Field* const kept = arena.make<Field>();
  *kept = Field{name.data(), field.role};
  return kept;
}

}  // namespace stateferry
