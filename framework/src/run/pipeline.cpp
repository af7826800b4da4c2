#include "stateferry/host/pipeline.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "run/collisions.hpp"
#include "run/format.hpp"
#include "run/judgement.hpp"
#include "run/location_runner.hpp"
#include "run/preflight.hpp"
#include "run/read_back.hpp"
#include "run/tree_rewrite.hpp"
#include "run/uri_steps.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// All passes of one Pipeline::run, and what they decide together.
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
    target_ = input_.format = identify(source_, input_.registry);
    warn_if_experimental(input_.format, source_.name(), diagnostics_);
    judgement().judge_version(input_.format.dialect);
    check_base_uri(pipeline_, options_);
    if (!sink.discards() && must_judge_first(pipeline_, options_)) {
      // What a pipe was given can't be taken back: decide first, in a pass of its own.
      source_.spool();
      const auto nowhere = discarding_sink();
      pass(*nowhere, false, nullptr);
      judgement().judge();
      prove_no_collision();
    }
    pass(sink, true, nullptr);
    judgement().judge();
    prove_no_collision();
    RunReport& report = pass_.report;
    warn_of_inline_uris(report, options_.state_moves, source_.name(), diagnostics_);
    if (options_.commit && (report.changed() || options_.commit_unchanged)) {
      if (options_.verify) report.verified = read_back(sink);
      source_.check_unchanged();
      sink.commit();
      report.committed = true;
    }
    return std::move(report);
  }

 private:
  // One pass over the input with fresh counts, into `sink`. Changes are told in one pass only.
  void pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions) {
    tree_.reset();
    pass_.steps.clear();
    pass_.report = RunReport{};
    pass_.report.dialect = input_.format.dialect;
    RunOptions options = options_;
    if (!tell_changes) {
      options.on_change = nullptr;
      options.on_operator_change = nullptr;
    }
    RunState state{options, pass_.report, collisions};
    state.stores_operator_names = dialect_info(input_.format).has(BodyPart::operator_names);
    if (options_.state_moves || has_uri_step(pipeline_.steps)) {
      state.on_inline_uri = [&](const Location& place, const FoundUri& uri) {
        note_inline_uri(pass_.report, pipeline_, options_.operator_names.get(), place, uri);
      };
    }
    for (const auto& [id, text] : pipeline_.require.operators) {
      state.operators_wanted.insert(to_hex(id));
    }
    for (const Step& step : pipeline_.steps) {
      pass_.report.steps.push_back({step.id, step.uses, step.transform->kind()});
    }
    try {
      rewrite(sink, state);
    } catch (Error& error) {
      if (error.diagnostic().subject.empty() && !error.diagnostic().mark) {
        error.diagnostic().subject = source_.name();
      }
      throw;
    }
    operators_missing_ = state.operators_wanted;
    operators_seen_ = state.seen;
  }

  void rewrite(ByteSink& sink, RunState& state) {
    if (splices(pipeline_, options_)) {
      splice(sink, state);
      return;
    }
    // A second pass finds the same losses.
    const bool reports_losses = !std::exchange(losses_reported_, true);
    TreeRewrite tree(input_, state, pass_, target_, reports_losses);
    tree.run(sink);
    tree_ = std::move(tree).take();
  }

  void splice(ByteSink& sink, RunState& state) {
    const Identified& format = input_.format;
    RunReport& report = pass_.report;
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
      pass_.steps.emplace_back(pipeline_.steps[i], options_, report.steps[i]);
    }
    LocationRunner runner(pass_.steps, state);
    SourceReader in(source_, false);
    ByteWriter out(sink);
    in->take(kHeaderBytes);
    write_header(out, format.dialect);
    const SnapshotKind kind = guarded_call(
        codec_name(format), [&] { return format.codec->splice(*in, format.dialect, runner, out); });
    out.flush();
    runner.finish();
    pass_.proved_by_directory = runner.proof().holds();
    report.snapshot = kind.type;
    report.bytes_in = in->offset();
    report.bytes_out = out.offset();
    report.path = report.changed() ? RunReport::Path::spliced : RunReport::Path::copied;
  }

  Judgement judgement() const {
    return {pipeline_,
            {pass_.report, pass_.steps, operators_missing_, operators_seen_},
            source_.name(),
            diagnostics_};
  }

  // False where the medium can't be read back.
  bool read_back(ByteSink& sink) {
    const auto written = sink.written();
    if (written == nullptr) return false;
    if (pass_.report.path == RunReport::Path::reencoded) {
      verify_model(*written, *tree_, target_, source_);
    } else {
      verify_bytes(*written, sink.digest(), source_.name());
    }
    return true;
  }

  // One step that maps different texts to different texts, changed all or nothing, can't make two
  // locations one. Anything else is checked exactly.
  bool proved_injective() const {
    std::uint64_t changing_steps = 0;
    for (const LocationStep& step : pass_.steps) {
      if (step.transform == nullptr || step.counts.changed == 0) continue;
      ++changing_steps;
      if (!step.transform->injective() || step.counts.already > 0 || step.unselected > 0) {
        return false;
      }
    }
    return changing_steps <= 1;
  }

  void prove_no_collision() {
    if (pass_.report.changed_locations == 0 || pass_.proved_by_directory || proved_injective()) {
      return;
    }
    if (!source_.rewindable()) {
      throw RuleError(
          "E-RULE-COLLISION",
          "some locations have moved and others were in place already; whether two become "
          "one can't be told from a pipe that has passed",
          "the output is not to be used: run again with --spool, or read from a file");
    }
    const RunReport first = pass_.report;
    CollisionCheck check;
    const auto discard = [&] {
      const auto sink = discarding_sink();
      pass(*sink, false, &check);
    };
    discard();
    auto suspects = check.suspects();
    std::string verdict;
    if (!suspects.empty()) {
      check.watch(std::move(suspects));
      discard();
      verdict = check.verdict();
    }
    pass_.report = first;
    pass_.report.collision_check = true;
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
  Identified target_;             // what is written; the same unless the run converts
  Pass pass_;                     // the last
  std::optional<Document> tree_;  // that the last pass has made, if it has
  std::unordered_set<std::string> operators_missing_;
  OperatorsSeen operators_seen_;
  bool losses_reported_ = false;
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
