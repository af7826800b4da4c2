// The walk of a conversion over a whole snapshot. Nothing here is shared between threads.
#pragma once

#include "stateferry/host/conversion.hpp"

namespace stateferry::conversion {

/// What differs between `root` and what the target can hold and its reader copes with. The
/// account's restores are left to the caller.
ConversionAccount examine(const CheckpointMetadata& root, const DialectInfo& source,
                          const ConversionTarget& target, const ConversionOptions& options);
/// Changes what differs, and gives what examine() would have; see convert_tree().
ConversionAccount convert(CheckpointMetadata& root, Arena& arena, const DialectInfo& source,
                          const ConversionTarget& target, const ConversionOptions& options);

}  // namespace stateferry::conversion
