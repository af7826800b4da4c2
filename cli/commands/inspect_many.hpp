// `inspect` of several snapshots: the verdict on each, and which of them share which files.
#pragma once

#include <string>
#include <vector>

#include "support/inventory.hpp"
#include "support/listings.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {

/// Reads `snapshots` (arguments, at least two, each another one) one after the other and prints
/// `stateferry/inspect-many/1` where `json` is set, else what `lists` asks for. `names` may be
/// null. Nothing is printed before all are read, but for lines. Throws Error.
void inspect_many(const std::vector<std::string>& snapshots, const ListingOptions& lists, bool json,
                  SnapshotRun& run, const OperatorNames* names);

}  // namespace stateferry::cli
