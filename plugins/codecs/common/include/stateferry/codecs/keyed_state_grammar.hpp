// The grammar of keyed state: key groups, files of incremental snapshots, changelogs.
#pragma once

#include "stateferry/codecs/operator_state_grammar.hpp"

namespace stateferry::codecs {

/// Serves one pass, like its base.
template <class Archive>
class KeyedStateGrammar : protected OperatorStateGrammar<Archive> {
  using Base = OperatorStateGrammar<Archive>;
  template <class T>
  using Ref = typename Archive::template Ref<T>;

 protected:
  using Base::ar_;
  using Base::Base;
  using Base::delegate;
  using Base::extras;
  using Base::full_changelog;
  using Base::key_groups;
  using Base::layout_;
  using Base::list;
  using Base::optional_i64;
  using Base::optional_text;
  using Base::range;
  using Base::range_offsets;
  using Base::since;
  using Base::stream;

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

  void files(const Field& f, Ref<List<HandleAndLocalPath>> all) {
    list(f, all, [&](Ref<HandleAndLocalPath> file) {
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
};

}  // namespace stateferry::codecs
