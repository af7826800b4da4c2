#include "stateferry/transfer/snapshot_move.hpp"

#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/adoption.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry {
namespace {

// What was copied by something else is moved from the old place, which is hardly what is meant.
void warn_of_copy(SnapshotTransfer& m) {
  if (!looks_copied(m.stores, m.snapshot.references)) return;
  m.problems.report(
      {.severity = Severity::warning,
       .code = "W-MOVE-COPIED",
       .message = "this snapshot was copied by something else, and its handles still name the old "
                  "place: what is moved comes from there",
       .subject = m.snapshot.pointer,
       .hint =
           "'stateferry adopt' makes it right where it lies; 'move' takes it from there, then"});
}

MovePlan plan_with_reasons(SnapshotTransfer& m, const MoveRequest& request) {
  try {
    return plan_move(m.snapshot.references, request);
  } catch (RuleError& error) {
    if (error.code() == "E-MOVE-NESTED" && request.root.empty()) {
      error.diagnostic().notes = roots_with_missing(m.stores, m.snapshot.references);
    }
    throw;
  }
}

}  // namespace

SnapshotMove::SnapshotMove(SnapshotTransfer& transfer, MoveRequest request, MoveOptions options)
    : m_(transfer), request_(std::move(request)), options_(std::move(options)) {}

void SnapshotMove::decide(const PipelineMaker& pipeline) {
  warn_of_copy(m_);
  plan_ = plan_with_reasons(m_, request_);
  refuse_unsayable(plan_.relocations);
  rules_ = rules_of(m_.snapshot.references, plan_);
  decide_move(m_, plan_, pipeline(rules_), options_.unmerge);
}

void SnapshotMove::look() {
  refuse_one_place(m_.stores, plan_);
  if (options_.delete_source) {
    deletion_.emplace(m_, plan_, DeletionRequest{!request_.root.empty(), options_.not_looked_at});
  }
  look_first(m_);
  if (deletion_) deletion_->look();
}

void SnapshotMove::carry_out(TransferObserver& observer) {
  stateferry::carry_out(m_, observer);
  if (deletion_) deletion_->carry_out();
}

const DeletionReport* SnapshotMove::deletion() const noexcept {
  return deletion_ ? &deletion_->report() : nullptr;
}

}  // namespace stateferry
