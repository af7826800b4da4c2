// A snapshot part by part, in file order: what walks, dumps and counts take, be it from a tree or
// from a body that is read without keeping more than a part of it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "stateferry/export.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/reflect.hpp"

namespace stateferry {

/// Takes the parts; by default nothing comes of it. What it is shown is valid during the call only,
/// but for the texts of an operator, which stay until it ends. A list that is shown part by part is
/// not to be looked at: it may be empty. Throws to stop.
class STATEFERRY_API PartVisitor {
 public:
  virtual ~PartVisitor();
  /// All that stands in front of the operators.
  virtual void begin(CheckpointMetadata& root);
  /// All of an operator that stands in front of its subtasks, or beside them. `index`: its place in
  /// the list.
  virtual void begin_operator(OperatorState& op, std::uint32_t index);
  /// A subtask of that operator, with its state.
  virtual void subtask(SubtaskEntry& entry, std::uint32_t index);
  /// The operator once more, with what stands behind its subtasks.
  virtual void end_operator(OperatorState& op);
  /// The snapshot once more, with what stands behind the operators.
  virtual void end(CheckpointMetadata& root);
};

/// Shows the parts of a tree.
STATEFERRY_API void show_parts(CheckpointMetadata& root, PartVisitor& visitor);

/// Calls f(const Field&, member) for the members of `record` in wire order: those in front of the
/// list of `Part`, which is shown part by part.
template <class Part, class Record, class F>
void for_each_member_before(Record& record, F&& f) {
  bool before = true;
  for_each_member(record, [&](const Field& field, auto& member) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, List<Part>>) {
      before = false;
    } else if (before) {
      f(field, member);
    }
  });
}
/// The same for those behind it.
template <class Part, class Record, class F>
void for_each_member_behind(Record& record, F&& f) {
  bool behind = false;
  for_each_member(record, [&](const Field& field, auto& member) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, List<Part>>) {
      behind = true;
    } else if (behind) {
      f(field, member);
    }
  });
}

}  // namespace stateferry
