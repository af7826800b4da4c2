// How the body of each dialect is laid out: release differences as data, in one table.
//
// The grammar (grammar.hpp) reads a Layout; it has no `if (version == 5)` anywhere. A codec out of
// this tree copies the row that it comes nearest to and changes what differs.
#pragma once

#include <cstdint>
#include <span>

#include "stateferry/export.hpp"
#include "stateferry/model/release.hpp"

namespace stateferry::codecs {

/// How a subtask's state begins.
enum class SubtaskForm : std::uint8_t {
  v1,  ///< lists with an entry per operator of the chain
  v2,  ///< presence ints, with duration and legacy state
  v3,  ///< presence ints, with channel state
};

/// How channel state is written.
enum class ChannelForm : std::uint8_t {
  none,             ///< V1, V2
  without_subtask,  ///< V3 of 1.11
  with_subtask,     ///< V3 since 1.12, V4, V5
  typed,            ///< V6+: a type byte first; merged handles exist
};

/// Which form the changelog tags 8, 9 and 10 have.
enum class ChangelogForm : std::uint8_t {
  short_form,  ///< 1.14: no ids, no checkpointed sizes
  full_form,   ///< since 1.15
};

/// One row. Sizes are the least number of bytes that a record takes.
struct Layout {
  Dialect dialect;
  bool master_states;
  bool operator_names;  ///< name and uid in front of the id
  bool chain_length;
  bool coordinator;
  bool finished_markers;  ///< -1 subtasks and negative indexes are legal
  bool properties;
  bool ref_checkpoint_id;
  SubtaskForm subtask;
  ChannelForm channels;
  ChangelogForm changelog;
  TagSet stream_tags;  ///< tags that are legal for a StreamStateHandle
  TagSet keyed_tags;
  TagSet operator_tags;
  std::uint32_t least_operator;
  std::uint32_t least_channel;
};

/// All rows, by version, then release.
std::span<const Layout> all_layouts() noexcept;
/// The rows of one format version, oldest first; empty when there are none.
std::span<const Layout> layouts_of(std::int32_t format_version) noexcept;
/// The row of `dialect`. Throws CapabilityError when there is none.
const Layout& layout_of(const Dialect& dialect);

}  // namespace stateferry::codecs
