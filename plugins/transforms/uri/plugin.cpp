#include "stateferry/plugin/plugin.hpp"

#include "transforms.hpp"

namespace {
using namespace stateferry::uri;
}  // namespace

STATEFERRY_TRANSFORM_PLUGIN(
    "uri", "0.1.0",
    {"uri.replace-prefix", "moves everything below one URI prefix below another", nullptr,
     make_replace_prefix},
    {"uri.map-prefix", "moves several URI prefixes at once; the longest source wins", nullptr,
     make_map_prefix},
    {"uri.scheme", "changes the scheme and nothing else", nullptr, make_scheme},
    {"uri.regex", "rewrites URIs that a regular expression matches as a whole", nullptr,
     make_regex})
