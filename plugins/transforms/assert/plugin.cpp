#include "stateferry/plugin/plugin.hpp"

#include "transforms.hpp"

STATEFERRY_TRANSFORM_PLUGIN("assert", "0.1.0",
                            {"assert.all", "stops the run when a location doesn't match", nullptr,
                             stateferry::asserts::make_all},
                            {"assert.count", "stops the run when too few or too many match",
                             nullptr, stateferry::asserts::make_count},
                            {"assert.none", "stops the run when a location matches", nullptr,
                             stateferry::asserts::make_none})
