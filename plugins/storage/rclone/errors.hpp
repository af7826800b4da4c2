// What rclone says, as errors of ours.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {

/// The error for a message of rclone about `uri`: E-IO-DENIED, E-IO-NOT-FOUND, E-STORE-UNREACHABLE,
/// E-STORE-TEMPORARY, else `otherwise`.
IoError error_of(std::string_view message, const std::string& uri, const char* otherwise);

/// Whether it is worth trying again.
bool may_go_away(const Error& error);

}  // namespace stateferry::rclone
