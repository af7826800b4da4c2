// Looking at many files at once: a directory is listed where that costs less than asking for each.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connection.hpp"
#include "stateferry/plugin/storage.hpp"

namespace stateferry::rclone {

/// Told once of each file that is looked at, by its number; on the caller's thread.
using Found = std::function<void(std::size_t, const std::optional<StoredFile>&)>;

/// See Storage::stat_many(). Where many files lie in one directory it is listed, but for no longer
/// than asking for each would take: it may be full of what nobody asked for. Where it can't be
/// listed, each is asked for. Throws IoError.
void look_at_many(Connection& connection, std::span<const std::string> uris, const Found& found);

}  // namespace stateferry::rclone
