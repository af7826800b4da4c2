// What a conversion does about keyed state.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "conversion/changelog_handles.hpp"
#include "conversion/stream_handles.hpp"

namespace stateferry::conversion {

/// Serves one conversion, of which all that it is given outlives it.
template <bool kApply>
class KeyedHandles {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  KeyedHandles(ConversionWalk& walk, ExtraFields<kApply>& extras, StreamHandles<kApply>& streams)
      : walk_(walk), extras_(extras), streams_(streams), changelogs_(walk, extras, streams) {}

  /// The handle in hand.
  void convert(Ref<KeyedStateHandle> handle) {
    if (auto* k = std::get_if<KeyGroupsStateHandle>(&handle)) {
      if (absent_without_data(handle, k->delegate)) return;
      streams_.delegate(k->delegate);
      extras_.convert(ExtendedRecord::key_groups, k->extras);
      if (!k->state_handle_id || walk_.knows(HandleTag::key_groups_v2)) return;
      walk_.note(kHandleId, &field::state_handle_id);
      change(*k, [](auto& x) { x.state_handle_id.reset(); });
    } else if (auto* s = std::get_if<KeyGroupsSavepointStateHandle>(&handle)) {
      if (!absent_without_data(handle, s->delegate)) savepoint_key_groups(handle, *s);
    } else if (auto* i = std::get_if<IncrementalRemoteKeyedStateHandle>(&handle)) {
      incremental(*i);
    } else if (auto* c = std::get_if<ChangelogStateBackendHandle*>(&handle)) {
      changelogs_.backend(**c, [&](Ref<KeyedStateHandle> part) { convert(part); });
    } else if (auto* m = std::get_if<InMemoryChangelogStateHandle>(&handle)) {
      changelogs_.in_memory(*m);
    } else if (auto* l = std::get_if<ChangelogStreamStateHandle>(&handle)) {
      changelogs_.files(*l);
    }
  }

 private:
  bool absent_without_data(Ref<KeyedStateHandle> handle, const StreamStateHandle& delegate) {
    if (!is_placeholder(delegate) || walk_.knows(HandleTag::empty_segment_file)) return false;
    walk_.note(kPlaceholder, nullptr);
    change(handle, [](auto& h) { h = NoHandle{}; });
    return true;
  }

  void savepoint_key_groups(Ref<KeyedStateHandle> handle, Ref<KeyGroupsSavepointStateHandle> s) {
    streams_.delegate(s.delegate);
    extras_.convert(ExtendedRecord::key_groups_savepoint, s.extras);
    if (walk_.knows(HandleTag::savepoint_key_groups)) return;
    walk_.note(kSavepointForm, nullptr);
    change(handle, [&](auto& h) {
      KeyGroupsStateHandle plain{s.key_group_range, s.offsets, s.delegate, std::nullopt};
      extras_.convert(ExtendedRecord::key_groups, plain.extras);
      h = plain;
    });
  }

  void incremental(Ref<IncrementalRemoteKeyedStateHandle> i) {
    if (is_none(i.meta_handle) && !walk_.copes(ReaderFeature::absent_meta)) {
      walk_.note(kMeta, &field::meta_handle);
    }
    walk_.below(field::meta_handle, [&] { streams_.convert(i.meta_handle); });
    files(field::shared_state, i.shared_state);
    files(field::private_state, i.private_state);
    extras_.convert(ExtendedRecord::incremental, i.extras);
    if (!i.state_handle_id || walk_.knows(HandleTag::incremental_key_groups_v2)) return;
    walk_.note(kIncrementalIds, &field::state_handle_id);
    change(i, [](auto& x) {
      x.state_handle_id.reset();
      x.checkpointed_size.reset();
    });
  }

  void files(const Field& f, Ref<List<HandleAndLocalPath>> list) {
    const bool repeats = !walk_.copes(ReaderFeature::repeated_files) && has_repeated(list);
    std::set<std::string_view> names;
    walk_.each(f, list, [&](Ref<HandleAndLocalPath> file) {
      walk_.set_key(file.local_name);
      if (repeats && !names.insert(file.local_name).second) walk_.note(kRepeatedFile, nullptr);
      walk_.below(field::handle, [&] { streams_.convert(file.handle); });
    });
  }

  bool has_repeated(const List<HandleAndLocalPath>& list) {
    sorted_names_.clear();
    for (const HandleAndLocalPath& file : list) sorted_names_.push_back(file.local_name);
    std::sort(sorted_names_.begin(), sorted_names_.end());
    return std::adjacent_find(sorted_names_.begin(), sorted_names_.end()) != sorted_names_.end();
  }

  ConversionWalk& walk_;
  ExtraFields<kApply>& extras_;
  StreamHandles<kApply>& streams_;
  ChangelogHandles<kApply> changelogs_;
  std::vector<std::string_view> sorted_names_;
};

}  // namespace stateferry::conversion
