// What messages say of a value.
#pragma once

#include <string>

#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// The text of a scalar in quotes, cut when it is long; never that of a secret.
std::string shown(const ParamNode& node);
/// `a text`, `a list`, `a map`, `nothing`.
std::string kind_text(ParamNode::Kind kind);

}  // namespace stateferry
