// How the body of each dialect is laid out: release differences as data.
//
// The grammar (grammar.hpp) reads a Layout; it has no `if (version == 5)` anywhere. A codec out of
// this tree copies the row that it comes nearest to and changes what differs.
#pragma once

#include <cstdint>
#include <span>

#include "stateferry/export.hpp"
#include "stateferry/model/release.hpp"

namespace stateferry::codecs {

/// One row: what the framework's table says of the dialect (DialectInfo), and what only a codec
/// needs to know. Sizes are the least number of bytes that a record takes.
struct Layout {
  Dialect dialect;
  BodyPart parts;
  ChannelBody channels;
  TagSet stream_tags;  ///< tags that are legal for a StreamStateHandle
  TagSet keyed_tags;
  TagSet operator_tags;
  std::uint32_t least_operator;
  std::uint32_t least_channel;

  constexpr bool has(BodyPart part) const noexcept { return stateferry::has(parts, part); }
};

/// All rows, by version, then release.
std::span<const Layout> all_layouts() noexcept;
/// The rows of one format version, oldest first; empty when there are none.
std::span<const Layout> layouts_of(std::int32_t format_version) noexcept;
/// The row of `dialect`. Throws CapabilityError when there is none.
const Layout& layout_of(const Dialect& dialect);

}  // namespace stateferry::codecs
