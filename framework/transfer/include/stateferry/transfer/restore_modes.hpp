// In which of Flink's restore modes (RestoreMode, RecoveryClaimMode) a job can start from a
// snapshot, and whether it goes on from there: takes checkpoints that can be restored in turn.
#pragma once

#include <string_view>
#include <vector>

#include "stateferry/model/document.hpp"
#include "stateferry/model/location.hpp"

namespace stateferry {

/// What of a snapshot decides it.
struct RestoreTraits {
  Dialect dialect;
  bool changelog = false;  ///< keyed state in a changelog
  /// Relative handles of files that later checkpoints may take over.
  bool relative_reused = false;
};
/// The traits of `document` as it is.
RestoreTraits restore_traits(Document& document);

/// Whether Flink takes the handle at `location` over into later checkpoints, as it is: that of a
/// shared file of an incremental checkpoint, and all of a changelog's. All other files are written
/// anew by every checkpoint.
bool is_reused(const Location& location);

/// One mode. All texts are static.
struct RestoreMode {
  /// Flink's name: `CLAIM`, `NO_CLAIM`, `LEGACY`; `BEFORE-1.15` for releases without modes.
  std::string_view name;
  bool restores = false;
  bool goes_on = false;  ///< later checkpoints can be restored, too
  std::string_view why;  ///< what goes wrong, one sentence; empty when nothing does
};
/// The modes that the releases have which write this dialect.
std::vector<RestoreMode> restore_modes(const RestoreTraits& traits);

}  // namespace stateferry
