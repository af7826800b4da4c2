// Names of the model's fields and the roles of locations: one list, used by the wire grammar, by
// the walk over a decoded tree, by dumps and by every message.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// What a location is for. Several hold at once (the shared file of an incremental handle is also
/// part of the managed keyed state), hence a set of bits.
enum class Role : std::uint16_t {
  none = 0,
  master = 1 << 0,
  coordinator = 1 << 1,
  managed_operator = 1 << 2,
  raw_operator = 1 << 3,
  managed_keyed = 1 << 4,
  raw_keyed = 1 << 5,
  input_channel = 1 << 6,
  result_subpartition = 1 << 7,
  incremental_meta = 1 << 8,
  incremental_shared = 1 << 9,
  incremental_private = 1 << 10,
  changelog = 1 << 11,  ///< the log itself, not what was materialized
  legacy = 1 << 12,     ///< V1, V2: user state of the old Checkpointed interface
};
constexpr Role operator|(Role a, Role b) noexcept {
  return static_cast<Role>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// Whether `a` and `b` have a role in common.
constexpr bool any(Role a, Role b) noexcept {
  return (static_cast<unsigned>(a) & static_cast<unsigned>(b)) != 0;
}
/// All single roles, in the order of the enumeration.
inline constexpr Role kAllRoles[] = {Role::master,
                                     Role::coordinator,
                                     Role::managed_operator,
                                     Role::raw_operator,
                                     Role::managed_keyed,
                                     Role::raw_keyed,
                                     Role::input_channel,
                                     Role::result_subpartition,
                                     Role::incremental_meta,
                                     Role::incremental_shared,
                                     Role::incremental_private,
                                     Role::changelog,
                                     Role::legacy};
/// The word of a single role in rule files: `incremental-shared`.
STATEFERRY_API std::string_view role_name(Role role) noexcept;
/// The most specific single role of a set: `incremental-shared` rather than `managed-keyed`.
STATEFERRY_API Role primary_role(Role roles) noexcept;

/// A field of the model: its name in paths and dumps, and the role that all below it take on.
struct Field {
  const char* name = "";
  Role role = Role::none;
};

namespace field {
#define STATEFERRY_FIELD(name)  \
  inline constexpr Field name { \
#name                       \
  }
#define STATEFERRY_ROLE_FIELD(name, role) \
  inline constexpr Field name {           \
#name, role                           \
  }
STATEFERRY_FIELD(backend_id);
STATEFERRY_FIELD(chain_length);
STATEFERRY_FIELD(changes);
STATEFERRY_FIELD(change);
STATEFERRY_FIELD(checkpoint_id);
STATEFERRY_FIELD(checkpointed_size);
STATEFERRY_ROLE_FIELD(coordinator, Role::coordinator);
STATEFERRY_FIELD(data);
STATEFERRY_FIELD(delegate);
STATEFERRY_FIELD(duration);
STATEFERRY_FIELD(empty);
STATEFERRY_FIELD(extras);
STATEFERRY_FIELD(from);
STATEFERRY_FIELD(fully_finished);
STATEFERRY_FIELD(gate_index);
STATEFERRY_FIELD(handle);
STATEFERRY_FIELD(handle_name);
STATEFERRY_FIELD(handles);
STATEFERRY_FIELD(id);
STATEFERRY_FIELD(index);
STATEFERRY_FIELD(finished);
STATEFERRY_FIELD(info);
STATEFERRY_ROLE_FIELD(input_channels, Role::input_channel);
STATEFERRY_FIELD(input_channel_index);
STATEFERRY_FIELD(key_group);
STATEFERRY_FIELD(key_group_range);
STATEFERRY_ROLE_FIELD(legacy, Role::legacy);
STATEFERRY_FIELD(local_name);
STATEFERRY_FIELD(logical_file_id);
STATEFERRY_ROLE_FIELD(managed_keyed, Role::managed_keyed);
STATEFERRY_ROLE_FIELD(managed_operator, Role::managed_operator);
STATEFERRY_ROLE_FIELD(master_states, Role::master);
STATEFERRY_FIELD(materialization_id);
STATEFERRY_FIELD(materialized);
STATEFERRY_FIELD(max_parallelism);
STATEFERRY_ROLE_FIELD(meta_handle, Role::incremental_meta);
STATEFERRY_FIELD(mode);
STATEFERRY_FIELD(name);
STATEFERRY_ROLE_FIELD(non_materialized, Role::changelog);
STATEFERRY_FIELD(number_of_key_groups);
STATEFERRY_FIELD(offset);
STATEFERRY_FIELD(offsets);
STATEFERRY_FIELD(operators);
STATEFERRY_ROLE_FIELD(output_channels, Role::result_subpartition);
STATEFERRY_FIELD(packed);
STATEFERRY_FIELD(parallelism);
STATEFERRY_FIELD(partition_index);
STATEFERRY_FIELD(path);
STATEFERRY_FIELD(payload);
inline constexpr Field private_state{"private", Role::incremental_private};
STATEFERRY_FIELD(properties);
STATEFERRY_ROLE_FIELD(raw_keyed, Role::raw_keyed);
STATEFERRY_ROLE_FIELD(raw_operator, Role::raw_operator);
STATEFERRY_FIELD(ref_checkpoint_id);
STATEFERRY_FIELD(relative_path);
STATEFERRY_FIELD(scope);
inline constexpr Field shared_state{"shared", Role::incremental_shared};
STATEFERRY_FIELD(shared_dir);
STATEFERRY_FIELD(size);
STATEFERRY_FIELD(start_key_group);
STATEFERRY_FIELD(start_position);
STATEFERRY_FIELD(state);
STATEFERRY_FIELD(state_handle_id);
STATEFERRY_FIELD(states);
STATEFERRY_FIELD(storage_identifier);
STATEFERRY_FIELD(subpartition_index);
STATEFERRY_FIELD(subtask_index);
STATEFERRY_FIELD(subtasks);
STATEFERRY_FIELD(task_owned_dir);
STATEFERRY_FIELD(to);
STATEFERRY_FIELD(uid);
STATEFERRY_FIELD(version);
#undef STATEFERRY_FIELD
#undef STATEFERRY_ROLE_FIELD
}  // namespace field

}  // namespace stateferry
