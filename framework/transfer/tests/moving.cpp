#include "moving.hpp"

#include "relocating.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/snapshot_move.hpp"

namespace stateferry::test {
namespace {

void carry(Move& move, StorageFinder find, PluginRegistry& registry, const std::string& journal) {
  DiagnosticList sink;
  Stores stores(std::move(find), {});
  SnapshotTransfer m{registry, stores, sink,
                     read_snapshot(move.snapshot, {}, stores, registry, sink)};
  m.no_copy = move.no_copy;
  m.journal = journal;
  SnapshotMove run(m, MoveRequest{move.target, move.root, move.maps, "."},
                   MoveOptions{false, move.delete_source, move.not_looked_at});
  run.decide([&](const std::string&) { return relocating(run.plan().relocations); });
  run.look();
  move.was_there = m.was_there;
  TransferObserver observer;
  run.carry_out(observer);
  move.copied = m.copied;
  if (run.deletion() != nullptr) move.report = *run.deletion();
}

}  // namespace

std::string Move::run(StorageFinder find, PluginRegistry& registry, const std::string& journal) {
  try {
    carry(*this, std::move(find), registry, journal);
  } catch (const Error& e) {
    error = e.diagnostic();
    return e.code();
  }
  return "ok";
}

}  // namespace stateferry::test
