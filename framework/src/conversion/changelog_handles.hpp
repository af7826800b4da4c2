// What a conversion does about keyed state in a changelog, and about the ids that 1.14 left out.
#pragma once

#include <string>
#include <string_view>

#include "conversion/stream_handles.hpp"
#include "stateferry/io/sha256.hpp"

namespace stateferry::conversion {

/// Serves one conversion, of which all that it is given outlives it.
template <bool kApply>
class ChangelogHandles {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  ChangelogHandles(ConversionWalk& walk, ExtraFields<kApply>& extras,
                   StreamHandles<kApply>& streams)
      : walk_(walk), extras_(extras), streams_(streams) {}

  /// A changelog with what it goes on from. `keyed` converts a part, which is a keyed handle.
  template <class F>
  void backend(Ref<ChangelogStateBackendHandle> c, F&& keyed) {
    if (!has_changelogs()) return;
    extras_.convert(ExtendedRecord::changelog, c.extras);
    if (c.checkpoint_id && !walk_.knows(HandleTag::changelog_v2)) {
      walk_.note(c.checkpoint_id == c.materialization_id ? kChangelogSame : kChangelogCheckpoint,
                 &field::checkpoint_id);
      change(c, [](auto& x) { x.checkpoint_id.reset(); });
    }
    walk_.each(field::materialized, c.materialized,
               [&](Ref<KeyedStateHandle> part) { keyed(part); });
    walk_.each(field::non_materialized, c.non_materialized,
               [&](Ref<KeyedStateHandle> part) { keyed(part); });
    if (ids_stay(c)) return;
    change(c, [&](auto& x) {
      if (!walk_.has(BodyPart::full_changelog)) {
        x.checkpointed_size.reset();
        x.materialization_id.reset();
        x.state_handle_id.reset();
        return;
      }
      x.checkpointed_size = 0;
      x.materialization_id = walk_.checkpoint_id();
      x.state_handle_id = made_up_id();
    });
  }

  /// Changes that the snapshot itself holds.
  void in_memory(Ref<InMemoryChangelogStateHandle> c) {
    if (!has_changelogs() || ids_stay(c)) return;
    change(c, [&](auto& x) {
      x.state_handle_id.reset();
      if (walk_.has(BodyPart::full_changelog)) x.state_handle_id = made_up_id();
    });
  }

  /// Changes in files of their own.
  void files(Ref<ChangelogStreamStateHandle> c) {
    if (!has_changelogs()) return;
    if (c.storage_identifier && !walk_.knows(HandleTag::changelog_file_increment_v2)) {
      walk_.note(
          *c.storage_identifier == "filesystem" ? kChangelogStorageDropped : kChangelogStorage,
          &field::storage_identifier);
      change(c, [](auto& x) { x.storage_identifier.reset(); });
    }
    walk_.each(field::handles, c.handles, [&](Ref<ChangelogFile> file) {
      walk_.below(field::handle, [&] { streams_.convert(file.handle); });
    });
    if (ids_stay(c)) return;
    change(c, [&](auto& x) {
      x.checkpointed_size.reset();
      x.state_handle_id.reset();
      if (!walk_.has(BodyPart::full_changelog)) return;
      x.checkpointed_size = x.size;
      x.state_handle_id = made_up_id();
    });
  }

 private:
  // Whether the reader knows changelogs at all.
  bool has_changelogs() {
    if (walk_.knows(HandleTag::changelog)) return true;
    walk_.note(kChangelog, nullptr);
    return false;
  }

  // Whether the handle's form is that of the body; else takes note.
  template <class Handle>
  bool ids_stay(const Handle& handle) {
    const bool full = handle.state_handle_id.has_value();
    if (full == walk_.has(BodyPart::full_changelog)) return true;
    walk_.note(full ? kChangelogIds : kChangelogMadeUp, nullptr);
    return false;
  }

  // A UUID that depends on the place alone, so that every run makes the same.
  std::string_view made_up_id() {
    const std::string place = std::to_string(walk_.checkpoint_id()) + "/" +
                              to_hex(walk_.operator_id()) + "/" + walk_.place();
    std::string hex = sha256_hex(place);
    hex.resize(32);
    hex[12] = '8';  // version 8: made in a way of one's own
    hex[16] = 'a';  // the usual variant
    for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
    return walk_.arena().intern(hex);
  }

  ConversionWalk& walk_;
  ExtraFields<kApply>& extras_;
  StreamHandles<kApply>& streams_;
};

}  // namespace stateferry::conversion
