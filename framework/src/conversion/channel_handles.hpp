// What a conversion does about channel state, the data in flight.
#pragma once

#include <cstdint>

#include "conversion/stream_handles.hpp"

namespace stateferry::conversion {

/// Serves one conversion, of which all that it is given outlives it.
template <bool kApply>
class ChannelHandles {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  ChannelHandles(ConversionWalk& walk, StreamHandles<kApply>& streams)
      : walk_(walk), streams_(streams) {}

  /// The handles below field `f` of the subtask in hand; `without_place` is what it means that the
  /// target has no place for any.
  template <class Info>
  void convert(const Field& f, Ref<List<AnyChannelStateHandle<Info>>> handles,
               const FindingKind& without_place) {
    if (handles.empty()) return;
    if (!walk_.has(BodyPart::channel_state)) {
      walk_.note(without_place, &f, handles.size());
      return;
    }
    bool split = false;
    walk_.each(f, handles, [&](Ref<AnyChannelStateHandle<Info>> handle) {
      if (auto* plain = std::get_if<ChannelStateHandle<Info>>(&handle)) {
        plain_channel<Info>(*plain);
        return;
      }
      auto& merged = std::get<MergedChannelStateHandle<Info>>(handle);
      streams_.delegate(merged.delegate);
      if (walk_.has(BodyPart::merged_channels)) return;
      walk_.note(kSplit, nullptr);
      split = true;
      check_holder(merged.subtask_index);
    });
    if (split) change(handles, [&](auto& list) { list = split_channels<Info>(list); });
  }

 private:
  template <class Info>
  void plain_channel(Ref<ChannelStateHandle<Info>> handle) {
    streams_.delegate(handle.delegate);
    if (walk_.has(BodyPart::channel_subtask)) {
      if (handle.subtask_index) return;
      walk_.note(kSubtaskAdded, &field::subtask_index);
      change(handle, [&](auto& h) { h.subtask_index = walk_.subtask(); });
      return;
    }
    if (!handle.subtask_index || !check_holder(*handle.subtask_index)) return;
    walk_.note(kSubtaskDropped, &field::subtask_index);
    change(handle, [](auto& h) { h.subtask_index.reset(); });
  }

  // A body that doesn't say the subtask means the one that holds the handle.
  bool check_holder(std::int32_t subtask_index) {
    if (walk_.has(BodyPart::channel_subtask) || subtask_index == walk_.subtask()) return true;
    walk_.note(kOtherSubtask, &field::subtask_index);
    return false;
  }

  template <class Info>
  List<AnyChannelStateHandle<Info>> split_channels(
      const List<AnyChannelStateHandle<Info>>& handles) {
    List<AnyChannelStateHandle<Info>> all;
    for (const AnyChannelStateHandle<Info>& handle : handles) {
      const auto* merged = std::get_if<MergedChannelStateHandle<Info>>(&handle);
      if (merged == nullptr) {
        all.push_back(walk_.arena(), handle);
        continue;
      }
      for (const MergedChannelEntry<Info>& entry : merged->packed) {
        ChannelStateHandle<Info> plain;
        if (walk_.has(BodyPart::channel_subtask)) {
          plain.subtask_index = merged->subtask_index;
        }
        plain.info = entry.info;
        plain.offsets = entry.offsets;
        plain.size = entry.size;
        plain.delegate = merged->delegate;
        all.push_back(walk_.arena(), plain);
      }
    }
    return all;
  }

  ConversionWalk& walk_;
  StreamHandles<kApply>& streams_;
};

}  // namespace stateferry::conversion
