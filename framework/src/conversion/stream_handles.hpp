// What a conversion does about handles of single files and inline bytes.
#pragma once

#include "conversion/extra_fields.hpp"
#include "conversion/walk.hpp"
#include "stateferry/model/handle_form.hpp"

namespace stateferry::conversion {

/// Serves one conversion, whose walk and extra fields outlive it.
template <bool kApply>
class StreamHandles {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  StreamHandles(ConversionWalk& walk, ExtraFields<kApply>& extras) : walk_(walk), extras_(extras) {}

  /// The handle that `delegate` of the record in hand is.
  void delegate(Ref<StreamStateHandle> handle) {
    walk_.below(field::delegate, [&] { convert(handle); });
  }

  /// The handle in hand.
  void convert(Ref<StreamStateHandle> handle) {
    if (const auto* relative = std::get_if<RelativeFileStateHandle>(&handle)) {
      if (!walk_.knows(HandleTag::relative_stream)) absolutize(handle, *relative);
    } else if (std::holds_alternative<SegmentFileStateHandle>(handle)) {
      if (!walk_.knows(HandleTag::segment_file)) walk_.note(kSegment, nullptr);
    } else if (is_placeholder(handle)) {
      if (walk_.knows(HandleTag::empty_segment_file)) return;
      walk_.note(kPlaceholder, nullptr);
      change(handle, [](auto& h) { h = empty_inline_handle(); });
    } else if (auto* nested = std::get_if<KeyGroupsStateHandle*>(&handle)) {
      // Readers know it since the release that brought tag 7, which bodies before V3 never hold.
      if (walk_.copes(ReaderFeature::key_groups_stream) &&
          walk_.knows(HandleTag::savepoint_key_groups)) {
        delegate((*nested)->delegate);
        extras_.convert(ExtendedRecord::key_groups, (*nested)->extras);
      } else {
        walk_.note(kNestedKeyGroups, nullptr);
      }
    }
  }

 private:
  void absolutize(Ref<StreamStateHandle> handle, const RelativeFileStateHandle& relative) {
    if (walk_.options().base_uri.empty()) {
      walk_.note(kRelativeUnknown, nullptr);
      return;
    }
    walk_.note(kRelative, nullptr);
    change(handle, [&](auto& h) {
      h = absolute_handle(relative, walk_.options().base_uri, walk_.arena());
    });
  }

  ConversionWalk& walk_;
  ExtraFields<kApply>& extras_;
};

}  // namespace stateferry::conversion
