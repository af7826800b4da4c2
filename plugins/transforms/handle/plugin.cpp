#include "stateferry/plugin/plugin.hpp"

#include "transforms.hpp"

STATEFERRY_TRANSFORM_PLUGIN("handle", "0.1.0",
                            {"handle.absolutize",
                             "makes relative handles absolute, below a directory", nullptr,
                             stateferry::handle::make_absolutize},
                            {"handle.relativize",
                             "makes handles of files beside _metadata relative", nullptr,
                             stateferry::handle::make_relativize})
