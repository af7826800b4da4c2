// What an operator and its handles hold, for whoever restores or counts it.
#pragma once

#include <cstdint>

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

/// Bytes of state behind a handle, as Flink's StateObject.getStateSize counts them: of an inline
/// one its length, of others what they say; 0 where they say nothing or less than nothing.
STATEFERRY_API std::uint64_t state_size_of(const StreamStateHandle& handle) noexcept;

}  // namespace stateferry
