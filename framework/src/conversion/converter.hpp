// The walk of a conversion over a whole snapshot. Nothing here is shared between threads.
#pragma once

#include <memory>

#include "stateferry/host/conversion.hpp"
#include "stateferry/model/parts.hpp"

namespace stateferry::conversion {

/// What differs between a snapshot that is shown part by part and what the target can hold and its
/// reader copes with. Views what it is made of.
class Examination : public PartVisitor {
 public:
  /// Looks at the properties, which are no part that is shown.
  virtual void properties(CheckpointMetadata& root) = 0;
  /// What was found so far, but for the account's restores.
  virtual ConversionAccount& account() noexcept = 0;
};
/// All that it is given outlives it.
std::unique_ptr<Examination> examination(const DialectInfo& source, const ConversionTarget& target,
                                         const ConversionOptions& options);

/// What differs between `root` and what the target can hold and its reader copes with. The
/// account's restores are left to the caller.
ConversionAccount examine(const CheckpointMetadata& root, const DialectInfo& source,
                          const ConversionTarget& target, const ConversionOptions& options);
/// Changes what differs, and gives what examine() would have; see convert_tree().
ConversionAccount convert(CheckpointMetadata& root, Arena& arena, const DialectInfo& source,
                          const ConversionTarget& target, const ConversionOptions& options);

}  // namespace stateferry::conversion
