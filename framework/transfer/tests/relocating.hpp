// The rules of a move or an adoption without a rule file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/move_plan.hpp"

namespace stateferry::test {

/// Takes each URI where `relocations`, which must outlive it, say.
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

/// A pipeline of this one step.
inline Pipeline relocating(const Relocations& relocations) {
  Pipeline pipeline;
  Step step;
  step.id = step.uses = "relocating";
  step.transform = std::make_shared<Relocating>(relocations);
  pipeline.steps.push_back(std::move(step));
  return pipeline;
}

}  // namespace stateferry::test
