// The transforms of this namespace, for plugin.cpp and the tests.
#pragma once

#include <memory>

#include "stateferry/plugin/transform.hpp"

namespace stateferry::uri {

/// uri.replace-prefix: everything below one URI goes below another.
Transform* make_replace_prefix();
/// uri.map-prefix: several prefixes at once, the longest wins.
Transform* make_map_prefix();
/// uri.scheme: another scheme, all else as it is.
Transform* make_scheme();
/// uri.regex: a pattern over the whole URI.
Transform* make_regex();

}  // namespace stateferry::uri
