// One directory of everything: each file of a snapshot gets a name in it, and each handle becomes
// relative, so that a plain copy moves the snapshot ever after. Handles that Flink takes for
// different stay different: it has maps from handles, and loses operator state where two become
// one.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/move_plan.hpp"

namespace stateferry {

/// The name of each file in the one directory.
struct DirectoryNames {
  std::string base;                                    ///< directory of the old _metadata
  std::string file_system;                             ///< of locations without a scheme
  std::unordered_map<std::string, std::string> names;  ///< what a handle names → name
  std::vector<PlanRow> rows;                           ///< what is to be copied
  std::uint64_t renamed = 0;                           ///< files whose own name was taken
  std::uint64_t tried = 0;                             ///< names looked at until all had a free one
};

/// Gives each file of a snapshot a name in `directory`: its own, or that with a number behind it
/// where another file has it. Handles that are equal share a name, and no others do, whatever the
/// files hold: Flink 1.15 and 1.16 delete a shared file with the first of its owners. Merged files
/// are left out with `unmerge`; without it they are refused (E-MOVE-SEGMENTS), since no relative
/// handle can name a part of a file. `references` are those of `document`, which refuse_unsafe()
/// has nothing against. Throws RuleError.
DirectoryNames names_in_one_directory(Document& document, const References& references,
                                      const std::string& directory, bool unmerge);

/// A step that makes all handles relative by these names. `names` outlives it.
Step relative_by_names(const DirectoryNames& names);

/// A step that makes those relative handles absolute, below `directory`, which Flink takes over
/// into later checkpoints (is_reused()).
Step anchoring(std::string directory);

/// A step that gives each segment of merged files a file of its own, relative to `directory`, the
/// new one of _metadata. Each run sets `rows` to what is to be copied; `rows` outlives it.
/// `file_system`: of locations without a scheme.
Step unmerging(std::string directory, std::vector<PlanRow>& rows,
               std::string file_system = std::string(kLocalFileSystem));

}  // namespace stateferry
