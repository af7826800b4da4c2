#include "moving.hpp"

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/snapshot_move.hpp"

namespace stateferry::test {
namespace {

// Does what the rules of a move do.
class Relocating final : public UriTransform {
 public:
  explicit Relocating(const Relocations& relocations) : relocations_(relocations) {}
  void configure(ParamBinder& params) override { params.finish(); }
  Outcome rewrite(std::string_view uri, std::string& result) const override {
    const auto target = relocations_.target_of(std::string(uri));
    if (!target) return Outcome::unmatched;
    result = *target;
    return Outcome::changed;
  }

 private:
  const Relocations& relocations_;
};

void carry(Move& move, StorageFinder find, PluginRegistry& registry, const std::string& journal) {
  DiagnosticList sink;
  Stores stores(std::move(find), {}, sink);
  SnapshotTransfer m{registry, stores, sink,
                     read_snapshot(move.snapshot, {}, stores, registry, sink)};
  m.no_copy = move.no_copy;
  m.journal = journal;
  SnapshotMove run(m, MoveRequest{move.target, move.root, move.maps, "."},
                   MoveOptions{false, move.delete_source, move.not_looked_at});
  run.decide([&](const std::string&) {
    Pipeline pipeline;
    Step step;
    step.id = step.uses = "relocating";
    step.transform = std::make_shared<Relocating>(run.plan().relocations);
    pipeline.steps.push_back(std::move(step));
    return pipeline;
  });
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
