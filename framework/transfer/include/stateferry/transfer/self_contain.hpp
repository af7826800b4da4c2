// One directory of everything: each file of a snapshot gets a name in it, and each handle becomes
// relative, so that a plain copy moves the snapshot ever after.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "stateferry/plugin/transform.hpp"
#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// The name of each file in the one directory.
struct DirectoryNames {
  std::string base;                                    ///< directory of the old _metadata
  std::unordered_map<std::string, std::string> names;  ///< canonical URI → name
  std::vector<PlanRow> rows;                           ///< what is to be copied
  std::uint64_t renamed = 0;                           ///< files whose own name was taken
  std::uint64_t one_copy = 0;  ///< files that have the content of another, and share its copy
};

/// Gives each file of a snapshot a name in `directory`: its own, or that with a number behind it
/// where another file has it. Files of the same content share one copy, if Flink would delete them
/// at the same time: shared ones with shared ones, others with others. To find these, local files
/// of one size are read; remote ones only if they also have one name. Merged files are left out
/// with `unmerge`; without it they are refused (E-MOVE-SEGMENTS), since no relative handle can name
/// a part of a file. Throws Error.
DirectoryNames names_in_one_directory(const References& references, const std::string& directory,
                                      bool unmerge, Stores& stores);

/// Makes all handles relative by these names. `names` outlives it.
std::shared_ptr<const Transform> relative_by_names(const DirectoryNames& names);

/// Gives each segment of merged files a file of its own, relative to `directory`, the new one of
/// _metadata. Each run sets `rows` to what is to be copied; `rows` outlives it.
std::shared_ptr<const Transform> unmerging(std::string directory, std::vector<PlanRow>& rows);

}  // namespace stateferry
