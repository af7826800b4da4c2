#include "run/passes.hpp"

#include <utility>

#include "run/preflight.hpp"
#include "run/uri_steps.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"

namespace stateferry {

Passes::Passes(RunInput& input)
    : input_(input), pipeline_(input.pipeline), source_(input.source), options_(input.options) {}

void Passes::begin(Identified format) {
  input_.format = std::move(format);
  target_ = input_.format;
}

void Passes::pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions) {
  Identified& format = input_.format;
  if (splices(pipeline_, options_) && !format.sure) {
    // What has been told can't be taken back.
    const bool told = tell_changes && options_.on_change;
    if (told) {
      make_sure(format, source_);
    } else if (guessed_pass(sink, tell_changes, collisions)) {
      return;
    } else {
      sink.restart();
    }
    target_ = format;
  }
  one_pass(sink, tell_changes, collisions, nullptr);
}

// A pass by the likeliest body, by the next one where the walk fails, and so on; the format is
// sure then. Whether the last pass was by the right one.
bool Passes::guessed_pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions) {
  Identified& format = input_.format;
  source_.spool_as_it_goes();
  BodyGuess guess;
  guess.stops = !sink.discards();
  for (;;) {
    try {
      one_pass(sink, tell_changes, collisions, &guess);
      format.sure = guess.confirmed;
      return make_sure(format, source_);
    } catch (const FormatError&) {
      if (format.sure) throw;
      if (guess.stopped || !guess_older(format)) {
        if (make_sure(format, source_) && !guess.stopped) throw;
        return false;
      }
      sink.restart();
    } catch (const Error&) {
      if (format.sure || make_sure(format, source_)) throw;
      return false;
    }
  }
}

void Passes::one_pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions,
                      BodyGuess* guess) {
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
    rewrite(sink, state, guess);
  } catch (Error& error) {
    if (error.diagnostic().subject.empty() && !error.diagnostic().mark) {
      error.diagnostic().subject = source_.name();
    }
    throw;
  }
  operators_missing_ = state.operators_wanted;
  operators_seen_ = state.seen;
}

void Passes::rewrite(ByteSink& sink, RunState& state, BodyGuess* guess) {
  if (splices(pipeline_, options_)) {
    splice(sink, state, guess);
    return;
  }
  // A second pass finds the same losses.
  const bool reports_losses = !std::exchange(losses_reported_, true);
  TreeRewrite tree(input_, state, pass_, target_, reports_losses);
  tree.run(sink);
  tree_ = std::move(tree).take();
}

void Passes::splice(ByteSink& sink, RunState& state, BodyGuess* guess) {
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
  const SnapshotKind kind = guarded_call(codec_name(format), [&] {
    return format.codec->splice(*in, format.dialect, runner, out, guess);
  });
  out.flush();
  runner.finish();
  pass_.proved_by_directory = runner.proof().holds();
  report.snapshot = kind.type;
  report.bytes_in = in->offset();
  report.bytes_out = out.offset();
  report.path = report.changed() ? RunReport::Path::spliced : RunReport::Path::copied;
}

}  // namespace stateferry
