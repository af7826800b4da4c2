// The jobs that a mirror has at its target, as far as they are noted there.
#pragma once

#include <string>
#include <vector>

#include "stateferry/transfer/mirror_state.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// A job at the target.
struct MirroredJob {
  std::string name;  ///< of its directory; empty: the target is the job's directory itself
  std::string uri;   ///< of its directory
  MirrorState state;
};

/// The jobs below `target` (a URI), by name: those with `_mirror.json`. Throws Error:
/// E-MIRROR-STATE, E-MIRROR-EMPTY where there is none.
std::vector<MirroredJob> mirrored_jobs(Stores& stores, const std::string& target);

}  // namespace stateferry
