// Whether an operator holds anything that a restored job would have to take over.
#pragma once

#include "stateferry/export.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"

namespace stateferry {

/// Whether Flink takes the operator for one with state: it has coordinator state, or some subtask
/// has a handle of any kind, be it an empty one (OperatorSubtaskState.hasState, which decides in
/// Checkpoints.loadAndValidateCheckpoint since 1.3 whether a job without the operator may start).
STATEFERRY_API bool holds_state(const OperatorState& op) noexcept;

/// Whether some subtask has managed or raw keyed state, which is cut by key groups and so depends
/// on the maximum parallelism.
STATEFERRY_API bool holds_keyed_state(const OperatorState& op) noexcept;

/// Whether the operator, or one of its subtasks, is marked as finished (since 1.14): a restored job
/// doesn't run it again.
STATEFERRY_API bool is_marked_finished(const OperatorState& op) noexcept;

}  // namespace stateferry
