#include "stateferry/host/pipeline.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "run/collisions.hpp"
#include "run/format.hpp"
#include "run/judgement.hpp"
#include "run/passes.hpp"
#include "run/preflight.hpp"
#include "run/read_back.hpp"
#include "run/uri_steps.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// One Pipeline::run: its passes, and what they decide together.
class PipelineRun {
 public:
  PipelineRun(const Pipeline& pipeline, ByteSource& source, PluginRegistry& registry,
              const RunOptions& options, DiagnosticSink& diagnostics)
      : input_{pipeline, source, registry, options, diagnostics},
        pipeline_(pipeline),
        source_(source),
        options_(options),
        diagnostics_(diagnostics) {}

  RunReport go(ByteSink& sink) {
    if (options_.spool || !proves_as_it_goes(pipeline_, options_) || pipeline_.output.asks()) {
      source_.spool();
    }
    passes_.begin(guess_format(source_, input_.registry));
    warn_if_experimental(input_.format, source_.name(), diagnostics_);
    judgement().judge_version(input_.format.dialect);
    check_base_uri(pipeline_, options_);
    if (!sink.discards() && (must_judge_first(pipeline_, options_) || options_.fail_on_residual)) {
      // What a pipe was given can't be taken back: decide first, in a pass of its own.
      source_.spool();
      const auto nowhere = discarding_sink();
      passes_.pass(*nowhere, false, nullptr);
      judgement().judge();
      prove_no_collision();
      if (options_.fail_on_residual) {
        judge_residuals(passes_.last().report, options_.state_moves, true, source_.name(),
                        diagnostics_);
      }
    }
    passes_.pass(sink, true, nullptr);
    judgement().judge();
    prove_no_collision();
    RunReport& report = passes_.last().report;
    warn_of_inline_uris(report, options_.state_moves, source_.name(), diagnostics_);
    judge_residuals(report, options_.state_moves, options_.fail_on_residual, source_.name(),
                    diagnostics_);
    if (options_.commit && (report.changed() || options_.commit_unchanged)) {
      if (options_.verify) report.verified = read_back(sink);
      source_.check_unchanged();
      sink.commit();
      report.committed = true;
    }
    return std::move(report);
  }

 private:
  Judgement judgement() const {
    return {pipeline_,
            {passes_.last().report, passes_.last().steps, passes_.operators_missing(),
             passes_.operators_seen()},
            source_.name(),
            diagnostics_};
  }

  // False where the medium can't be read back.
  bool read_back(ByteSink& sink) {
    const auto written = sink.written();
    if (written == nullptr) return false;
    if (passes_.last().report.path == RunReport::Path::reencoded) {
      verify_model(*written, *passes_.tree(), passes_.target(), source_);
    } else {
      verify_bytes(*written, sink.digest(), source_.name());
    }
    return true;
  }

  // One step that maps different texts to different texts, changed all or nothing, can't make two
  // locations one. Anything else is checked exactly.
  bool proved_injective() const {
    std::uint64_t changing_steps = 0;
    for (const LocationStep& step : passes_.last().steps) {
      if (step.transform == nullptr || step.counts.changed == 0) continue;
      ++changing_steps;
      if (!step.transform->injective() || step.counts.already > 0 || step.unselected > 0) {
        return false;
      }
    }
    return changing_steps <= 1;
  }

  void prove_no_collision() {
    if (passes_.last().report.changed_locations == 0 || passes_.last().proved_by_directory ||
        proved_injective()) {
      return;
    }
    if (!source_.rewindable()) {
      throw RuleError(
          "E-RULE-COLLISION",
          "some locations have moved and others were in place already; whether two become "
          "one can't be told from a pipe that has passed",
          "the output is not to be used: run again with --spool, or read from a file");
    }
    const RunReport first = passes_.last().report;
    CollisionCheck check;
    const auto discard = [&] {
      const auto sink = discarding_sink();
      passes_.pass(*sink, false, &check);
    };
    discard();
    auto suspects = check.suspects();
    std::string verdict;
    if (!suspects.empty()) {
      check.watch(std::move(suspects));
      discard();
      verdict = check.verdict();
    }
    passes_.last().report = first;
    passes_.last().report.collision_check = true;
    if (verdict.empty()) return;
    Diagnostic d;
    d.code = "E-RULE-COLLISION";
    d.message = "two different locations become one: " + verdict;
    d.subject = source_.name();
    d.hint = "give them different targets; else two state files would be taken for one";
    throw RuleError(std::move(d));
  }

  RunInput input_;
  const Pipeline& pipeline_;
  ByteSource& source_;
  const RunOptions& options_;
  DiagnosticSink& diagnostics_;
  Passes passes_{input_};
};

}  // namespace

bool RunReport::already_applied() const noexcept {
  if (changed()) return false;
  std::uint64_t already = 0;
  for (const StepCounts& step : steps) already += step.already;
  return already > 0;
}

Untouched Pipeline::untouched_policy() const noexcept {
  if (untouched_uris != Untouched::automatic) return untouched_uris;
  return has_uri_step(steps) ? Untouched::fail : Untouched::allow;
}

bool Pipeline::only_strings() const noexcept {
  return std::all_of(steps.begin(), steps.end(), is_string_step);
}

RunReport Pipeline::run(ByteSource& source, ByteSink& sink, PluginRegistry& registry,
                        const RunOptions& options, DiagnosticSink& diagnostics) const {
  return PipelineRun(*this, source, registry, options, diagnostics).go(sink);
}

}  // namespace stateferry
