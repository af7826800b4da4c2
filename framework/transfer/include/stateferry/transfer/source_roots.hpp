// From where self-contain takes files, and where its result must not lie.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// A directory that files are taken from.
struct SourceRoot {
  std::string uri;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  ///< at least
};

/// The directory that a snapshot belongs to as a whole: that of the job for a checkpoint
/// (`chk-N`), else its own.
std::string tree_of(const std::string& base);

/// The directory that a file of the snapshot in `base` belongs to: tree_of() it where it lies
/// there; else what holds the `chk-N`, `shared`, `taskowned` or `dstl` that it lies in; else its
/// own directory.
std::string root_of(const std::string& uri, const std::string& base);

/// The roots of all files: tree_of() the snapshot first, then those of `more`, which the user has
/// named. In a job's directory only that counts which Flink puts there: `chk-N`, `shared`,
/// `taskowned`, `dstl`. Throws RuleError (E-MOVE-ROOTS) when a file lies elsewhere, for metadata
/// may name any file that we can read; the message has the roots, and the switches that allow them.
std::vector<SourceRoot> source_roots(const References& references,
                                     const std::vector<std::string>& more);

/// Throws RuleError (E-MOVE-NESTED) when `target` lies in the snapshot's tree or in a directory
/// that files are taken from, or holds the snapshot, under whatever name: existing directories are
/// compared by Stores::identity(), too.
void refuse_target_inside(const References& references, const std::string& target, Stores& stores);

}  // namespace stateferry
