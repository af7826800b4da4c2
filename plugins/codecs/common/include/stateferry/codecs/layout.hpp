// How the body of a dialect is laid out, and which releases have it: what a codec says of each of
// its dialects.
//
// The grammar (grammar.hpp) knows since which dialect there is a field; a row says which dialect it
// is, which tags are legal where, and who writes and reads it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "stateferry/model/dialect.hpp"

namespace stateferry::codecs {

/// The set of these tags.
constexpr TagSet tags(std::initializer_list<unsigned> list) noexcept {
  TagSet set = 0;
  for (const unsigned tag : list) set |= TagSet{1} << tag;
  return set;
}
/// The tags up to `last`.
constexpr TagSet tags_upto(unsigned last) noexcept {
  return tag_range(0, last);
}
/// All that may stand for a StreamStateHandle, a KeyedStateHandle, an OperatorStateHandle.
inline constexpr TagSet kStreamTags = tags({0, 1, 2, 3, 6, 15, 16});
inline constexpr TagSet kKeyedTags = tags({0, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14});
inline constexpr TagSet kOperatorTags = tags({0, 4, 17});

/// One row: all that a codec says of a dialect.
struct Layout {
  Dialect dialect{};  ///< format version, and the first release that writes (or will write) it
  ReleaseRange written_by{};  ///< by default none
  ReleaseRange read_by{};     ///< releases that take the version for this body; by default none
  bool experimental = false;  ///< may still change: a conversion says so
  /// The dialect whose fields there are; by default its own. For formats of others than Flink,
  /// whose version has nothing to do with Flink's.
  Dialect fields_of{};
  TagSet stream_tags = kStreamTags;      ///< tags that are legal for a StreamStateHandle
  TagSet keyed_tags = kKeyedTags;        ///< for a KeyedStateHandle
  TagSet operator_tags = kOperatorTags;  ///< for an OperatorStateHandle
  /// Of the legal tags, those that a conversion may write.
  TagSet writes_tags = tags_upto(kMaxHandleTag);
  /// Fields that the grammar doesn't know, in wire order at the end of their records. Static.
  std::span<const ExtraField> extras{};
};

/// A dialect's place among all, for comparisons: by version, then release.
using Level = std::uint32_t;
constexpr Level level_of(std::int32_t version, FlinkRelease release = {}) noexcept {
  return static_cast<Level>(version) << 16 | static_cast<Level>(release.major & 0xFFU) << 8 |
         (release.minor & 0xFFU);
}

}  // namespace stateferry::codecs
