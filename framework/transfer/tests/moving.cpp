#include "moving.hpp"

#include "stateferry/diag/error.hpp"

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
  const MovePlan plan =
      plan_move(m.snapshot.references, MoveRequest{move.target, move.root, move.maps, "."});
  Pipeline pipeline;
  Step step;
  step.id = step.uses = "relocating";
  step.transform = std::make_shared<Relocating>(plan.relocations);
  pipeline.steps.push_back(std::move(step));
  decide_move(m, plan, std::move(pipeline), false);
  refuse_one_place(stores, plan);
  std::optional<SourceDeletion> deletion;
  if (move.delete_source) {
    deletion.emplace(m, plan, DeletionRequest{!move.root.empty(), move.not_looked_at});
  }
  look_first(m);
  if (deletion) deletion->look();
  TransferObserver observer;
  carry_out(m, observer);
  move.copied = m.copied;
  move.was_there = m.was_there;
  if (!deletion) return;
  deletion->carry_out();
  move.report = deletion->report();
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
