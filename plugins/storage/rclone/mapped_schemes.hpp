// Schemes that only the configuration knows: what may be one, and whom its entries lead to.
#pragma once

#include <string>
#include <string_view>

#include "address.hpp"
#include "remote_options.hpp"

namespace stateferry::rclone {

/// Whether an entry may bring this scheme along.
bool is_mappable(std::string_view scheme) noexcept;

/// Adds to an entry of such a scheme what its key says: the backend of the scheme's name, and the
/// server.
void complete_mapped(RemoteEntry& entry);

/// Holds the server or bucket of a URI against what its entry leads to; `entry` is null when there
/// is none. Throws IoError (E-STORE-ENDPOINT, E-STORE-NAME).
void check_mapped(const Address& address, RemoteEntry* entry, const std::string& uri);

}  // namespace stateferry::rclone
