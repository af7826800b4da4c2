// For the tests of this namespace: a document made of operators only, and a context that selects
// all of them and remembers what it is told.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "../test_support.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/plugin/transform.hpp"

namespace stateferry::test {

/// An operator as it stands in a file: uid and name (modified UTF-8) may be empty.
inline OperatorState op(std::string_view uid, std::string_view name, const OperatorId& id) {
  OperatorState state;
  state.uid = uid;
  state.name = name;
  state.id = id;
  state.parallelism = 1;
  state.max_parallelism = 128;
  return state;
}
/// One whose id Flink made of its uid.
inline OperatorState op(std::string_view uid, std::string_view name = {}) {
  return op(uid, name, operator_id_of_uid(to_utf8(uid)));
}
/// One as files before V5 hold it.
inline OperatorState old_op(std::string_view uid) {
  return op({}, {}, operator_id_of_uid(to_utf8(uid)));
}

inline Document document(const std::vector<OperatorState>& operators) {
  Arena arena;
  CheckpointMetadata root;
  for (const OperatorState& state : operators) root.operators.push_back(arena, state);
  return {memory_source({}, "test"), std::move(arena), root, Dialect{6, {2, 1}}};
}

/// A way for an operator to hold state, or to say that it is done.
struct StateFiller {
  const char* what;
  void (*into)(OperatorState&, Arena&);
};
/// Adds a subtask to `op`.
inline OperatorSubtaskState& subtask(OperatorState& op, Arena& arena) {
  return op.subtasks.emplace_back(arena).state;
}
/// All that Flink counts as state, and the marks of finished tasks.
inline std::vector<StateFiller> kinds_of_state() {
  return {
      {"coordinator", [](OperatorState& op, Arena&) { op.coordinator = ByteStreamStateHandle{}; }},
      {"managed keyed",
       [](OperatorState& op, Arena& a) { subtask(op, a).managed_keyed = KeyGroupsStateHandle{}; }},
      {"raw keyed",
       [](OperatorState& op, Arena& a) { subtask(op, a).raw_keyed = KeyGroupsStateHandle{}; }},
      {"managed operator",
       [](OperatorState& op, Arena& a) {
         subtask(op, a).managed_operator.push_back(a, OperatorStreamStateHandle{});
       }},
      {"raw operator, behind one of the chain that has none",
       [](OperatorState& op, Arena& a) {
         OperatorSubtaskState& state = subtask(op, a);
         state.raw_operator.push_back(a, NoHandle{});
         state.raw_operator.push_back(a, OperatorStreamStateHandle{});
       }},
      {"legacy", [](OperatorState& op,
                    Arena& a) { subtask(op, a).legacy.push_back(a, ByteStreamStateHandle{}); }},
      {"input channels",
       [](OperatorState& op, Arena& a) { subtask(op, a).input_channels.emplace_back(a); }},
      {"output channels",
       [](OperatorState& op, Arena& a) { subtask(op, a).output_channels.emplace_back(a); }},
      {"fully finished", [](OperatorState& op, Arena&) { op.fully_finished = true; }},
      {"a finished subtask",
       [](OperatorState& op, Arena& a) { op.subtasks.emplace_back(a).finished = true; }},
  };
}

class FakeContext final : public DocumentContext {
 public:
  explicit FakeContext(const Document& document) {
    OperatorKey key;
    for (const OperatorState& state : document.root().operators) {
      key.id = state.id;
      key.uid = state.uid;
      key.name = state.name;
      names |= !key.uid.empty() || !key.name.empty();
      keys_.push_back(key);
      ++key.index;
    }
    stores_names = names;
  }

  DiagnosticSink& sink() const override { return sink_; }
  bool selects(std::uint32_t i) const override { return i != left_out; }
  OperatorKey key(std::uint32_t i) const override { return keys_.at(i); }
  bool knows_uids() const override { return names; }
  bool knows_names() const override { return names; }
  bool stores_operator_names() const override { return stores_names; }
  void already(std::uint32_t i) override { say("already " + std::to_string(i)); }
  void changed(std::uint32_t i, std::string_view field, std::string_view before,
               std::string_view after) override {
    say(std::to_string(i) + "." + std::string(field) + ": " + std::string(before) + " > " +
        std::string(after));
  }
  void drop(std::uint32_t i) override { say("drop " + std::to_string(i)); }
  void changed_elsewhere() override { say("elsewhere"); }

  std::vector<std::string> told;
  std::uint32_t left_out = UINT32_MAX;  ///< the one operator that `where` does not select
  bool names = false;                   ///< whether uids and names are known
  bool stores_names = false;

 private:
  void say(std::string text) { told.push_back(std::move(text)); }

  std::vector<OperatorKey> keys_;
  mutable DiagnosticList sink_;
};

/// Applies a transform; the code of what it throws is the only thing told then.
inline std::vector<std::string> apply(const DocumentTransform& transform, Document& document,
                                      FakeContext& context) {
  try {
    transform.apply(document, context);
  } catch (const Error& error) {
    return {error.code()};
  }
  return context.told;
}
inline std::vector<std::string> apply(const DocumentTransform& transform, Document& document) {
  FakeContext context(document);
  return apply(transform, document, context);
}

}  // namespace stateferry::test
