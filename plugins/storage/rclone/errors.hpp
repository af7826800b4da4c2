// What rclone says, as errors of ours.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {

/// The error for a message of rclone about `uri`: E-IO-DENIED, E-IO-NOT-FOUND, E-STORE-UNREACHABLE,
/// E-STORE-TEMPORARY, else `otherwise`. The status and the code of the store's answer decide, words
/// only where there are none. What it says is one line without credentials.
IoError error_of(std::string_view message, const std::string& uri, const char* otherwise);

/// The error in an answer of rclone itself, which is JSON, or a line of text.
IoError error_in(std::string_view body, long status, const std::string& uri, const char* otherwise);

}  // namespace stateferry::rclone
