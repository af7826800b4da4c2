// The grammar of a metadata body: each record is described once, for reading, writing, splicing and
// comparing. Since when there is a field stands at the field, and nowhere else.
//
// Grammar<Archive> walks a record in wire order and hands each field to the archive:
//   Decoder  reads it into the model,
//   Encoder  writes it from the model,
//   Splicer  reads it, checks it and passes it on, keeping no more than the record in hand,
//   Comparer reads it and compares it with the model,
//   Counter  counts how long a record is at least, without a file.
// Archives offer the same functions; what differs is a matter of the archive alone. Checks stand in
// the grammar, so all of them make them. Source: MetadataV1Serializer … MetadataV6Serializer and
// MetadataV2V3SerializerBase of flink-runtime 1.2 … 2.3.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>

#include "stateferry/codecs/body_plan.hpp"
#include "stateferry/codecs/tag_of.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry::codecs {

/// Key groups and parallelism are bounded by 2^15 in every release.
inline constexpr std::int32_t kMaxKeyGroups = 32768;
/// Delegates nest only through key groups handles; Flink itself nests none.
inline constexpr int kMaxHandleDepth = 8;
/// First four bytes of a master state.
inline constexpr std::uint32_t kMasterStateMagic = 0xC96B1696;

/// See the head of this file. One object serves one pass over one body.
template <class Archive>
class Grammar {
  template <class T>
  using Ref = typename Archive::template Ref<T>;

 public:
  /// Both outlive the grammar.
  Grammar(Archive& archive, const BodyPlan& plan)
      : ar_(archive), layout_(plan.layout), least_(plan.least), level_(plan.level) {}

  /// The whole body, from behind the header to the end of the file.
  void metadata(Ref<CheckpointMetadata> m) {
    ar_.i64(field::checkpoint_id, m.checkpoint_id);
    ar_.check(m.checkpoint_id >= 0, "the checkpoint id is negative");
    if (has(BodyPart::master_states, since(2))) {
      list(field::master_states, m.master_states, [&](Ref<MasterState> s) { master_state(s); });
    } else {
      ar_.absent(field::master_states, m.master_states);
    }
    list(field::operators, m.operators, [&](Ref<OperatorState> op) { operator_state(op); });
    if (has(BodyPart::properties, since(4))) {
      ar_.rest(field::properties, m.properties);
    } else {
      ar_.absent(field::properties, m.properties);
      ar_.end();
    }
  }

 private:
  void master_state(Ref<MasterState> s) {
    const auto magic = static_cast<std::int32_t>(kMasterStateMagic);
    ar_.check(ar_.wire_i32(field::master_states, magic) == magic,
              "a master state doesn't begin with its magic number");
    ar_.section([&] {
      ar_.i32(field::version, s.version);
      ar_.text(field::name, s.name);
      ar_.blob(field::payload, s.payload);
    });
  }

  void operator_state(Ref<OperatorState> op) {
    if (has(BodyPart::operator_names, since(5))) {
      ar_.kept_text(field::name, op.name);
      ar_.kept_text(field::uid, op.uid);
    } else {
      ar_.absent(field::name, op.name);
      ar_.absent(field::uid, op.uid);
    }
    ar_.id(field::id, op.id);
    ar_.enter_operator(op);
    ar_.i32(field::parallelism, op.parallelism);
    ar_.check(op.parallelism >= 0, "the parallelism is negative");
    ar_.i32(field::max_parallelism, op.max_parallelism);
    ar_.check(op.max_parallelism <= kMaxKeyGroups, "the maximum parallelism is above 32768");
    ar_.check(op.parallelism <= op.max_parallelism,
              "the parallelism is above the maximum parallelism");
    ar_.optional(has(BodyPart::chain_length, !since(3)), field::chain_length, op.chain_length,
                 [&](auto& v) { ar_.i32(field::chain_length, v); });
    if (has(BodyPart::coordinator, since(3))) {
      ar_.nested(field::coordinator, [&] {
        stream(op.coordinator, tag_bit(HandleTag::null) | tag_bit(HandleTag::byte_stream));
      });
    } else {
      ar_.absent(field::coordinator, op.coordinator);
    }
    subtasks(op);
    extras(ExtendedRecord::operator_state, op.extras);
    ar_.leave_operator();
  }

  void subtasks(Ref<OperatorState> op) {
    // -1 instead of a count: the operator had fully finished (writers since 1.14).
    const std::int32_t n = ar_.wire_i32(
        field::subtasks, op.fully_finished ? -1 : static_cast<std::int32_t>(op.subtasks.size()));
    if (n == -1 && finished_markers()) {
      ar_.derive([&](auto& o) { o.fully_finished = true; }, op);
      ar_.check(std::holds_alternative<NoHandle>(op.coordinator),
                "a fully finished operator has coordinator state");
      ar_.check(op.subtasks.empty(), "a fully finished operator has subtasks");
      ar_.note_finished();
      return;
    }
    ar_.check(!op.fully_finished, "this dialect has no fully finished operators");
    const auto seen = std::make_unique<std::bitset<kMaxKeyGroups>>();
    elements(field::subtasks, op.subtasks, n, [&](Ref<SubtaskEntry> entry) {
      const std::int32_t index =
          ar_.wire_i32(field::index, entry.finished ? -entry.index - 1 : entry.index);
      if (index < 0) {
        ar_.check(finished_markers(), "a subtask index is negative");
        ar_.note_finished();
      }
      ar_.derive(
          [&](auto& e) {
            e.finished = index < 0;
            e.index = index < 0 ? -(index + 1) : index;
          },
          entry);
      ar_.check(entry.index >= 0 && entry.index < op.parallelism,
                "a subtask index is not below the parallelism");
      ar_.check(!seen->test(static_cast<std::size_t>(entry.index)), "a subtask occurs twice");
      seen->set(static_cast<std::size_t>(entry.index));
      if (finished_markers()) {
        ar_.either(
            entry.finished, [] {}, [&] { subtask_state(entry.state); });
      } else {
        subtask_state(entry.state);
      }
    });
  }

  // ------------------------------------------------------------------------ subtask state

  void subtask_state(Ref<OperatorSubtaskState> s) {
    const bool old = has(BodyPart::durations, !since(3));
    ar_.optional(old, field::duration, s.duration, [&](auto& v) { ar_.i64(field::duration, v); });
    if (old) {
      list(field::legacy, s.legacy,
           [&](Ref<StreamStateHandle> h) { stream(h, layout_.stream_tags); });
    } else {
      ar_.absent(field::legacy, s.legacy);
    }
    operator_states(field::managed_operator, s.managed_operator);
    operator_states(field::raw_operator, s.raw_operator);
    ar_.nested(field::managed_keyed, [&] { keyed(s.managed_keyed, layout_.keyed_tags); });
    ar_.nested(field::raw_keyed, [&] { keyed(s.raw_keyed, layout_.keyed_tags); });
    if (has(BodyPart::channel_state, since(3))) {
      list(field::input_channels, s.input_channels,
           [&](Ref<InputChannelStateHandle> h) { channel<InputChannelInfo>(h); });
      list(field::output_channels, s.output_channels,
           [&](Ref<ResultSubpartitionStateHandle> h) { channel<ResultSubpartitionInfo>(h); });
    } else {
      ar_.absent(field::input_channels, s.input_channels);
      ar_.absent(field::output_channels, s.output_channels);
    }
    if (has(BodyPart::ref_checkpoint_id, since(7))) {
      ar_.marked(field::ref_checkpoint_id, s.ref_checkpoint_id);
    } else {
      ar_.absent(field::ref_checkpoint_id, s.ref_checkpoint_id);
    }
    extras(ExtendedRecord::subtask_state, s.extras);
  }

  void operator_states(const Field& f, Ref<List<OperatorStateHandle>> list) {
    const auto one = [&](Ref<OperatorStateHandle> h) { operator_handle(h); };
    if (has(BodyPart::chains, !since(2))) {
      this->list(f, list, one);
    } else {
      ar_.present(f, list, least_.of<OperatorStateHandle>(), one);
    }
  }

  // ------------------------------------------------------------------------ operator state

  void operator_handle(Ref<OperatorStateHandle> h) {
    const auto of_model = [&] { return codecs::tag_of(h); };
    ar_.choose(layout_.operator_tags, "an operator state handle", of_model,
               [&](HandleTag tag) { operator_handle_of(h, tag); });
  }

  [[gnu::always_inline]] void operator_handle_of(Ref<OperatorStateHandle> h, HandleTag tag) {
    switch (tag) {
      case HandleTag::partitionable_operator: {
        Ref<OperatorStreamStateHandle> o = ar_.template as<OperatorStreamStateHandle>(h);
        states(o.states);
        delegate(o.delegate, layout_.stream_tags);
        extras(ExtendedRecord::operator_stream, o.extras);
        ar_.leave_states();
        break;
      }
      case HandleTag::segment_partitionable_operator: {
        Ref<FileMergingOperatorStreamStateHandle> o =
            ar_.template as<FileMergingOperatorStreamStateHandle>(h);
        states(o.states);
        ar_.location(field::task_owned_dir, o.task_owned_dir);
        ar_.location(field::shared_dir, o.shared_dir);
        ar_.flag(field::empty, o.empty);
        delegate(o.delegate,
                 tag_bit(HandleTag::segment_file) | tag_bit(HandleTag::empty_segment_file));
        ar_.leave_states();
        break;
      }
      default:
        ar_.template as<NoHandle>(h);
        break;
    }
  }

  void states(Ref<List<OperatorStateMetaInfo>> list) {
    ar_.enter_states();
    this->list(field::states, list, [&](Ref<OperatorStateMetaInfo> s) {
      ar_.text(field::name, s.name);
      ar_.note_state(s.name);
      const std::uint8_t mode = ar_.wire_u8(field::mode, static_cast<std::uint8_t>(s.mode));
      ar_.check(mode <= 2, "an operator state has an unknown distribution mode");
      ar_.derive([&](auto& x) { x.mode = static_cast<OperatorStateMode>(mode); }, s);
      ar_.i64_list(field::offsets, s.offsets, 0);
    });
  }

  // ------------------------------------------------------------------------ keyed state

  void range(Ref<KeyGroupRange> r) {
    ar_.nested(field::key_group_range, [&] {
      ar_.i32(field::start_key_group, r.start_key_group);
      ar_.check(r.start_key_group >= 0 && r.start_key_group <= kMaxKeyGroups,
                "a key group range begins outside 0 … 32768");
      ar_.i32(field::number_of_key_groups, r.number_of_key_groups);
      ar_.check(r.number_of_key_groups >= 0 &&
                    r.number_of_key_groups <= kMaxKeyGroups - r.start_key_group,
                "a key group range is negative or passes 32768");
    });
  }

  template <class Handle>
  void range_offsets(Handle& h) {
    range(h.key_group_range);
    // -1: the key group has no data.
    ar_.i64s(field::offsets, h.offsets, h.key_group_range.number_of_key_groups, -1);
  }

  void keyed(Ref<KeyedStateHandle> h, TagSet legal) {
    const auto of_model = [&] { return codecs::tag_of(h); };
    ar_.choose(legal, "a keyed state handle", of_model, [&](HandleTag tag) { keyed_of(h, tag); });
  }

  [[gnu::always_inline]] void keyed_of(Ref<KeyedStateHandle> h, HandleTag tag) {
    ar_.note_keyed(tag);
    switch (tag) {
      case HandleTag::key_groups:
      case HandleTag::key_groups_v2: {
        Ref<KeyGroupsStateHandle> k = ar_.template as<KeyGroupsStateHandle>(h);
        key_groups(k, tag == HandleTag::key_groups_v2);
        break;
      }
      case HandleTag::savepoint_key_groups: {
        Ref<KeyGroupsSavepointStateHandle> k = ar_.template as<KeyGroupsSavepointStateHandle>(h);
        range_offsets(k);
        delegate(k.delegate, layout_.stream_tags);
        extras(ExtendedRecord::key_groups_savepoint, k.extras);
        break;
      }
      case HandleTag::incremental_key_groups:
      case HandleTag::incremental_key_groups_v2:
        incremental(ar_.template as<IncrementalRemoteKeyedStateHandle>(h),
                    tag == HandleTag::incremental_key_groups_v2);
        break;
      case HandleTag::changelog:
      case HandleTag::changelog_v2:
        changelog(ar_.template as_pointer<ChangelogStateBackendHandle>(h),
                  tag == HandleTag::changelog_v2);
        break;
      case HandleTag::changelog_byte_increment:
        in_memory_changelog(ar_.template as<InMemoryChangelogStateHandle>(h));
        break;
      case HandleTag::changelog_file_increment:
      case HandleTag::changelog_file_increment_v2:
        changelog_stream(ar_.template as<ChangelogStreamStateHandle>(h),
                         tag == HandleTag::changelog_file_increment_v2);
        break;
      default:
        ar_.template as<NoHandle>(h);
        break;
    }
  }

  void key_groups(Ref<KeyGroupsStateHandle> k, bool with_id) {
    range_offsets(k);
    delegate(k.delegate, layout_.stream_tags);
    optional_text(with_id, field::state_handle_id, k.state_handle_id);
    extras(ExtendedRecord::key_groups, k.extras);
  }

  void incremental(Ref<IncrementalRemoteKeyedStateHandle> h, bool v2) {
    ar_.i64(field::checkpoint_id, h.checkpoint_id);
    ar_.text(field::backend_id, h.backend_id);
    range(h.key_group_range);
    optional_i64(v2, field::checkpointed_size, h.checkpointed_size);
    // Required by readers up to 1.18, not checked since.
    ar_.nested(field::meta_handle, [&] { stream(h.meta_handle, layout_.stream_tags); });
    files(field::shared_state, h.shared_state);
    files(field::private_state, h.private_state);
    optional_text(v2, field::state_handle_id, h.state_handle_id);
    extras(ExtendedRecord::incremental, h.extras);
  }

  void files(const Field& f, Ref<List<HandleAndLocalPath>> list) {
    this->list(f, list, [&](Ref<HandleAndLocalPath> file) {
      ar_.text(field::local_name, file.local_name);
      ar_.key(file.local_name);
      ar_.nested(field::handle, [&] { stream(file.handle, layout_.stream_tags); });
    });
  }

  void changelog(Ref<ChangelogStateBackendHandle> h, bool v2) {
    const bool full = full_changelog();
    range(h.key_group_range);
    optional_i64(full, field::checkpointed_size, h.checkpointed_size);
    const TagSet parts =
        layout_.keyed_tags & ~(tag_bit(HandleTag::changelog) | tag_bit(HandleTag::changelog_v2));
    list(field::materialized, h.materialized,
         [&](Ref<KeyedStateHandle> part) { keyed(part, parts); });
    const TagSet logs =
        parts & (tag_bit(HandleTag::null) | tag_bit(HandleTag::changelog_byte_increment) |
                 tag_bit(HandleTag::changelog_file_increment) |
                 tag_bit(HandleTag::changelog_file_increment_v2));
    list(field::non_materialized, h.non_materialized,
         [&](Ref<KeyedStateHandle> part) { keyed(part, logs); });
    optional_i64(full, field::materialization_id, h.materialization_id);
    optional_i64(v2, field::checkpoint_id, h.checkpoint_id);
    optional_text(full, field::state_handle_id, h.state_handle_id);
    extras(ExtendedRecord::changelog, h.extras);
  }

  void in_memory_changelog(Ref<InMemoryChangelogStateHandle> h) {
    range(h.key_group_range);
    ar_.i64(field::from, h.from);
    ar_.check(h.from >= 0, "a changelog begins at a negative sequence number");
    ar_.i64(field::to, h.to);
    ar_.check(h.to >= 0, "a changelog ends at a negative sequence number");
    list(field::changes, h.changes, [&](Ref<StateChange> c) {
      // -1: a change of the metadata.
      ar_.i32(field::key_group, c.key_group);
      ar_.check(c.key_group >= -1, "a state change has a key group below -1");
      ar_.blob(field::change, c.change);
    });
    optional_text(full_changelog(), field::state_handle_id, h.state_handle_id);
  }

  void changelog_stream(Ref<ChangelogStreamStateHandle> h, bool v2) {
    const bool full = full_changelog() || v2;
    range(h.key_group_range);
    list(field::handles, h.handles, [&](Ref<ChangelogFile> file) {
      ar_.i64(field::offset, file.offset);
      ar_.nested(field::handle, [&] { stream(file.handle, layout_.stream_tags); });
    });
    ar_.i64(field::size, h.size);
    optional_i64(full, field::checkpointed_size, h.checkpointed_size);
    optional_text(full, field::state_handle_id, h.state_handle_id);
    optional_text(v2, field::storage_identifier, h.storage_identifier);
  }

  // ------------------------------------------------------------------------ stream handles

  /// A handle that Flink's constructors require.
  void delegate(Ref<StreamStateHandle> h, TagSet legal) {
    ar_.nested(field::delegate, [&] { stream(h, legal & ~tag_bit(HandleTag::null)); });
  }

  void stream(Ref<StreamStateHandle> h, TagSet legal) {
    const auto of_model = [&] { return codecs::tag_of(h); };
    ar_.choose(legal, "a stream state handle", of_model, [&](HandleTag tag) { stream_of(h, tag); });
  }

  [[gnu::always_inline]] void stream_of(Ref<StreamStateHandle> h, HandleTag tag) {
    switch (tag) {
      case HandleTag::byte_stream: {
        Ref<ByteStreamStateHandle> b = ar_.template as<ByteStreamStateHandle>(h);
        ar_.location(field::handle_name, b.handle_name);
        ar_.blob(field::data, b.data);
        break;
      }
      case HandleTag::file_stream: {
        Ref<FileStateHandle> f = ar_.template as<FileStateHandle>(h);
        size(f.size, -1);
        ar_.location(field::path, f.path);
        break;
      }
      case HandleTag::relative_stream: {
        Ref<RelativeFileStateHandle> r = ar_.template as<RelativeFileStateHandle>(h);
        ar_.location(field::relative_path, r.relative_path);
        size(r.size, -1);
        break;
      }
      case HandleTag::segment_file: {
        segment(ar_.template as<SegmentFileStateHandle>(h));
        break;
      }
      case HandleTag::empty_segment_file:
        ar_.template as<EmptySegmentFileStateHandle>(h);
        break;
      case HandleTag::key_groups: {
        ar_.check(++depth_ <= kMaxHandleDepth, "key groups handles are nested too deeply");
        key_groups(ar_.template as_pointer<KeyGroupsStateHandle>(h), false);
        --depth_;
        break;
      }
      default:
        ar_.template as<NoHandle>(h);
        break;
    }
  }

  void segment(Ref<SegmentFileStateHandle> s) {
    ar_.i64(field::start_position, s.start_position);
    ar_.check(s.start_position >= 0, "a segment begins at a negative position");
    size(s.size, -1);
    ar_.i32(field::scope, s.scope);
    ar_.check(s.scope == 0 || s.scope == 1, "a segment has an unknown scope");
    ar_.location(field::path, s.path);
    ar_.text(field::logical_file_id, s.logical_file_id);
  }

  [[gnu::always_inline]] void size(Ref<std::int64_t> bytes, std::int64_t least) {
    ar_.i64(field::size, bytes);
    ar_.check(bytes >= least, "a size is negative");
  }

  // ------------------------------------------------------------------------ channel state

  // The types of MetadataV6Serializer.
  template <class Info>
  static constexpr std::uint8_t kPlainType = std::is_same_v<Info, InputChannelInfo> ? 1 : 2;
  template <class Info>
  static constexpr std::uint8_t kMergedType = std::is_same_v<Info, InputChannelInfo> ? 3 : 4;

  template <class Info>
  void channel(Ref<AnyChannelStateHandle<Info>> h) {
    ar_.note_channel();
    const bool merged = std::holds_alternative<MergedChannelStateHandle<Info>>(h);
    if (!has(BodyPart::merged_channels, since(6))) {
      ar_.check(!merged, "this dialect has no merged channel handles");
      plain_channel<Info>(ar_.template as<ChannelStateHandle<Info>>(h));
      return;
    }
    const std::uint8_t type =
        ar_.wire_u8(field::handle, merged ? kMergedType<Info> : kPlainType<Info>);
    ar_.check(type == kPlainType<Info> || type == kMergedType<Info>,
              "a channel handle has a type that is not legal in this list");
    ar_.either(
        type == kMergedType<Info>,
        [&] { merged_channel<Info>(ar_.template as<MergedChannelStateHandle<Info>>(h)); },
        [&] { plain_channel<Info>(ar_.template as<ChannelStateHandle<Info>>(h)); });
  }

  template <class Info>
  void plain_channel(Ref<ChannelStateHandle<Info>> c) {
    ar_.optional(has(BodyPart::channel_subtask, since(3, {1, 12})), field::subtask_index,
                 c.subtask_index, [&](auto& v) { index(field::subtask_index, v); });
    info(c.info);
    ar_.i64_list(field::offsets, c.offsets, 0);
    size(c.size, 0);
    delegate(c.delegate, layout_.stream_tags);
  }

  template <class Info>
  void merged_channel(Ref<MergedChannelStateHandle<Info>> c) {
    index(field::subtask_index, c.subtask_index);
    size(c.size, 0);
    delegate(c.delegate, layout_.stream_tags);
    // Flink parses these bytes only when it restores; checking them here finds damage earlier.
    ar_.section([&] {
      list(field::packed, c.packed, [&](Ref<MergedChannelEntry<Info>> entry) {
        info(entry.info);
        size(entry.size, 0);
        ar_.i64_list(field::offsets, entry.offsets, 0);
      });
    });
  }

  void info(Ref<InputChannelInfo> i) {
    ar_.nested(field::info, [&] {
      index(field::gate_index, i.gate_index);
      index(field::input_channel_index, i.input_channel_index);
    });
  }
  void info(Ref<ResultSubpartitionInfo> i) {
    ar_.nested(field::info, [&] {
      index(field::partition_index, i.partition_index);
      index(field::subpartition_index, i.subpartition_index);
    });
  }
  void index(const Field& f, Ref<std::int32_t> value) {
    ar_.i32(f, value);
    ar_.check(value >= 0, "an index is negative");
  }

  // ------------------------------------------------------------------------ since when

  // Whether the body's fields are those of this dialect or a later one.
  bool since(std::int32_t version, FlinkRelease release = {}) const noexcept {
    return level_ >= level_of(version, release);
  }
  // Says what a part is that is there since then.
  bool has(BodyPart part, bool there) noexcept {
    if (there) ar_.note_part(part);
    return there;
  }
  // Writers since 1.14 emit them, readers since 1.12 take them.
  bool finished_markers() noexcept { return has(BodyPart::finished_markers, since(3, {1, 12})); }
  // Only 1.14 wrote changelog handles without.
  bool full_changelog() noexcept {
    return has(BodyPart::full_changelog, !since(3, {1, 14}) || since(3, {1, 15}));
  }

  // ------------------------------------------------------------------------ helpers

  // What the dialect's codec has added behind a record.
  void extras(ExtendedRecord record, Ref<Extras> values) {
    if (layout_.extras.empty()) [[likely]] {
      ar_.absent(field::extras, values);
    } else {
      ar_.extras(layout_.extras, record, values);
    }
  }
  template <class T, class F>
  [[gnu::always_inline]] void list(const Field& f, T& list, F&& each) {
    ar_.list(f, list, least_.template of<typename T::value_type>(), each);
  }
  template <class T, class F>
  [[gnu::always_inline]] void elements(const Field& f, T& list, std::int32_t n, F&& each) {
    ar_.elements(f, list, n, least_.template of<typename T::value_type>(), each);
  }

  void optional_i64(bool there, const Field& f, Ref<std::optional<std::int64_t>> value) {
    ar_.optional(there, f, value, [&](auto& v) { ar_.i64(f, v); });
  }
  void optional_text(bool there, const Field& f, Ref<std::optional<std::string_view>> value) {
    ar_.optional(there, f, value, [&](auto& v) { ar_.text(f, v); });
  }

  Archive& ar_;
  const Layout& layout_;
  const LeastSizes& least_;
  const Level level_;
  int depth_ = 0;
};

}  // namespace stateferry::codecs
