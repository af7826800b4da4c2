#include "stateferry/plugin/plugin.hpp"

#include "transforms.hpp"

STATEFERRY_TRANSFORM_PLUGIN("operator", "0.1.0",
                            {"operator.drop", "takes operators out, with their state", nullptr,
                             stateferry::operators::make_drop},
                            {"operator.max-parallelism",
                             "sets how far operators without keyed state may be scaled", nullptr,
                             stateferry::operators::make_max_parallelism},
                            {"operator.rename",
                             "gives operators other uids, and the ids that Flink makes of them",
                             nullptr, stateferry::operators::make_rename})
