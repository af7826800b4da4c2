// The assertions of this namespace, for plugin.cpp and the tests.
#pragma once

#include "stateferry/plugin/transform.hpp"

namespace stateferry::asserts {

/// assert.all: each selected location must match.
Transform* make_all();
/// assert.count: as many locations as a bound says must match.
Transform* make_count();
/// assert.none: no selected location may match.
Transform* make_none();

}  // namespace stateferry::asserts
