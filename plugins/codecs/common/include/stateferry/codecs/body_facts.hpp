// What a walk over a body has met: the facts by which the bodies of version 3 are told apart.
#pragma once

#include "stateferry/model/dialect.hpp"

namespace stateferry::codecs {

/// Changelogs as two of the bodies have them.
inline constexpr TagSet kChangelogTags = tag_bit(HandleTag::changelog) |
                                         tag_bit(HandleTag::changelog_byte_increment) |
                                         tag_bit(HandleTag::changelog_file_increment);
/// Keyed state that no writer of changelogs in their full form emits.
inline constexpr TagSet kOldKeyedTags =
    tag_bit(HandleTag::key_groups) | tag_bit(HandleTag::incremental_key_groups);

/// See the head of this file.
struct BodyFacts {
  TagSet tags = 0;        ///< handle tags at any position
  TagSet keyed_tags = 0;  ///< handle tags of keyed state
  bool channels = false;  ///< channel handles

  bool has_changelogs() const noexcept { return (tags & kChangelogTags) != 0; }
  /// Whether a body in which changelogs have their full form fits by chance only.
  bool speaks_against_full_changelogs() const noexcept {
    return has_changelogs() && (keyed_tags & kOldKeyedTags) != 0;
  }
};

}  // namespace stateferry::codecs
