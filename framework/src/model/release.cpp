#include "stateferry/model/release.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace stateferry {
namespace {

// Format page, section 3: a tag, and the first release whose reader knows it.
struct Tag {
  std::string_view name;
  FlinkRelease since;
};
constexpr Tag kTags[] = {
    {"NULL", {1, 2}},
    {"BYTE_STREAM", {1, 2}},
    {"FILE_STREAM", {1, 2}},
    {"KEY_GROUPS", {1, 2}},
    {"PARTITIONABLE_OPERATOR", {1, 2}},
    {"INCREMENTAL_KEY_GROUPS", {1, 3}},
    {"RELATIVE_STREAM", {1, 11}},
    {"SAVEPOINT_KEY_GROUPS", {1, 13}},
    {"CHANGELOG", {1, 14}},
    {"CHANGELOG_BYTE_INCREMENT", {1, 14}},
    {"CHANGELOG_FILE_INCREMENT", {1, 14}},
    {"INCREMENTAL_KEY_GROUPS_V2", {1, 15}},
    {"KEY_GROUPS_V2", {1, 15}},
    {"CHANGELOG_FILE_INCREMENT_V2", {1, 16}},
    {"CHANGELOG_V2", {1, 16}},
    {"SEGMENT_FILE", {1, 20}},
    {"EMPTY_SEGMENT_FILE", {1, 20}},
    {"SEGMENT_PARTITIONABLE_OPERATOR", {1, 20}},
};
static_assert(std::size(kTags) == kMaxHandleTag + 1);

// From which release on a reader copes with it, and until which.
struct Feature {
  ReaderFeature feature;
  FlinkRelease since;
  FlinkRelease until{UINT16_MAX, UINT16_MAX};
};
constexpr Feature kFeatures[] = {
    {ReaderFeature::legacy_state, {1, 2}, {1, 3}}, {ReaderFeature::broadcast_state, {1, 5}},
    {ReaderFeature::key_groups_stream, {1, 13}},   {ReaderFeature::finished_tasks, {1, 14}},
    {ReaderFeature::repeated_files, {1, 16}},      {ReaderFeature::absent_meta, {1, 19}},
};

constexpr ReleaseInfo row(FlinkRelease release) {
  ReleaseInfo info{release, 0, ReaderFeature::none};
  for (unsigned tag = 0; tag <= kMaxHandleTag; ++tag) {
    if (kTags[tag].since <= release) info.knows |= TagSet{1} << tag;
  }
  for (const Feature& f : kFeatures) {
    if (f.since <= release && release <= f.until) info.copes = info.copes | f.feature;
  }
  return info;
}

constexpr ReleaseInfo kReleases[] = {
    row({1, 2}),  row({1, 3}),  row({1, 4}),  row({1, 5}),  row({1, 6}),  row({1, 7}),
    row({1, 8}),  row({1, 9}),  row({1, 10}), row({1, 11}), row({1, 12}), row({1, 13}),
    row({1, 14}), row({1, 15}), row({1, 16}), row({1, 17}), row({1, 18}), row({1, 19}),
    row({1, 20}), row({2, 0}),  row({2, 1}),  row({2, 2}),  row({2, 3}),
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
  if (dialect.one_of_several) text += " of Flink " + to_string(dialect.release);
  return text;
}

std::string_view handle_tag_name(HandleTag tag) noexcept {
  return kTags[static_cast<std::size_t>(tag)].name;
}

std::span<const ReleaseInfo> all_releases() noexcept {
  return kReleases;
}

const ReleaseInfo& newest_release() noexcept {
  return *std::rbegin(kReleases);
}

const ReleaseInfo& nearest_release(FlinkRelease release) noexcept {
  const ReleaseInfo* nearest = std::begin(kReleases);
  for (const ReleaseInfo& r : kReleases) {
    if (r.release <= release) nearest = &r;
  }
  return *nearest;
}

const ReleaseInfo* find_release(FlinkRelease release) noexcept {
  const auto* const row = std::find_if(std::begin(kReleases), std::end(kReleases),
                                       [&](const ReleaseInfo& r) { return r.release == release; });
  return row == std::end(kReleases) ? nullptr : row;
}

}  // namespace stateferry
