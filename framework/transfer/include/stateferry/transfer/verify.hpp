// Whether every file that a snapshot needs is there, with the right size.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// What was found of a file. The signs are those of `rclone check --combined`, the metadata being
/// the source and the store the destination.
enum class Mark : char {
  good = '=',     ///< there, with the right size
  missing = '+',  ///< in the metadata only
  differs = '*',  ///< there, with another size
  stray = '-',    ///< in the snapshot's directory only: nothing refers to it
  error = '!',    ///< could not be looked at
};

/// What is to be said of a file that a snapshot needs: `found`, or nothing where it was looked for.
Mark judge(const Reference& reference, const std::optional<StoredFile>& found) noexcept;

/// One file and what was found of it. Valid during the call.
struct Finding {
  Mark mark = Mark::good;
  const std::string& uri;
  const Reference* reference = nullptr;  ///< null for strays
  std::optional<std::uint64_t> found;    ///< bytes
};

/// Counts of a verification.
struct VerifyReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  ///< that were found
  std::uint64_t good = 0;
  std::uint64_t missing = 0;
  std::uint64_t dangling = 0;  ///< of the missing: relative ones
  std::uint64_t differs = 0;
  std::uint64_t strays = 0;
  bool complete() const noexcept { return missing + differs == 0; }
};

/// Looks at every file; `each` gets them in no order. With `strays`, the snapshot's own directory
/// is listed for files that nothing refers to (but `_metadata`).
VerifyReport verify_references(Stores& stores, const References& references, bool strays,
                               const std::function<void(const Finding&)>& each);

/// Where the files of a snapshot should be, and how many are missing there: a line for people per
/// directory (root_of()), that of the snapshot first, at most ten.
std::vector<std::string> roots_with_missing(Stores& stores, const References& references);

/// Looks at the targets of copied items; returns those that are not there in full size, as lines
/// for people, at most ten, and in `wrong` how many there are.
std::vector<std::string> verify_targets(Stores& stores, std::span<const PlanRow> rows,
                                        std::uint64_t& wrong);

}  // namespace stateferry
