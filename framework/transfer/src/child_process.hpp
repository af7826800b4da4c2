// A program that is run and waited for, line by line of what it says.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stateferry {

/// What is to be run.
struct ChildRequest {
  std::string program;                 ///< absolute path
  std::vector<std::string> arguments;  ///< without the program's own name
  /// `NAME=VALUE`, in place of what the caller's environment has of that name; of a `NAME` alone
  /// the child sees nothing. Of PATH it sees the absolute folders.
  std::vector<std::string> environment;
  int input = -1;  ///< descriptor that becomes stdin; below 0: nothing
};
/// Gets a line without its end; of one that is longer than 64 KiB, its beginning.
using TakeLine = std::function<void(std::string_view)>;

/// Runs it to its end, with what it prints on stdout and stderr in `out` and `err`. It goes with
/// the calling thread, inherits no open file but those, and hears no Ctrl-C of its own. Returns
/// how it ended: empty when well, else such as `exit code 1`. Throws IoError (E-STORE-ENGINE) when
/// it can't be run; what `out` and `err` throw ends it and is thrown.
std::string run_child(const ChildRequest& request, const TakeLine& out, const TakeLine& err);

}  // namespace stateferry
