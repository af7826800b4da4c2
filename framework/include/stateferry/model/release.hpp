// The releases of Flink that exist and what their readers know, whatever the format version; the
// tags of handles; names of dialects. What a dialect is like its codec says: model/dialect.hpp.
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
  bool one_of_several = false;  ///< the version has other bodies, too; only texts look at it

  friend constexpr bool operator==(const Dialect& a, const Dialect& b) noexcept {
    return a.format_version == b.format_version && a.release == b.release;
  }
  friend constexpr std::strong_ordering operator<=>(const Dialect& a, const Dialect& b) noexcept {
    const auto by_version = a.format_version <=> b.format_version;
    return by_version != 0 ? by_version : a.release <=> b.release;
  }
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

/// A release of Flink that exists, and what its readers cope with in files of every version. Which
/// versions it writes and reads the codecs say (DialectInfo).
struct ReleaseInfo {
  FlinkRelease release;
  TagSet knows;         ///< tags that its reader knows, at any position
  ReaderFeature copes;  ///< what else its reader copes with
};
/// All that were released, oldest first.
STATEFERRY_API std::span<const ReleaseInfo> all_releases() noexcept;
/// The newest of them.
STATEFERRY_API const ReleaseInfo& newest_release() noexcept;
/// The newest one up to `release`; the oldest known, where that is older still.
STATEFERRY_API const ReleaseInfo& nearest_release(FlinkRelease release) noexcept;
/// The row of `release`; null when there is none.
STATEFERRY_API const ReleaseInfo* find_release(FlinkRelease release) noexcept;

}  // namespace stateferry
