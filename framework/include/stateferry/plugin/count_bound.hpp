// Bounds on counts, as rule files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/diag/source_mark.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

/// A bound on a count: `0`, `12`, `>=1`, `<=5`, `>=1 <=5`.
struct STATEFERRY_API CountBound {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
  std::string text;  ///< as written
  SourceMark mark;   ///< where it is written
  bool holds(std::uint64_t count) const noexcept { return least <= count && count <= most; }
};
/// Parses a bound; nothing when `text` isn't one.
STATEFERRY_API std::optional<CountBound> parse_count_bound(std::string_view text);

}  // namespace stateferry
