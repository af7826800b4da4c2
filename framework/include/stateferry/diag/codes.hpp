// Every diagnostic code, with its exit status and what a user can do about it: one table.
//
// Codes are stable words; scripts may match them. `stateferry explain CODE` and the page
// docs/user/diagnostics.md show this table, and a test compares the page with it.
#pragma once

#include <span>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// Exit statuses of the command line (the sysexits numbers where one fits).
enum class ExitCode : int {
  ok = 0,
  findings = 1,         ///< differences, unmet expectations, failed tests
  usage = 2,            ///< the command line is wrong
  bad_input = 65,       ///< the input is not valid metadata
  no_input = 66,        ///< the input does not exist
  unavailable = 69,     ///< a store can't be reached
  internal = 70,        ///< a bug in a plugin or in us
  cant_create = 73,     ///< the output can't be created
  io_error = 74,        ///< reading or writing failed
  temporary = 75,       ///< try again
  denied = 77,          ///< permission denied
  bad_rules = 78,       ///< the rule file is invalid
  cant_represent = 79,  ///< the target version can't hold this snapshot
  interrupted = 130,    ///< stopped by a signal
};

/// One row of the table.
struct CodeInfo {
  std::string_view code;     ///< e.g. "E-FORMAT-TRUNCATED"; warnings begin with "W-"
  ExitCode exit;             ///< status of a run that ends with this; `ok` for warnings
  std::string_view meaning;  ///< one sentence
  std::string_view advice;   ///< what to do, one or two sentences
};

/// All codes, sorted by code.
STATEFERRY_API std::span<const CodeInfo> all_codes() noexcept;
/// The row of `code`, or null when there is none.
STATEFERRY_API const CodeInfo* find_code(std::string_view code) noexcept;

}  // namespace stateferry
