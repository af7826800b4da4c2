// Copying many files from one storage's schemes to another's: what is the same for all stores.
//
// Several threads take items one after the other. A target that exists counts as done if it has the
// same content, and is left alone and failed if not; sizes are compared; calls that fail for the
// moment are made again. How a single file comes over is the copier's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
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

/// Looks at many files; see Stores::stat_many().
using LookAtMany = std::function<void(
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found)>;

/// Copies `items` and tells `observer` of each. `there` is parallel to them: the bytes that stand
/// at the target, or nothing where there is none. Where a copier doesn't
/// say what stands under the target's name, that is looked at by `look`, for all items together
/// when the last is copied. Failures of single files go to the observer, the others go on; thrown
/// is what stops all.
void copy_files(const Route& route, std::span<const CopyItem> items,
                const std::vector<std::optional<std::uint64_t>>& there, const CopyOptions& options,
                CopyObserver& observer, const LookAtMany& look);

}  // namespace stateferry
