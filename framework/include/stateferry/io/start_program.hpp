// How another program is started: the same for all that this one runs.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "stateferry/export.hpp"

namespace stateferry {

/// What the program gets of this process.
struct STATEFERRY_API ProgramStart {
  std::vector<std::string> arguments;    ///< the first is its absolute path
  std::vector<std::string> environment;  ///< `NAME=VALUE`, and nothing else
  int in = -1;                           ///< descriptor that becomes stdin; below 0: /dev/null
  int out = -1;                          ///< the same for stdout
  int err = -1;                          ///< the same for stderr
  /// End of a pipe that gets a byte when the process can't become the program, and is closed when
  /// it has; below 0: nobody is told.
  int failure = -1;
  bool private_files = false;  ///< what it makes is for its user alone
};

/// Starts it in a process group of its own, so that Ctrl-C is for the caller, and lets it end with
/// the calling thread. It inherits no other descriptor. A process that can't become the program
/// kills itself. Returns its id, which has to be waited for; -1, with errno, where there is no
/// process.
STATEFERRY_API pid_t start_program(ProgramStart start);

}  // namespace stateferry
