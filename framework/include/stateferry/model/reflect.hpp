// The members of every model record, named, in wire order: one list that serves walks, comparison
// and dumps. A member added to a record and not here is caught by a test that changes each field of
// a file and looks for the change. Extras stand last in their record.
#pragma once

#include <tuple>
#include <type_traits>

#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/field.hpp"

namespace stateferry {

/// A named member.
template <class Record, class T>
struct Member {
  const Field* field;
  T Record::*pointer;
};

/// Specialised for each record: `list`, a tuple of Member in wire order, and `type`, Flink's name
/// of the record.
template <class Record>
struct Members;

namespace detail {
template <class R, class T>
constexpr Member<R, T> member(const Field& f, T R::*p) {
  return {&f, p};
}
}  // namespace detail

#define STATEFERRY_MEMBERS(Record, type_name, ...) \
  template <>                                      \
  struct Members<Record> {                         \
    using R = Record;                              \
    static constexpr const char* type = type_name; \
    static constexpr auto list = [] {              \
      using detail::member;                        \
      return std::make_tuple(__VA_ARGS__);         \
    }();                                           \
  }

STATEFERRY_MEMBERS(KeyGroupRange, "KeyGroupRange",
                   member(field::start_key_group, &R::start_key_group),
                   member(field::number_of_key_groups, &R::number_of_key_groups));
STATEFERRY_MEMBERS(NoHandle, "none");
STATEFERRY_MEMBERS(ByteStreamStateHandle, "ByteStreamStateHandle",
                   member(field::handle_name, &R::handle_name), member(field::data, &R::data));
STATEFERRY_MEMBERS(FileStateHandle, "FileStateHandle", member(field::size, &R::size),
                   member(field::path, &R::path));
STATEFERRY_MEMBERS(RelativeFileStateHandle, "RelativeFileStateHandle",
                   member(field::relative_path, &R::relative_path), member(field::size, &R::size));
STATEFERRY_MEMBERS(SegmentFileStateHandle, "SegmentFileStateHandle",
                   member(field::start_position, &R::start_position), member(field::size, &R::size),
                   member(field::scope, &R::scope), member(field::path, &R::path),
                   member(field::logical_file_id, &R::logical_file_id));
STATEFERRY_MEMBERS(EmptySegmentFileStateHandle, "EmptySegmentFileStateHandle");
STATEFERRY_MEMBERS(KeyGroupsStateHandle, "KeyGroupsStateHandle",
                   member(field::key_group_range, &R::key_group_range),
                   member(field::offsets, &R::offsets), member(field::delegate, &R::delegate),
                   member(field::state_handle_id, &R::state_handle_id),
                   member(field::extras, &R::extras));
STATEFERRY_MEMBERS(KeyGroupsSavepointStateHandle, "KeyGroupsSavepointStateHandle",
                   member(field::key_group_range, &R::key_group_range),
                   member(field::offsets, &R::offsets), member(field::delegate, &R::delegate),
                   member(field::extras, &R::extras));
STATEFERRY_MEMBERS(HandleAndLocalPath, "HandleAndLocalPath",
                   member(field::local_name, &R::local_name), member(field::handle, &R::handle));
STATEFERRY_MEMBERS(IncrementalRemoteKeyedStateHandle, "IncrementalRemoteKeyedStateHandle",
                   member(field::checkpoint_id, &R::checkpoint_id),
                   member(field::backend_id, &R::backend_id),
                   member(field::key_group_range, &R::key_group_range),
                   member(field::checkpointed_size, &R::checkpointed_size),
                   member(field::meta_handle, &R::meta_handle),
                   member(field::shared_state, &R::shared_state),
                   member(field::private_state, &R::private_state),
                   member(field::state_handle_id, &R::state_handle_id),
                   member(field::extras, &R::extras));
STATEFERRY_MEMBERS(StateChange, "StateChange", member(field::key_group, &R::key_group),
                   member(field::change, &R::change));
STATEFERRY_MEMBERS(InMemoryChangelogStateHandle, "InMemoryChangelogStateHandle",
                   member(field::key_group_range, &R::key_group_range),
                   member(field::from, &R::from), member(field::to, &R::to),
                   member(field::changes, &R::changes),
                   member(field::state_handle_id, &R::state_handle_id));
STATEFERRY_MEMBERS(ChangelogFile, "ChangelogFile", member(field::offset, &R::offset),
                   member(field::handle, &R::handle));
STATEFERRY_MEMBERS(ChangelogStreamStateHandle, "ChangelogStateHandleStreamImpl",
                   member(field::key_group_range, &R::key_group_range),
                   member(field::handles, &R::handles), member(field::size, &R::size),
                   member(field::checkpointed_size, &R::checkpointed_size),
                   member(field::state_handle_id, &R::state_handle_id),
                   member(field::storage_identifier, &R::storage_identifier));
STATEFERRY_MEMBERS(ChangelogStateBackendHandle, "ChangelogStateBackendHandleImpl",
                   member(field::key_group_range, &R::key_group_range),
                   member(field::checkpointed_size, &R::checkpointed_size),
                   member(field::materialized, &R::materialized),
                   member(field::non_materialized, &R::non_materialized),
                   member(field::materialization_id, &R::materialization_id),
                   member(field::checkpoint_id, &R::checkpoint_id),
                   member(field::state_handle_id, &R::state_handle_id),
                   member(field::extras, &R::extras));
STATEFERRY_MEMBERS(OperatorStateMetaInfo, "StateMetaInfo", member(field::name, &R::name),
                   member(field::mode, &R::mode), member(field::offsets, &R::offsets));
STATEFERRY_MEMBERS(OperatorStreamStateHandle, "OperatorStreamStateHandle",
                   member(field::states, &R::states), member(field::delegate, &R::delegate),
                   member(field::extras, &R::extras));
STATEFERRY_MEMBERS(FileMergingOperatorStreamStateHandle, "FileMergingOperatorStreamStateHandle",
                   member(field::states, &R::states),
                   member(field::task_owned_dir, &R::task_owned_dir),
                   member(field::shared_dir, &R::shared_dir), member(field::empty, &R::empty),
                   member(field::delegate, &R::delegate));
STATEFERRY_MEMBERS(InputChannelInfo, "InputChannelInfo", member(field::gate_index, &R::gate_index),
                   member(field::input_channel_index, &R::input_channel_index));
STATEFERRY_MEMBERS(ResultSubpartitionInfo, "ResultSubpartitionInfo",
                   member(field::partition_index, &R::partition_index),
                   member(field::subpartition_index, &R::subpartition_index));
#define STATEFERRY_CHANNEL_MEMBERS(Info, plain, merged)                                     \
  STATEFERRY_MEMBERS(ChannelStateHandle<Info>, plain,                                       \
                     member(field::subtask_index, &R::subtask_index),                       \
                     member(field::info, &R::info), member(field::offsets, &R::offsets),    \
                     member(field::size, &R::size), member(field::delegate, &R::delegate)); \
  STATEFERRY_MEMBERS(MergedChannelStateHandle<Info>, merged,                                \
                     member(field::subtask_index, &R::subtask_index),                       \
                     member(field::size, &R::size), member(field::delegate, &R::delegate),  \
                     member(field::packed, &R::packed));                                    \
  STATEFERRY_MEMBERS(MergedChannelEntry<Info>, "entry", member(field::info, &R::info),      \
                     member(field::size, &R::size), member(field::offsets, &R::offsets))
STATEFERRY_CHANNEL_MEMBERS(InputChannelInfo, "InputChannelStateHandle",
                           "MergedInputChannelStateHandle");
STATEFERRY_CHANNEL_MEMBERS(ResultSubpartitionInfo, "ResultSubpartitionStateHandle",
                           "MergedResultSubpartitionStateHandle");
#undef STATEFERRY_CHANNEL_MEMBERS
STATEFERRY_MEMBERS(MasterState, "MasterState", member(field::version, &R::version),
                   member(field::name, &R::name), member(field::payload, &R::payload));
STATEFERRY_MEMBERS(
    OperatorSubtaskState, "OperatorSubtaskState", member(field::duration, &R::duration),
    member(field::legacy, &R::legacy), member(field::managed_operator, &R::managed_operator),
    member(field::raw_operator, &R::raw_operator), member(field::managed_keyed, &R::managed_keyed),
    member(field::raw_keyed, &R::raw_keyed), member(field::input_channels, &R::input_channels),
    member(field::output_channels, &R::output_channels),
    member(field::ref_checkpoint_id, &R::ref_checkpoint_id), member(field::extras, &R::extras));
STATEFERRY_MEMBERS(OperatorState, "OperatorState", member(field::name, &R::name),
                   member(field::uid, &R::uid), member(field::id, &R::id),
                   member(field::parallelism, &R::parallelism),
                   member(field::max_parallelism, &R::max_parallelism),
                   member(field::chain_length, &R::chain_length),
                   member(field::coordinator, &R::coordinator),
                   member(field::fully_finished, &R::fully_finished),
                   member(field::subtasks, &R::subtasks), member(field::extras, &R::extras));
STATEFERRY_MEMBERS(CheckpointMetadata, "CheckpointMetadata",
                   member(field::checkpoint_id, &R::checkpoint_id),
                   member(field::master_states, &R::master_states),
                   member(field::operators, &R::operators),
                   member(field::properties, &R::properties));
#undef STATEFERRY_MEMBERS

// A subtask's state stands directly in its entry: paths and dumps have no level for it.
template <>
struct Members<SubtaskEntry> {
  static constexpr const char* type = "OperatorSubtaskState";
  static constexpr auto list =
      std::make_tuple(detail::member(field::index, &SubtaskEntry::index),
                      detail::member(field::finished, &SubtaskEntry::finished));
};

/// Calls f(const Field&, member) for each member of `record` in wire order; constness follows the
/// record's.
template <class Record, class F>
void for_each_member(Record& record, F&& f) {
  using R = std::remove_const_t<Record>;
  std::apply([&](const auto&... m) { (f(*m.field, record.*(m.pointer)), ...); }, Members<R>::list);
  if constexpr (std::is_same_v<R, SubtaskEntry>) for_each_member(record.state, f);
}

/// Whether T is a record with members.
template <class T>
concept ModelRecord = requires {
  Members<std::remove_const_t<T>>::type;
};

template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<List<T>> = true;
/// Extras are members with names of their own, and no list of records.
template <>
inline constexpr bool kIsList<Extras> = false;
template <class T>
inline constexpr bool kIsVariant = false;
template <class... T>
inline constexpr bool kIsVariant<std::variant<T...>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsLocation = false;
template <LocationKind K>
inline constexpr bool kIsLocation<LocationText<K>> = true;

/// The key of a list element that paths show instead of its index; empty for none.
template <class T>
std::string_view element_key(const T&) {
  return {};
}
inline std::string_view element_key(const HandleAndLocalPath& file) {
  return file.local_name;
}

}  // namespace stateferry
