// The transforms of this namespace, for plugin.cpp and the tests.
#pragma once

#include "stateferry/plugin/transform.hpp"

namespace stateferry::handle {

/// handle.absolutize: relative handles become absolute, below a directory.
Transform* make_absolutize();
/// handle.relativize: absolute handles of files beside _metadata become relative.
Transform* make_relativize();

}  // namespace stateferry::handle
