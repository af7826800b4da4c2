// A move from the first decision to the deletion of the source: what `move` does, without words.
//
// decide(), look(), carry_out(), in this order. Nothing is written before carry_out(); each throws
// where something is in the way, and what was done until then can be gone on with by the same calls
// on a new object.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"
#include "stateferry/transfer/source_deletion.hpp"

namespace stateferry {

/// What is to be done besides copying.
struct MoveOptions {
  bool unmerge = false;        ///< merged files are cut into one file per segment
  bool delete_source = false;  ///< afterwards, if it can be proved that nothing needs it
  /// Directories (URIs) that are not looked through for what needs the source.
  std::vector<std::string> not_looked_at = {};
};

/// Makes a pipeline of the text of a rule file. Rules are above this library.
using PipelineMaker = std::function<Pipeline(const std::string& rules)>;

/// See the head of this file.
class SnapshotMove {
 public:
  /// `transfer` outlives it; its snapshot, `copying` and `no_copy` are set.
  SnapshotMove(SnapshotTransfer& transfer, MoveRequest request, MoveOptions options);
  SnapshotMove(const SnapshotMove&) = delete;
  SnapshotMove& operator=(const SnapshotMove&) = delete;

  /// Says where everything goes and makes the new metadata in memory. Warns of a snapshot that
  /// something else has copied. Throws what plan_move() and decide_move() throw; where source and
  /// target lie in one another and nobody has named the root, the notes say what it comes from.
  void decide(const PipelineMaker& pipeline);
  /// Looks at sources and targets, and at what else may need the sources if they are to be deleted.
  void look();
  /// Copies, puts `_metadata` in place, and deletes the source if that is wanted.
  void carry_out(TransferObserver& observer);

  /// After decide().
  const MovePlan& plan() const noexcept { return plan_; }
  /// The rule file that this move stands for. After decide().
  const std::string& rules() const noexcept { return rules_; }
  /// What became of the source; null unless it is to be deleted. After look().
  const DeletionReport* deletion() const noexcept;

 private:
  SnapshotTransfer& m_;
  const MoveRequest request_;
  const MoveOptions options_;
  MovePlan plan_;
  std::string rules_;
  std::optional<SourceDeletion> deletion_;
};

}  // namespace stateferry
