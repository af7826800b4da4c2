// What a conversion does about operator state: its handles, placeholders and distribution modes.
#pragma once

#include <algorithm>
#include <cstdint>

#include "conversion/stream_handles.hpp"

namespace stateferry::conversion {

/// Serves one conversion, of which all that it is given outlives it.
template <bool kApply>
class OperatorHandles {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  OperatorHandles(ConversionWalk& walk, ExtraFields<kApply>& extras, StreamHandles<kApply>& streams)
      : walk_(walk), extras_(extras), streams_(streams) {}

  /// The handles below field `f` of the subtask in hand.
  void convert(const Field& f, Ref<List<OperatorStateHandle>> handles) {
    bool vanished = false;
    std::uint32_t left = 0;
    walk_.each(f, handles, [&](Ref<OperatorStateHandle> handle) {
      const bool was_none = is_none(handle);
      if (was_none && walk_.leaves_chains()) walk_.note(kNullEntries, nullptr);
      if (was_none ? walk_.leaves_chains() : placeholder(handle)) {
        vanished = true;
        change(handle, [](auto& h) { h = NoHandle{}; });
        return;
      }
      if (++left == 2 && walk_.leaves_chains()) walk_.note(kSeveral, nullptr);
      if (!was_none) operator_handle(handle);
    });
    // Where one has gone no other stands for nothing: later formats have at most one handle here.
    if (vanished) change(handles, [](auto& list) { remove_absent(list); });
  }

 private:
  static void remove_absent(List<OperatorStateHandle>& handles) {
    auto* const end = std::remove_if(handles.begin(), handles.end(),
                                     [](const OperatorStateHandle& h) { return is_none(h); });
    handles.truncate(static_cast<std::uint32_t>(end - handles.begin()));
  }

  // Whether the handle stands for no data and has to go.
  bool placeholder(const OperatorStateHandle& handle) {
    if (const auto* plain = std::get_if<OperatorStreamStateHandle>(&handle)) {
      if (!is_placeholder(plain->delegate)) return false;
      if (walk_.knows(HandleTag::empty_segment_file)) return false;
      walk_.note(kPlaceholder, nullptr);
      return true;
    }
    const auto* merging = std::get_if<FileMergingOperatorStreamStateHandle>(&handle);
    if (merging == nullptr || walk_.knows(HandleTag::segment_partitionable_operator)) return false;
    if (!merging->empty && !is_placeholder(merging->delegate)) return false;
    walk_.note(kPlaceholderOperator, nullptr);
    return true;
  }

  void operator_handle(Ref<OperatorStateHandle> handle) {
    if (auto* plain = std::get_if<OperatorStreamStateHandle>(&handle)) {
      modes(plain->states);
      streams_.delegate(plain->delegate);
      extras_.convert(ExtendedRecord::operator_stream, plain->extras);
    } else if (auto* merging = std::get_if<FileMergingOperatorStreamStateHandle>(&handle)) {
      modes(merging->states);
      streams_.delegate(merging->delegate);
    }
  }

  void modes(const List<OperatorStateMetaInfo>& states) {
    if (walk_.copes(ReaderFeature::broadcast_state)) return;
    walk_.each(field::states, states, [&](const OperatorStateMetaInfo& state) {
      if (state.mode == OperatorStateMode::broadcast) walk_.note(kBroadcast, &field::mode);
    });
  }

  ConversionWalk& walk_;
  ExtraFields<kApply>& extras_;
  StreamHandles<kApply>& streams_;
};

}  // namespace stateferry::conversion
