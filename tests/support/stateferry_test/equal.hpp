// Comparison of two decoded snapshots, field by field.
#pragma once

#include <optional>
#include <string>

#include "stateferry/model/checkpoint_metadata.hpp"

namespace stateferry::test {

/// Path of the first field in which the two differ, in wire order; nothing when they are equal.
/// Bytes and text are compared by content.
std::optional<std::string> first_difference(const CheckpointMetadata& a,
                                            const CheckpointMetadata& b);

}  // namespace stateferry::test
