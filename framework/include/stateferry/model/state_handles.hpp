// State handles, in Flink's words (org.apache.flink.runtime.state.*, 1.2 … 2.3).
//
// Plain data: views into the input or the arena, trivially destructible, copies are shallow. Fields
// that only newer tags carry are std::optional; which tag is written follows from what is present,
// so a file read and written in its own dialect keeps its bytes. Alternatives are closed variants:
// a new kind of handle must break the build where it isn't dealt with. What a codec brings along
// that the model has no member for stands in `extras` (model/extras.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "stateferry/memory/list.hpp"
#include "stateferry/model/extras.hpp"
#include "stateferry/model/location.hpp"

namespace stateferry {

/// Opaque bytes; a view into the input or the arena.
using Bytes = std::span<const std::byte>;

/// An array of i64 as it stands in the file: big-endian, unaligned. A view, never a copy.
class I64Array {
 public:
  I64Array() = default;
  /// `bytes.size()` must be a multiple of 8.
  explicit I64Array(Bytes bytes) : bytes_(bytes) {}
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(bytes_.size() / 8); }
  std::int64_t operator[](std::size_t i) const noexcept {
    std::uint64_t value;
    std::memcpy(&value, bytes_.data() + i * 8, 8);
    return static_cast<std::int64_t>(__builtin_bswap64(value));
  }
  Bytes bytes() const noexcept { return bytes_; }

 private:
  Bytes bytes_;
};

/// No handle (tag 0).
struct NoHandle {};

/// KeyGroupRange as written: the range [start, start + number - 1]; number 0 is the empty range.
struct KeyGroupRange {
  std::int32_t start_key_group = 0;
  std::int32_t number_of_key_groups = 0;
};

// ---------------------------------------------------------------------------- stream handles

/// ByteStreamStateHandle (tag 1): state inline in the metadata.
struct ByteStreamStateHandle {
  LocationText<LocationKind::bytes> handle_name;
  Bytes data;
};

/// FileStateHandle (tag 2).
struct FileStateHandle {
  LocationText<LocationKind::file> path;
  std::int64_t size = 0;  ///< bytes; -1 unknown
};

/// RelativeFileStateHandle (tag 6, since 1.11).
struct RelativeFileStateHandle {
  LocationText<LocationKind::relative_file> relative_path;
  std::int64_t size = 0;  ///< bytes; -1 unknown
};

/// SegmentFileStateHandle (tag 15, since 1.20): part of a file that many handles share.
struct SegmentFileStateHandle {
  std::int64_t start_position = 0;  ///< first byte of the segment in the physical file
  std::int64_t size = 0;            ///< bytes in the segment
  std::int32_t scope = 0;           ///< CheckpointedStateScope: 0 EXCLUSIVE, 1 SHARED
  LocationText<LocationKind::segment_file> path;
  std::string_view logical_file_id;
};

/// EmptySegmentFileStateHandle (tag 16, since 1.20).
struct EmptySegmentFileStateHandle {};

struct KeyGroupsStateHandle;

/// StreamStateHandle. KeyGroups (tag 3 in this place, since 1.13) is held by pointer into the
/// arena.
using StreamStateHandle =
    std::variant<NoHandle, ByteStreamStateHandle, FileStateHandle, RelativeFileStateHandle,
                 SegmentFileStateHandle, EmptySegmentFileStateHandle, KeyGroupsStateHandle*>;

// ---------------------------------------------------------------------------- keyed state

/// KeyGroupsStateHandle (tag 3; 12 with an id, since 1.15; 7 is the savepoint form, since 1.13).
struct KeyGroupsStateHandle {
  KeyGroupRange key_group_range;
  I64Array offsets;  ///< one per key group, positions in the delegate; -1: no data
  StreamStateHandle delegate;
  std::optional<std::string_view> state_handle_id;  ///< tag 12
  Extras extras{};
};

/// KeyGroupsSavepointStateHandle (tag 7, since 1.13): the canonical savepoint form.
struct KeyGroupsSavepointStateHandle {
  KeyGroupRange key_group_range;
  I64Array offsets;
  StreamStateHandle delegate;
  Extras extras{};
};

/// HandleAndLocalPath: a file of the local RocksDB directory and where it is stored.
struct HandleAndLocalPath {
  std::string_view local_name;  ///< `000012.sst`, `CURRENT`, …; never rewritten
  StreamStateHandle handle;
};

/// IncrementalRemoteKeyedStateHandle (tag 5; 11 since 1.15).
struct IncrementalRemoteKeyedStateHandle {
  std::int64_t checkpoint_id = 0;
  std::string_view backend_id;
  KeyGroupRange key_group_range;
  std::optional<std::int64_t> checkpointed_size;  ///< tag 11; bytes, -1 unknown
  StreamStateHandle meta_handle;
  List<HandleAndLocalPath> shared_state;
  List<HandleAndLocalPath> private_state;
  std::optional<std::string_view> state_handle_id;  ///< tag 11
  Extras extras{};
};

/// StateChange: one entry of an in-memory changelog.
struct StateChange {
  std::int32_t key_group = 0;  ///< -1: a metadata change
  Bytes change;
};

/// InMemoryChangelogStateHandle (tag 9, since 1.14).
struct InMemoryChangelogStateHandle {
  KeyGroupRange key_group_range;
  std::int64_t from = 0;  ///< sequence number
  std::int64_t to = 0;    ///< sequence number
  List<StateChange> changes;
  std::optional<std::string_view> state_handle_id;  ///< since 1.15
};

/// A file of the changelog and the position where its part begins.
struct ChangelogFile {
  std::int64_t offset = 0;
  StreamStateHandle handle;
};

/// ChangelogStateHandleStreamImpl (tag 10 of 1.14; longer since 1.15; 13 since 1.16).
struct ChangelogStreamStateHandle {
  KeyGroupRange key_group_range;
  List<ChangelogFile> handles;
  std::int64_t size = 0;
  std::optional<std::int64_t> checkpointed_size;       ///< since 1.15
  std::optional<std::string_view> state_handle_id;     ///< since 1.15
  std::optional<std::string_view> storage_identifier;  ///< tag 13
};

struct ChangelogStateBackendHandle;

/// KeyedStateHandle.
using KeyedStateHandle =
    std::variant<NoHandle, KeyGroupsStateHandle, KeyGroupsSavepointStateHandle,
                 IncrementalRemoteKeyedStateHandle, ChangelogStateBackendHandle*,
                 InMemoryChangelogStateHandle, ChangelogStreamStateHandle>;

/// ChangelogStateBackendHandleImpl (tag 8 of 1.14; longer since 1.15; 14 since 1.16). Held by
/// pointer into the arena.
struct ChangelogStateBackendHandle {
  KeyGroupRange key_group_range;
  std::optional<std::int64_t> checkpointed_size;  ///< since 1.15
  List<KeyedStateHandle> materialized;
  List<KeyedStateHandle> non_materialized;          ///< changelog handles or none
  std::optional<std::int64_t> materialization_id;   ///< since 1.15
  std::optional<std::int64_t> checkpoint_id;        ///< tag 14
  std::optional<std::string_view> state_handle_id;  ///< since 1.15
  Extras extras{};
};

// ---------------------------------------------------------------------------- operator state

/// OperatorStateHandle.Mode. Until 1.4 the value 1 was called BROADCAST but meant union.
enum class OperatorStateMode : std::uint8_t { split_distribute = 0, union_list = 1, broadcast = 2 };

/// OperatorStateHandle.StateMetaInfo with the state's name.
struct OperatorStateMetaInfo {
  std::string_view name;  ///< user text
  OperatorStateMode mode = OperatorStateMode::split_distribute;
  I64Array offsets;  ///< positions in the delegate
};

/// OperatorStreamStateHandle (tag 4).
struct OperatorStreamStateHandle {
  List<OperatorStateMetaInfo> states;
  StreamStateHandle delegate;
  Extras extras{};
};

/// FileMergingOperatorStreamStateHandle (tag 17, since 1.20). Flink deletes both directories when
/// no checkpoint needs them any more, so they must follow the state when it moves.
struct FileMergingOperatorStreamStateHandle {
  List<OperatorStateMetaInfo> states;
  LocationText<LocationKind::directory> task_owned_dir;
  LocationText<LocationKind::directory> shared_dir;
  bool empty = false;  ///< the placeholder variant: no states, an empty segment
  StreamStateHandle delegate;
};

/// OperatorStateHandle.
using OperatorStateHandle =
    std::variant<NoHandle, OperatorStreamStateHandle, FileMergingOperatorStreamStateHandle>;

// ---------------------------------------------------------------------------- channel state

/// InputChannelInfo.
struct InputChannelInfo {
  std::int32_t gate_index = 0;
  std::int32_t input_channel_index = 0;
};

/// ResultSubpartitionInfo.
struct ResultSubpartitionInfo {
  std::int32_t partition_index = 0;
  std::int32_t subpartition_index = 0;
};

/// AbstractChannelStateHandle: in-flight data of one channel.
template <class Info>
struct ChannelStateHandle {
  std::optional<std::int32_t> subtask_index;  ///< before rescaling; absent in files of 1.11
  Info info;
  I64Array offsets;       ///< positions in the delegate
  std::int64_t size = 0;  ///< bytes
  StreamStateHandle delegate;
};

/// One entry of a merged channel handle.
template <class Info>
struct MergedChannelEntry {
  Info info;
  std::int64_t size = 0;
  I64Array offsets;
};

/// AbstractMergedChannelStateHandle (V6): several channels in one handle.
template <class Info>
struct MergedChannelStateHandle {
  std::int32_t subtask_index = 0;
  std::int64_t size = 0;  ///< bytes, the sum of the entries'
  StreamStateHandle delegate;
  List<MergedChannelEntry<Info>> packed;
};

template <class Info>
using AnyChannelStateHandle =
    std::variant<ChannelStateHandle<Info>, MergedChannelStateHandle<Info>>;
using InputChannelStateHandle = AnyChannelStateHandle<InputChannelInfo>;
using ResultSubpartitionStateHandle = AnyChannelStateHandle<ResultSubpartitionInfo>;

}  // namespace stateferry
