// Text from files as people may see it. What stands in a snapshot, a listing or a server's answer
// is data: raw on a terminal it could move the cursor, forge lines or turn words around.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// `text` (UTF-8, or any bytes) as part of one line. Control characters (C0 with line ends and
/// tabs, DEL, C1), characters that are invisible or change the direction of text, and bytes that
/// are no UTF-8 become `\n`, `\x1b`, `\u202e`, `\xff`. Backslashes stay as they are: this is for
/// people and not to be read back. What was shown once comes back as it is.
STATEFERRY_API std::string shown(std::string_view text);

/// The same for text that was composed of lines already: its line ends stay.
STATEFERRY_API std::string shown_lines(std::string_view text);

/// `text` with `***` in the place of what gives access: the user and password of a URI
/// (`s3n://KEY:SECRET@bucket`), signatures and keys in parameters (`sig=`, `X-Amz-Signature=`,
/// `AccountKey=`, `"secret_access_key":`), and what follows `Authorization:` or `Bearer`. For
/// messages, logs and text for people; what is to be read back or compared must not go through it.
STATEFERRY_API std::string without_secrets(std::string_view text);

}  // namespace stateferry
