// The transforms of this namespace, for plugin.cpp and the tests.
#pragma once

#include "stateferry/plugin/transform.hpp"

namespace stateferry::operators {

/// operator.drop: operators go, and their state with them.
Transform* make_drop();
/// operator.max-parallelism: how far operators without keyed state may be scaled.
Transform* make_max_parallelism();
/// operator.rename: operators get other uids, and the ids that Flink makes of them.
Transform* make_rename();

}  // namespace stateferry::operators
