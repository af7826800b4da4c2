// The whole of a _metadata file, whatever its version (org.apache.flink.runtime.checkpoint.*).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "stateferry/memory/list.hpp"
#include "stateferry/model/operator_id.hpp"
#include "stateferry/model/state_handles.hpp"

namespace stateferry {

/// MasterState (V2+): state of a job manager hook.
struct MasterState {
  std::int32_t version = 0;  ///< of the hook's serializer
  std::string_view name;     ///< identifier of the hook
  Bytes payload;             ///< opaque
};

/// OperatorSubtaskState. The operator state lists hold one entry per operator of the chain in V1
/// and at most one later.
struct OperatorSubtaskState {
  std::optional<std::int64_t> duration;  ///< V1, V2; -1 in what Flink writes
  List<StreamStateHandle> legacy;        ///< V1, V2
  List<OperatorStateHandle> managed_operator;
  List<OperatorStateHandle> raw_operator;
  KeyedStateHandle managed_keyed;
  KeyedStateHandle raw_keyed;
  List<InputChannelStateHandle> input_channels;         ///< V3+
  List<ResultSubpartitionStateHandle> output_channels;  ///< V3+
  std::optional<std::int64_t> ref_checkpoint_id;        ///< V7
  Extras extras{};
};

/// A subtask's place in its operator and its state.
struct SubtaskEntry {
  std::int32_t index = 0;
  bool finished = false;  ///< the subtask had ended; `state` is then empty (since 1.14)
  OperatorSubtaskState state;
};

/// OperatorState (V1: TaskState of a job vertex).
struct OperatorState {
  std::string_view name;  ///< V5+; empty: unknown
  std::string_view uid;   ///< V5+; empty: none
  OperatorId id;          ///< V1: the job vertex id
  std::int32_t parallelism = 0;
  std::int32_t max_parallelism = 0;
  std::optional<std::int32_t> chain_length;  ///< V1, V2; always 1 in V2
  StreamStateHandle coordinator;             ///< V3+: none or inline bytes
  bool fully_finished = false;               ///< all subtasks had ended (since 1.14)
  List<SubtaskEntry> subtasks;               ///< file order; may be fewer than the parallelism
  Extras extras{};
};

/// CheckpointMetadata. Lists keep the order of the file.
struct CheckpointMetadata {
  std::int64_t checkpoint_id = 0;
  List<MasterState> master_states;  ///< V2+
  List<OperatorState> operators;
  Bytes properties;  ///< V4+: CheckpointProperties, a Java serialization stream, opaque
};

static_assert(std::is_trivially_destructible_v<CheckpointMetadata>,
              "nothing in the tree may call plugin code after unload");
static_assert(std::is_trivially_destructible_v<OperatorState> &&
              std::is_trivially_copyable_v<OperatorState>);

}  // namespace stateferry
