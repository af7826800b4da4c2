// Flink releases and dialects: what each release writes and reads, what each body holds, as tables.
//
// The format version alone doesn't say how a file is laid out (version 3 has three incompatible
// bodies) nor which handle tags its reader knows. A dialect is both: version and release.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// A minor release of Flink; patch releases never changed the format.
struct FlinkRelease {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  friend auto operator<=>(const FlinkRelease&, const FlinkRelease&) = default;
};
/// `1.18`.
STATEFERRY_API std::string to_string(FlinkRelease release);
/// The release of `1.18` or `1.18.1`; nothing for other text.
STATEFERRY_API std::optional<FlinkRelease> release_from_text(std::string_view text) noexcept;

/// How a body is laid out: the format version and the first release that wrote it so.
struct Dialect {
  std::int32_t format_version = 0;
  FlinkRelease release;
  friend auto operator<=>(const Dialect&, const Dialect&) = default;
};
/// `V3 of Flink 1.12`; for versions with one body only `V5`.
STATEFERRY_API std::string to_string(const Dialect& dialect);

/// The tags in front of handles. Which are legal depends on the position.
enum class HandleTag : std::uint8_t {
  null = 0,
  byte_stream = 1,
  file_stream = 2,
  key_groups = 3,
  partitionable_operator = 4,
  incremental_key_groups = 5,
  relative_stream = 6,
  savepoint_key_groups = 7,
  changelog = 8,
  changelog_byte_increment = 9,
  changelog_file_increment = 10,
  incremental_key_groups_v2 = 11,
  key_groups_v2 = 12,
  changelog_file_increment_v2 = 13,
  changelog_v2 = 14,
  segment_file = 15,
  empty_segment_file = 16,
  segment_partitionable_operator = 17,
};
inline constexpr std::uint8_t kMaxHandleTag = 17;
/// Flink's name of the tag: `FILE_STREAM`.
STATEFERRY_API std::string_view handle_tag_name(HandleTag tag) noexcept;

/// A set of handle tags, one bit each.
using TagSet = std::uint32_t;
constexpr TagSet tag_bit(HandleTag tag) noexcept {
  return TagSet{1} << static_cast<unsigned>(tag);
}
/// All tags from `first` to `last`, both included.
constexpr TagSet tag_range(unsigned first, unsigned last) noexcept {
  return ((TagSet{2} << last) - 1) & ~((TagSet{1} << first) - 1);
}

/// What a reader copes with beyond handle tags. A set, one bit each.
enum class ReaderFeature : std::uint8_t {
  none = 0,
  legacy_state = 1 << 0,       ///< state of the old Checkpointed interface (V1, V2); until 1.3
  broadcast_state = 1 << 1,    ///< operator state of mode 2; since 1.5
  key_groups_stream = 1 << 2,  ///< tag 3 in the place of a stream handle; since 1.13
  finished_tasks = 1 << 3,     ///< operators and subtasks that had ended; since 1.14
  repeated_files = 1 << 4,     ///< incremental handles that name one local file twice; since 1.16
  absent_meta = 1 << 5,        ///< incremental handles without a meta file; since 1.19
};
constexpr ReaderFeature operator|(ReaderFeature a, ReaderFeature b) noexcept {
  return static_cast<ReaderFeature>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// Whether `set` has all features of `wanted`.
constexpr bool has(ReaderFeature set, ReaderFeature wanted) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) ==
         static_cast<unsigned>(wanted);
}

/// One row: what a release writes, reads, knows and emits.
struct ReleaseInfo {
  FlinkRelease release;
  std::int32_t writes;       ///< format version of its savepoints and checkpoints
  std::int32_t reads_first;  ///< oldest version that it reads
  std::int32_t reads_last;   ///< newest version that it reads
  FlinkRelease body;         ///< the dialect's release, for versions with several bodies
  TagSet knows;              ///< tags that its reader knows, at any position
  TagSet emits;              ///< tags that its writer emits
  ReaderFeature copes;       ///< what else its reader copes with
};
/// All releases, oldest first; the last one is unreleased (V7).
STATEFERRY_API std::span<const ReleaseInfo> all_releases() noexcept;
/// The newest that was released.
STATEFERRY_API const ReleaseInfo& newest_release() noexcept;
/// The newest one up to `release` that was released; the oldest known, where that is older still.
STATEFERRY_API const ReleaseInfo& nearest_release(FlinkRelease release) noexcept;
/// Whether some release that writes this format version knows the tag.
STATEFERRY_API bool is_known_by_writers(std::int32_t format_version, HandleTag tag) noexcept;
/// The row of `release`; null when there is none.
STATEFERRY_API const ReleaseInfo* find_release(FlinkRelease release) noexcept;

/// Parts that a body has or doesn't have. A set, one bit each.
enum class BodyPart : std::uint16_t {
  none = 0,
  chains = 1 << 0,             ///< lists with an entry per operator of a chain (V1)
  durations = 1 << 1,          ///< a subtask's duration and legacy state (V1, V2)
  chain_length = 1 << 2,       ///< V1, V2
  master_states = 1 << 3,      ///< V2+
  coordinator = 1 << 4,        ///< V3+
  finished_markers = 1 << 5,   ///< -1 subtasks and negative indexes; since 1.14, read since 1.12
  full_changelog = 1 << 6,     ///< changelog handles (8, 9, 10) have ids and sizes; not in 1.14
  properties = 1 << 7,         ///< CheckpointProperties at the end (V4+)
  operator_names = 1 << 8,     ///< names and uids (V5+)
  ref_checkpoint_id = 1 << 9,  ///< V7
};
constexpr BodyPart operator|(BodyPart a, BodyPart b) noexcept {
  return static_cast<BodyPart>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr BodyPart& operator|=(BodyPart& a, BodyPart b) noexcept {
  return a = a | b;
}
/// Whether `set` has all parts of `wanted`.
constexpr bool has(BodyPart set, BodyPart wanted) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) ==
         static_cast<unsigned>(wanted);
}

/// How a body says which subtask wrote a channel's data.
enum class ChannelBody : std::uint8_t {
  none,             ///< V1, V2: there is no channel state
  without_subtask,  ///< V3 of 1.11: the subtask that holds the handle
  with_subtask,     ///< V3 since 1.12, V4, V5: each handle says it
  merged,           ///< V6+: a type byte first, and one handle may stand for several channels
};

/// One row: what the body of a dialect has a place for. The codecs add what only they need to know.
struct DialectInfo {
  Dialect dialect;
  BodyPart parts;
  ChannelBody channels;
  TagSet tags;  ///< tags that readers are known to take in such a body

  constexpr bool has(BodyPart part) const noexcept { return stateferry::has(parts, part); }
};
/// All dialects, by version, then release.
STATEFERRY_API std::span<const DialectInfo> all_dialects() noexcept;
/// The row of `dialect`; null when there is none.
STATEFERRY_API const DialectInfo* find_dialect(const Dialect& dialect) noexcept;
/// How a file of `format_version` must be laid out so that `release` reads it: the newest body that
/// is not newer than the release. Null when the release doesn't read the version at all.
STATEFERRY_API const DialectInfo* dialect_read_by(FlinkRelease release,
                                                  std::int32_t format_version) noexcept;
/// The newest release that writes `format_version`; null when none does.
STATEFERRY_API const ReleaseInfo* newest_writer(std::int32_t format_version) noexcept;

}  // namespace stateferry
