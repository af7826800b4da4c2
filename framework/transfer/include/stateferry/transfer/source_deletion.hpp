// Deletes the source of a move, after it is proved that the copy is another one, whole and on the
// disk, and after looking for everything else that may need the files.
//
// What can't be told is not deleted. `_metadata` goes last, so that the same command finishes what
// was interrupted: docs/decisions/0020-deleting-the-source.md.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/referrers.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"

namespace stateferry {

/// A directory of the source, and the one at the target that its files were copied to.
using DirectoryPairs = std::set<std::pair<std::string, std::string>>;

/// What the user says of a deletion.
struct DeletionRequest {
  bool root_said = false;  ///< --root: the root was not found from the files
  /// Directories (URIs) that are not looked through, at the user's risk.
  std::vector<std::string> not_looked_at;
};

/// What became of the source.
struct DeletionReport {
  ReferrerReport others;
  std::uint64_t needed = 0;       ///< files that are left, since others need them
  std::uint64_t other_roots = 0;  ///< files that are left, since they lie outside of the root
  std::uint64_t deleted = 0;      ///< files, the source's `_metadata` included
};

/// See the head of this file. All that it is given outlives it.
class SourceDeletion {
 public:
  SourceDeletion(const SnapshotTransfer& transfer, const MovePlan& plan, DeletionRequest request);

  /// Before anything is copied: whether the source may be deleted, as far as can be told by then.
  /// Throws Error when not.
  void look();
  /// When the snapshot is in place: looks at everything again, proves that the target is a copy,
  /// and deletes. What is thrown before the first file goes says that nothing was deleted.
  void carry_out();
  const DeletionReport& report() const noexcept { return report_; }

 private:
  void refuse_risen_root() const;
  void look_for_referrers(std::int64_t now);
  std::int64_t prove_places(DirectoryPairs pairs) const;
  void remove_all();

  const SnapshotTransfer& m_;
  const MovePlan& plan_;
  const DeletionRequest request_;
  DeletionReport report_;
  std::vector<std::string> left_out_;  // not looked at, by all names
  std::vector<std::string> files_;     // below the root
  std::vector<bool> needed_;           // for each
};

/// Throws RuleError (E-STORE-SYMLINK) when some of `files`, which lie below `root` by their names,
/// lie behind a symbolic link below it: they may be anybody's.
void prove_directories(const std::vector<std::string>& files, const std::string& root);

/// Throws RuleError (E-MOVE-NESTED) when a source and a target of the plan are one place or lie in
/// one another under different names, as far as stores tell it without writing: links, for local
/// ones.
void refuse_one_place(Stores& stores, const MovePlan& plan);

}  // namespace stateferry
