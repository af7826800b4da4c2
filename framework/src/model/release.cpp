#include "stateferry/model/release.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stateferry {
namespace {

constexpr TagSet upto(unsigned last) {
  return tag_range(0, last);
}
constexpr TagSet bit(unsigned tag) {
  return TagSet{1} << tag;
}

// Writers replaced 5, 8 and 10 by 11, 14 and 13, and write 3 only as a delegate.
constexpr TagSet kEmits115 = upto(12) & ~bit(5);
constexpr TagSet kEmits116 = upto(14) & ~(bit(5) | bit(8) | bit(10));
constexpr TagSet kEmits120 = upto(17) & ~(bit(5) | bit(8) | bit(10));

using F = ReaderFeature;
constexpr F kCopes105 = F::broadcast_state;
constexpr F kCopes113 = kCopes105 | F::key_groups_stream;
constexpr F kCopes114 = kCopes113 | F::finished_tasks;
constexpr F kCopes116 = kCopes114 | F::repeated_files;
constexpr F kCopes119 = kCopes116 | F::absent_meta;

// Format page, section 3.
constexpr std::array kReleases = {
    ReleaseInfo{{1, 2}, 1, 0, 1, {1, 2}, upto(4), upto(4), F::legacy_state},
    ReleaseInfo{{1, 3}, 2, 0, 2, {1, 3}, upto(5), upto(5), F::legacy_state},
    ReleaseInfo{{1, 4}, 2, 1, 2, {1, 3}, upto(5), upto(5), F::none},
    ReleaseInfo{{1, 5}, 2, 1, 2, {1, 3}, upto(5), upto(5), kCopes105},
    ReleaseInfo{{1, 6}, 2, 1, 2, {1, 3}, upto(5), upto(5), kCopes105},
    ReleaseInfo{{1, 7}, 2, 1, 2, {1, 3}, upto(5), upto(5), kCopes105},
    ReleaseInfo{{1, 8}, 2, 1, 2, {1, 3}, upto(5), upto(5), kCopes105},
    ReleaseInfo{{1, 9}, 2, 1, 2, {1, 3}, upto(5), upto(5), kCopes105},
    ReleaseInfo{{1, 10}, 2, 1, 2, {1, 3}, upto(5), upto(5), kCopes105},
    ReleaseInfo{{1, 11}, 3, 2, 3, {1, 11}, upto(6), upto(6), kCopes105},
    ReleaseInfo{{1, 12}, 3, 2, 3, {1, 12}, upto(6), upto(6), kCopes105},
    ReleaseInfo{{1, 13}, 3, 2, 3, {1, 12}, upto(7), upto(7), kCopes113},
    ReleaseInfo{{1, 14}, 3, 2, 3, {1, 14}, upto(10), upto(10), kCopes114},
    ReleaseInfo{{1, 15}, 3, 2, 3, {1, 15}, upto(12), kEmits115, kCopes114},
    ReleaseInfo{{1, 16}, 4, 2, 4, {1, 16}, upto(14), kEmits116, kCopes116},
    ReleaseInfo{{1, 17}, 4, 2, 4, {1, 16}, upto(14), kEmits116, kCopes116},
    ReleaseInfo{{1, 18}, 4, 2, 4, {1, 16}, upto(14), kEmits116, kCopes116},
    ReleaseInfo{{1, 19}, 4, 2, 4, {1, 16}, upto(14), kEmits116, kCopes119},
    ReleaseInfo{{1, 20}, 4, 2, 4, {1, 16}, upto(17), kEmits120, kCopes119},
    ReleaseInfo{{2, 0}, 5, 2, 5, {2, 0}, upto(17), kEmits120, kCopes119},
    ReleaseInfo{{2, 1}, 6, 2, 6, {2, 1}, upto(17), kEmits120, kCopes119},
    ReleaseInfo{{2, 2}, 6, 2, 6, {2, 1}, upto(17), kEmits120, kCopes119},
    ReleaseInfo{{2, 3}, 6, 2, 6, {2, 1}, upto(17), kEmits120, kCopes119},
    // Unreleased: the next minor release at the earliest.
    ReleaseInfo{{2, 4}, 7, 2, 7, {2, 4}, upto(17), kEmits120, kCopes119},
};

using P = BodyPart;
constexpr P kPartsV1 = P::chains | P::durations | P::chain_length | P::full_changelog;
constexpr P kPartsV2 = P::master_states | P::durations | P::chain_length | P::full_changelog;
constexpr P kParts111 = P::master_states | P::coordinator | P::full_changelog;
constexpr P kParts112 = kParts111 | P::finished_markers;
constexpr P kParts114 = P::master_states | P::coordinator | P::finished_markers;
constexpr P kPartsV4 = kParts112 | P::properties;
constexpr P kPartsV5 = kPartsV4 | P::operator_names;
constexpr P kPartsV7 = kPartsV5 | P::ref_checkpoint_id;

using C = ChannelBody;
constexpr TagSet kAnyTag = upto(kMaxHandleTag);

// Format page, sections 4 and 9. Newer readers may know more tags than 5 in a body of version 2,
// but no writer ever put them there.
constexpr std::array kDialects = {
    DialectInfo{{1, {1, 2}}, kPartsV1, C::none, upto(4)},
    DialectInfo{{2, {1, 3}}, kPartsV2, C::none, upto(5)},
    DialectInfo{{3, {1, 11}}, kParts111, C::without_subtask, upto(6)},
    DialectInfo{{3, {1, 12}}, kParts112, C::with_subtask, kAnyTag},
    DialectInfo{{3, {1, 14}}, kParts114, C::with_subtask, upto(10)},
    DialectInfo{{3, {1, 15}}, kParts112, C::with_subtask, kAnyTag},
    DialectInfo{{4, {1, 16}}, kPartsV4, C::with_subtask, kAnyTag},
    DialectInfo{{5, {2, 0}}, kPartsV5, C::with_subtask, kAnyTag},
    DialectInfo{{6, {2, 1}}, kPartsV5, C::merged, kAnyTag},
    DialectInfo{{7, {2, 4}}, kPartsV7, C::merged, kAnyTag},
};

constexpr std::string_view kTagNames[] = {
    "NULL",
    "BYTE_STREAM",
    "FILE_STREAM",
    "KEY_GROUPS",
    "PARTITIONABLE_OPERATOR",
    "INCREMENTAL_KEY_GROUPS",
    "RELATIVE_STREAM",
    "SAVEPOINT_KEY_GROUPS",
    "CHANGELOG",
    "CHANGELOG_BYTE_INCREMENT",
    "CHANGELOG_FILE_INCREMENT",
    "INCREMENTAL_KEY_GROUPS_V2",
    "KEY_GROUPS_V2",
    "CHANGELOG_FILE_INCREMENT_V2",
    "CHANGELOG_V2",
    "SEGMENT_FILE",
    "EMPTY_SEGMENT_FILE",
    "SEGMENT_PARTITIONABLE_OPERATOR",
};

}  // namespace

std::string to_string(FlinkRelease release) {
  return std::to_string(release.major) + "." + std::to_string(release.minor);
}

std::optional<FlinkRelease> release_from_text(std::string_view text) noexcept {
  FlinkRelease release;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, release.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, release.minor);
  if (minor.ec != std::errc()) return std::nullopt;
  if (minor.ptr == end) return release;
  unsigned patch = 0;
  if (*minor.ptr != '.') return std::nullopt;
  const auto rest = std::from_chars(minor.ptr + 1, end, patch);
  if (rest.ec != std::errc() || rest.ptr != end) return std::nullopt;
  return release;
}

std::string to_string(const Dialect& dialect) {
  std::string text = "V" + std::to_string(dialect.format_version);
  if (dialect.format_version == 3) text += " of Flink " + to_string(dialect.release);
  return text;
}

std::string_view handle_tag_name(HandleTag tag) noexcept {
  return kTagNames[static_cast<std::size_t>(tag)];
}

std::span<const ReleaseInfo> all_releases() noexcept {
  return kReleases;
}

const ReleaseInfo& newest_release() noexcept {
  return kReleases[kReleases.size() - 2];
}

const ReleaseInfo& nearest_release(FlinkRelease release) noexcept {
  const ReleaseInfo* nearest = &kReleases.front();
  for (const ReleaseInfo& r : kReleases) {
    if (r.release <= std::min(release, newest_release().release)) nearest = &r;
  }
  return *nearest;
}

bool is_known_by_writers(std::int32_t format_version, HandleTag tag) noexcept {
  const auto releases = all_releases();
  return std::any_of(releases.begin(), releases.end(), [&](const ReleaseInfo& r) {
    return r.writes == format_version && (r.knows & tag_bit(tag)) != 0;
  });
}

const ReleaseInfo* find_release(FlinkRelease release) noexcept {
  const auto row = std::find_if(kReleases.begin(), kReleases.end(),
                                [&](const ReleaseInfo& r) { return r.release == release; });
  return row == kReleases.end() ? nullptr : row;
}

std::span<const DialectInfo> all_dialects() noexcept {
  return kDialects;
}

const DialectInfo* find_dialect(const Dialect& dialect) noexcept {
  const auto row = std::find_if(kDialects.begin(), kDialects.end(),
                                [&](const DialectInfo& d) { return d.dialect == dialect; });
  return row == kDialects.end() ? nullptr : row;
}

const DialectInfo* dialect_read_by(FlinkRelease release, std::int32_t format_version) noexcept {
  const ReleaseInfo* reader = find_release(release);
  if (reader == nullptr || format_version < reader->reads_first ||
      format_version > reader->reads_last) {
    return nullptr;
  }
  const DialectInfo* newest = nullptr;
  for (const DialectInfo& d : kDialects) {
    if (d.dialect.format_version == format_version && d.dialect.release <= release) newest = &d;
  }
  return newest;
}

const ReleaseInfo* newest_writer(std::int32_t format_version) noexcept {
  const ReleaseInfo* newest = nullptr;
  for (const ReleaseInfo& r : kReleases) {
    if (r.writes == format_version) newest = &r;
  }
  return newest;
}

}  // namespace stateferry
