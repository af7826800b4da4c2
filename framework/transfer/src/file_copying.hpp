// Copying many files from one storage's schemes to another's: what is the same for all stores.
//
// Several threads take items one after the other. A target that exists counts as done if it has the
// same content, and is left alone and failed if not; sizes are compared; calls that fail for the
// moment are made again. How a single file comes over is the copier's.
#pragma once

#include <span>
#include <vector>

#include "served_storage.hpp"
#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// Two ends of a copy, and who copies from one to the other: null for reading here and writing
/// there. All outlive the copying.
struct Route {
  const ServedStorage& source;
  const ServedStorage& target;
  const ServedStorage* copier;
};

/// Copies `items` and tells `observer` of each. `there` is parallel to them: the bytes that stand
/// at the target, or nothing where there is none. Failures of single files go to the observer, the
/// others go on; thrown is what stops all.
void copy_files(const Route& route, std::span<const CopyItem> items,
                const std::vector<std::optional<std::uint64_t>>& there, const CopyOptions& options,
                CopyObserver& observer);

}  // namespace stateferry
