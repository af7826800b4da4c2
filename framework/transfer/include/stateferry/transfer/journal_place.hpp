// Where journals lie when nobody says: in a directory that is ours alone.
#pragma once

#include <functional>
#include <string>

namespace stateferry {

/// What the user's environment says of a variable; empty: nothing.
using Environment = std::function<std::string(const char*)>;

/// Makes `directory` (mode 0700) and those missing above it, if it is not there, and returns
/// whether it is private now: a directory, no link, owned by us, that we can write to and nobody
/// else can reach. One that is ours and open to others is closed to them.
bool make_private_directory(const std::string& directory);

/// The folder for journals: `stateferry` in XDG_STATE_HOME, else in ~/.local/state, else in
/// XDG_RUNTIME_DIR, else `/var/tmp/stateferry-UID` (`temporary` is for tests), the first of them
/// that can be made private. HOME and XDG_RUNTIME_DIR count only if they belong to us: the files of
/// root are no business of the user whose home it was started in. Empty: there is none.
std::string journal_folder(const Environment& environment,
                           const std::string& temporary = "/var/tmp");

/// The journal, in `folder`, of what takes one snapshot to one place, both named by the URIs of
/// their `_metadata`.
std::string journal_of(const std::string& folder, const std::string& pointer,
                       const std::string& new_pointer);

}  // namespace stateferry
