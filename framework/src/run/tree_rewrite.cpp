#include "run/tree_rewrite.hpp"

#include <algorithm>
#include <utility>

#include "conversion/conversion_judgement.hpp"
#include "run/document_runner.hpp"
#include "run/format.hpp"
#include "run/preflight.hpp"
#include "run/releasing.hpp"
#include "run/tree_editors.hpp"
#include "run/uri_steps.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/visit.hpp"

namespace stateferry {

TreeRewrite::TreeRewrite(RunInput& run, RunState& state, Pass& pass, Identified& target,
                         bool reports_losses)
    : run_(run),
      state_(state),
      pass_(pass),
      target_(target),
      reports_losses_(reports_losses),
      document_(decode()) {}

Document TreeRewrite::decode() {
  ByteSource& source = run_.source;
  Arena arena;
  DecodeContext context{arena, run_.diagnostics};
  Identified& format = run_.format;
  const bool was_sure = format.sure;
  const CheckpointMetadata root = decode_source(source, format, context);
  if (!was_sure) target_ = format;
  pass_.report.dialect = format.dialect;
  pass_.report.bytes_in = source.bytes().size();
  pass_.report.snapshot = snapshot_kind(root.properties).type;
  Document document(memory_source(source.bytes(), source.name()), std::move(arena), root,
                    format.dialect);
  source.release();
  return document;
}

void TreeRewrite::run(ByteSink& sink) {
  note_operators();
  if (state_.on_inline_uri != nullptr) {
    InlineUriVisitor visitor(state_);
    walk(document_.root(), visitor);
  }
  apply_steps();
  if (run_.pipeline.output.asks()) convert();
  if (!run_.options.explain) write(sink);
}

void TreeRewrite::write(ByteSink& sink) {
  RunReport& report = pass_.report;
  ReleasingSink releasing(sink, run_.source);
  ByteWriter out(releasing);
  if (report.changed() || run_.options.reencode) {
    report.path = RunReport::Path::reencoded;
    write_header(out, target_.dialect);
    guarded_call(codec_name(target_),
                 [&] { target_.codec->encode(document_.root(), target_.dialect, out); });
  } else {
    report.path = RunReport::Path::copied;
    out.raw(run_.source.bytes());
  }
  out.flush();
  report.bytes_out = out.offset();
}

// What is asked of operators is asked of the input, not of what steps make of it.
void TreeRewrite::note_operators() {
  OperatorKey key;
  for (const OperatorState& op : document_.root().operators) {
    key.id = op.id;
    key.uid = op.uid;
    key.name = op.name;
    note_operator(state_, key);
    ++key.index;
  }
  state_.seen.complete = true;
}

// Steps that change strings and follow each other share one walk.
void TreeRewrite::apply_steps() {
  const auto& steps = run_.pipeline.steps;
  if (run_.pipeline.only_strings()) {
    walk_locations(0, steps.size());
    return;
  }
  RunReport& report = pass_.report;
  std::vector<const void*> touched;
  state_.touched = &touched;
  for (std::size_t first = 0; first < steps.size();) {
    std::size_t last = first + 1;
    if (is_string_step(steps[first])) {
      while (last < steps.size() && is_string_step(steps[last])) ++last;
      walk_locations(first, last);
    } else if (steps[first].transform->kind() == TransformKind::handle) {
      edit_handles(first);
    } else {
      DocumentRunner(steps[first], report.steps[first], state_, document_, run_.diagnostics).run();
    }
    first = last;
  }
  std::sort(touched.begin(), touched.end());
  ResultCounter counter(report, touched, has_uri_step(steps));
  walk(document_.root(), counter);
}

void TreeRewrite::edit_handles(std::size_t step) {
  const Dialect target = expected_format();
  // Of the input's own version its codec knows all; the others need not be opened.
  const bool same = target.format_version == run_.format.dialect.format_version;
  const TagSet known =
      tags_of_writers(same ? run_.format.codec->dialects()
                           : run_.registry.dialects().of_version(target.format_version));
  HandleEditor editor(run_.pipeline.steps[step], pass_.report.steps[step], state_,
                      document_.arena(), target, known);
  walk(document_.root(), editor);
}

void TreeRewrite::walk_locations(std::size_t first, std::size_t last) {
  std::vector<LocationStep> group;
  for (std::size_t i = first; i < last; ++i) {
    group.emplace_back(run_.pipeline.steps[i], run_.options, pass_.report.steps[i]);
  }
  LocationRunner runner(group, state_);
  TreeEditor editor(runner, state_, document_.arena(), run_.source);
  walk(document_.root(), editor);
  runner.finish();
  pass_.proved_by_directory = group.size() == run_.pipeline.steps.size() && runner.proof().holds();
  for (LocationStep& step : group) pass_.steps.push_back(std::move(step));
}

// ---------------------------------------------------------------------------- conversion

ConversionTarget TreeRewrite::chosen_target() {
  return choose_target(document_.root(), dialect_info(run_.format), run_.pipeline.output,
                       run_.registry.dialects());
}

// What will be written, as far as can be told before all steps have run.
Dialect TreeRewrite::expected_format() {
  return run_.pipeline.output.asks() ? chosen_target().body.dialect : run_.format.dialect;
}

void TreeRewrite::set_handle_form(const ConversionTarget& target) {
  const HandleForm form = run_.pipeline.output.handles;
  if (form == HandleForm::relative &&
      (target.body.tags & tag_bit(HandleTag::relative_stream)) == 0) {
    throw CapabilityError("E-CAPABILITY-IMPOSSIBLE",
                          to_string(target.body.dialect) + " has no relative handles", "",
                          "choose version 3 or later, which Flink 1.11 and later read");
  }
  HandleFormEditor editor(form, moved_base(run_.pipeline, run_.options.base_uri), state_,
                          document_.arena());
  walk(document_.root(), editor);
}

void TreeRewrite::convert() {
  const OutputFormat& output = run_.pipeline.output;
  const RunOptions& options = run_.options;
  RunReport& report = pass_.report;
  const auto target = chosen_target();
  if (output.handles != HandleForm::keep) set_handle_form(target);
  ConversionOptions conversion;
  conversion.snapshot = output.snapshot;
  if (options.base_uri_said) conversion.base_uri = moved_base(run_.pipeline, options.base_uri);
  report.conversion = convert_tree(document_.root(), document_.arena(), dialect_info(run_.format),
                                   target, conversion);
  if (options.on_account) options.on_account(*report.conversion);
  if (!options.explain && reports_losses_) {
    judge_conversion(*report.conversion, output.on_loss, run_.source.name(), run_.diagnostics);
  }
  if (target_.dialect != target.body.dialect) {
    target_.dialect = target.body.dialect;
    target_.codec = run_.registry.codec_for(target_.dialect.format_version);
    warn_if_experimental(target_, run_.source.name(), run_.diagnostics);
  }
  const std::vector<const void*> touched;
  ResultCounter counter(report, touched, false);
  walk(document_.root(), counter);
}

}  // namespace stateferry
