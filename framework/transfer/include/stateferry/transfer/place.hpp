// Where local directories really are, whatever links and mounts they are named through.
#pragma once

#include <string>
#include <vector>

#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// The one name of a local place, with links resolved as far as it exists; of any other its
/// canonical URI.
std::string physical_uri(const std::string& uri);

/// What tells the place (Stores::identity) of a directory and of all above it, by the names that
/// links lead to: those that exist, the innermost first. Empty where the store tells none.
std::vector<std::string> places_up_from(Stores& stores, const std::string& directory);

/// Whether something is mounted at `directory` or above it, but below where both `directory` and
/// `other` lie: then it may be a part of `other`, and no name shows it. Also true where the system
/// doesn't tell; never for stores that aren't local.
bool is_reached_by_mount(const std::string& directory, const std::string& other);

}  // namespace stateferry
