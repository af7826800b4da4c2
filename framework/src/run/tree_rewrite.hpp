// A pass that makes a tree of its input: steps that change handles or operators need one, and so do
// conversions.
#pragma once

#include <cstdint>
#include <vector>

#include "run/location_runner.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/document.hpp"

namespace stateferry {

/// What one run works with, in all of its passes. Views what outlives it.
struct RunInput {
  const Pipeline& pipeline;
  ByteSource& source;
  PluginRegistry& registry;
  const RunOptions& options;
  DiagnosticSink& diagnostics;
  Identified format{};  ///< of the source
};

/// What one pass has found and made. Its steps and its state refer to the report: it isn't moved.
struct Pass {
  RunReport report;
  std::vector<LocationStep> steps;   ///< those that look at locations, once they have run
  bool proved_by_directory = false;  ///< that no two locations have become one
};

/// One such pass, on one thread. All that it is given outlives it.
class TreeRewrite {
 public:
  /// Makes the input's format sure. `target` is what is written: a conversion changes it. Losses of
  /// a conversion are reported once in a run, in the pass that `reports_losses`.
  TreeRewrite(RunInput& run, RunState& state, Pass& pass, Identified& target, bool reports_losses);

  /// Applies the steps, converts and writes. Throws Error.
  void run(ByteSink& sink);
  /// The tree as it was written.
  Document take() && { return std::move(document_); }

 private:
  Document decode();
  void note_operators();
  void apply_steps();
  void edit_handles(std::size_t step);
  void walk_locations(std::size_t first, std::size_t last);
  Dialect expected_format();
  ConversionTarget chosen_target();
  void set_handle_form(const ConversionTarget& target);
  void convert();
  void write(ByteSink& sink);

  RunInput& run_;
  RunState& state_;
  Pass& pass_;
  Identified& target_;
  const bool reports_losses_;
  Document document_;
};

}  // namespace stateferry
