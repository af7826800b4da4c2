#include "stateferry/host/pipeline.hpp"

#include <algorithm>
#include <utility>

#include "conversion/conversion_judgement.hpp"
#include "run/collisions.hpp"
#include "run/document_runner.hpp"
#include "run/judgement.hpp"
#include "run/location_runner.hpp"
#include "run/read_back.hpp"
#include "run/releasing.hpp"
#include "run/tree_editors.hpp"
#include "run/uri_steps.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

bool is_string_step(const Step& step) {
  return step.transform->kind() == TransformKind::uri ||
         step.transform->kind() == TransformKind::assertion;
}

// Whether an assertion looks into what stands behind inline handles: only a tree has that.
bool looks_into_state(const Step& step) {
  return step.transform->kind() == TransformKind::assertion &&
         std::find(step.where.handles.begin(), step.where.handles.end(), LocationKind::bytes) !=
             step.where.handles.end();
}

bool has_uri_step(const std::vector<Step>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return step.transform->kind() == TransformKind::uri; });
}

void write_header(ByteWriter& out, const Dialect& dialect) {
  out.i32(static_cast<std::int32_t>(kMetadataMagic));
  out.i32(dialect.format_version);
}

// All of one Pipeline::run. The steps' counts live in the report.
class Run {
 public:
  Run(const Pipeline& pipeline, ByteSource& source, PluginRegistry& registry,
      const RunOptions& options, DiagnosticSink& diagnostics)
      : pipeline_(pipeline),
        source_(source),
        registry_(registry),
        options_(options),
        diagnostics_(diagnostics) {}

  RunReport go(ByteSink& sink) {
    if (options_.spool || !simple() || pipeline_.output.asks()) source_.spool();
    found_ = identify(source_, registry_);
    target_ = found_;
    check_static();
    if (!sink.discards() && must_judge_first()) {
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
    warn_of_inline_uris(report_, options_.state_moves, source_.name(), diagnostics_);
    if (options_.commit && (report_.changed() || options_.commit_unchanged)) {
      if (options_.verify) report_.verified = read_back(sink);
      source_.check_unchanged();
      sink.commit();
      report_.committed = true;
    }
    return std::move(report_);
  }

 private:
  // The input's dialect as its codec describes it.
  const DialectInfo& source() const {
    const auto all = found_.codec->dialects();
    const auto own = std::find_if(
        all.begin(), all.end(), [&](const DialectInfo& d) { return d.dialect == found_.dialect; });
    if (own != all.end()) return *own;
    throw PluginError("E-PLUGIN-FAILED",
                      codec_name(found_) + " found a dialect that it doesn't have: Flink " +
                          to_string(found_.dialect.release),
                      "this is a fault of the plugin; tell its authors");
  }
  bool stores_names() const { return source().has(BodyPart::operator_names); }

  // Whether no tree is needed.
  bool splices() const {
    return pipeline_.only_strings() && !options_.reencode && !pipeline_.output.asks() &&
           std::none_of(pipeline_.steps.begin(), pipeline_.steps.end(), looks_into_state);
  }

  // One pass is enough to know that no two locations become one, in all but odd cases.
  bool simple() const {
    if (!splices()) return false;
    std::size_t changing = 0;
    for (const Step& step : pipeline_.steps) {
      const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
      if (transform == nullptr) continue;
      ++changing;
      if (!transform->injective() || !step.where.empty()) return false;
    }
    return changing <= 1;
  }

  // Whether the rules ask for something that only the end of the input decides.
  bool must_judge_first() const {
    const Requirements& require = pipeline_.require;
    return options_.spool || !simple() || !require.snapshot.empty() || !require.operators.empty() ||
           std::any_of(pipeline_.steps.begin(), pipeline_.steps.end(), [](const Step& step) {
             return !step.expect.empty() || step.transform->kind() == TransformKind::assertion;
           });
  }

  void warn_if_experimental(const Identified& format) {
    if (!format.codec->experimental()) return;
    Diagnostic d;
    d.severity = Severity::warning;
    d.code = "W-FORMAT-EXPERIMENTAL";
    d.message = "format version " + std::to_string(format.dialect.format_version) +
                " is in no released Flink and may still change";
    d.subject = source_.name();
    diagnostics_.report(std::move(d));
  }

  // What can be said before the body is read.
  void check_static() {
    warn_if_experimental(found_);
    judgement().judge_version(found_.dialect);
    for (const Step& step : pipeline_.steps) {
      const auto* handle = dynamic_cast<const HandleTransform*>(step.transform.get());
      const bool needs_base =
          !step.where.scopes.empty() || (handle != nullptr && handle->needs_base_uri());
      if (needs_base && options_.base_uri.empty()) {
        Diagnostic d;
        d.code = "E-RULE-BASE-URI";
        d.message = "step '" + step.id + "' needs to know where _metadata lies";
        d.mark = step.mark;
        d.hint = "say it with --base-uri, the directory of _metadata";
        throw RuleError(std::move(d));
      }
    }
    if (pipeline_.output.handles != HandleForm::keep && options_.base_uri.empty()) {
      throw RuleError("E-RULE-BASE-URI",
                      "'handles' under 'output' needs to know where _metadata lies",
                      "say it with --base-uri, the directory of _metadata");
    }
  }

  // One pass over the input with fresh counts, into `sink`. Changes are told in one pass only.
  void pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions) {
    report_ = RunReport{};
    report_.dialect = found_.dialect;
    RunOptions options = options_;
    if (!tell_changes) {
      options.on_change = nullptr;
      options.on_operator_change = nullptr;
    }
    RunState state{options, report_, collisions, {}, {}, nullptr, nullptr, stores_names()};
    if (options_.state_moves || has_uri_step(pipeline_.steps)) {
      state.on_inline_uri = [&](const Location& place, const FoundUri& uri) {
        note_inline_uri(report_, pipeline_, options_.operator_names.get(), place, uri);
      };
    }
    for (const auto& [id, text] : pipeline_.require.operators) {
      state.operators_wanted.insert(to_hex(id));
    }
    report_.steps.resize(pipeline_.steps.size());
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
      report_.steps[i].id = pipeline_.steps[i].id;
      report_.steps[i].uses = pipeline_.steps[i].uses;
      report_.steps[i].kind = pipeline_.steps[i].transform->kind();
    }
    steps_.clear();
    try {
      if (splices()) {
        splice(sink, state);
      } else {
        rewrite_tree(sink, state);
      }
    } catch (Error& error) {
      if (error.diagnostic().subject.empty() && !error.diagnostic().mark) {
        error.diagnostic().subject = source_.name();
      }
      throw;
    }
    operators_missing_ = state.operators_wanted;
    seen_ = state.seen;
  }

  void splice(ByteSink& sink, RunState& state) {
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) add_location_step(i);
    LocationRunner runner(steps_, state);
    SourceReader in(source_, false);
    ByteWriter out(sink);
    in->take(kHeaderBytes);
    write_header(out, found_.dialect);
    const SnapshotKind kind = guarded_call(
        codec_name(found_), [&] { return found_.codec->splice(*in, found_.dialect, runner, out); });
    out.flush();
    runner.finish();
    proved_by_directory_ = runner.proof().holds();
    report_.snapshot = kind.type;
    report_.bytes_in = in->offset();
    report_.bytes_out = out.offset();
    report_.path = report_.changed() ? RunReport::Path::spliced : RunReport::Path::copied;
  }

  void rewrite_tree(ByteSink& sink, RunState& state) {
    ByteReader in(source_.bytes());
    in.take(kHeaderBytes);
    Arena arena;
    DecodeContext context{arena, diagnostics_};
    const CheckpointMetadata root = guarded_call(
        codec_name(found_), [&] { return found_.codec->decode(in, found_.dialect, context); });
    report_.bytes_in = in.offset();
    report_.snapshot = snapshot_kind(root.properties).type;
    tree_.emplace(memory_source(source_.bytes(), source_.name()), std::move(arena), root,
                  found_.dialect);
    source_.release();
    note_operators(state);
    if (state.on_inline_uri != nullptr) {
      InlineUriVisitor visitor(state);
      walk(tree_->root(), visitor);
    }
    apply_groups(state);
    if (pipeline_.output.asks()) convert(state);
    if (options_.explain) return;

    ReleasingSink releasing(sink, source_);
    ByteWriter out(releasing);
    if (report_.changed() || options_.reencode) {
      report_.path = RunReport::Path::reencoded;
      write_header(out, target_.dialect);
      guarded_call(codec_name(target_),
                   [&] { target_.codec->encode(tree_->root(), target_.dialect, out); });
    } else {
      report_.path = RunReport::Path::copied;
      out.raw(source_.bytes());
    }
    out.flush();
    report_.bytes_out = out.offset();
  }

  void add_location_step(std::size_t i) {
    steps_.emplace_back(pipeline_.steps[i], options_, report_.steps[i]);
  }

  // What is asked of operators is asked of the input, not of what steps make of it.
  void note_operators(RunState& state) {
    OperatorKey key;
    for (const OperatorState& op : tree_->root().operators) {
      key.id = op.id;
      key.uid = op.uid;
      key.name = op.name;
      note_operator(state, key);
      ++key.index;
    }
    state.seen.complete = true;
  }

  // Steps that change strings and follow each other share one walk.
  void apply_groups(RunState& state) {
    if (pipeline_.only_strings()) {
      walk_locations(state, 0, pipeline_.steps.size());
      return;
    }
    std::vector<const void*> touched;
    state.touched = &touched;
    const auto& steps = pipeline_.steps;
    for (std::size_t first = 0; first < steps.size();) {
      std::size_t last = first + 1;
      if (is_string_step(steps[first])) {
        while (last < steps.size() && is_string_step(steps[last])) ++last;
        walk_locations(state, first, last);
      } else if (steps[first].transform->kind() == TransformKind::handle) {
        edit_handles(first, state);
      } else {
        DocumentRunner(steps[first], report_.steps[first], state, *tree_, diagnostics_).run();
      }
      first = last;
    }
    std::sort(touched.begin(), touched.end());
    ResultCounter counter(report_, touched, has_uri_step(steps));
    walk(tree_->root(), counter);
  }

  void edit_handles(std::size_t step, RunState& state) {
    const Dialect target = expected_format();
    // Of the input's own version its codec knows all; the others need not be opened.
    const bool same = target.format_version == found_.dialect.format_version;
    const TagSet known = tags_of_writers(
        same ? found_.codec->dialects() : registry_.dialects().of_version(target.format_version));
    HandleEditor editor(pipeline_.steps[step], report_.steps[step], state, tree_->arena(), target,
                        known);
    walk(tree_->root(), editor);
  }

  void walk_locations(RunState& state, std::size_t first, std::size_t last) {
    std::vector<LocationStep> group;
    for (std::size_t i = first; i < last; ++i) {
      group.emplace_back(pipeline_.steps[i], options_, report_.steps[i]);
    }
    LocationRunner runner(group, state);
    TreeEditor editor(runner, state, tree_->arena(), source_);
    walk(tree_->root(), editor);
    runner.finish();
    proved_by_directory_ = group.size() == pipeline_.steps.size() && runner.proof().holds();
    for (LocationStep& step : group) steps_.push_back(std::move(step));
  }

  // ------------------------------------------------------------------------ conversion

  // What will be written, as far as can be told before all steps have run.
  Dialect expected_format() {
    if (!pipeline_.output.asks()) return found_.dialect;
    return choose_target(tree_->root(), source(), pipeline_.output, registry_.dialects())
        .body.dialect;
  }

  void set_handle_form(const ConversionTarget& target, RunState& state) {
    const HandleForm form = pipeline_.output.handles;
    if (form == HandleForm::relative &&
        (target.body.tags & tag_bit(HandleTag::relative_stream)) == 0) {
      throw CapabilityError("E-CAPABILITY-IMPOSSIBLE",
                            to_string(target.body.dialect) + " has no relative handles", "",
                            "choose version 3 or later, which Flink 1.11 and later read");
    }
    HandleFormEditor editor(form, moved_base(pipeline_, options_.base_uri), state, tree_->arena());
    walk(tree_->root(), editor);
  }

  void convert(RunState& state) {
    const OutputFormat& output = pipeline_.output;
    const auto target = choose_target(tree_->root(), source(), output, registry_.dialects());
    if (output.handles != HandleForm::keep) set_handle_form(target, state);
    ConversionOptions told;
    told.snapshot = output.snapshot;
    if (options_.base_uri_said) told.base_uri = moved_base(pipeline_, options_.base_uri);
    report_.conversion = convert_tree(tree_->root(), tree_->arena(), source(), target, told);
    if (options_.on_account) options_.on_account(*report_.conversion);
    // A second pass finds the same.
    if (!options_.explain && !std::exchange(told_losses_, true)) {
      judge_conversion(*report_.conversion, output.on_loss, source_.name(), diagnostics_);
    }
    if (target_.dialect != target.body.dialect) {
      target_.dialect = target.body.dialect;
      target_.codec = registry_.codec_for(target_.dialect.format_version);
      warn_if_experimental(target_);
    }
    const std::vector<const void*> touched;
    ResultCounter counter(report_, touched, false);
    walk(tree_->root(), counter);
  }

  Judgement judgement() const {
    return {pipeline_, {report_, steps_, operators_missing_, seen_}, source_.name(), diagnostics_};
  }

  // False where the medium can't be read back.
  bool read_back(ByteSink& sink) {
    const auto written = sink.written();
    if (written == nullptr) return false;
    if (report_.path == RunReport::Path::reencoded) {
      verify_model(*written, *tree_, target_, source_);
    } else {
      verify_bytes(*written, sink.digest(), source_.name());
    }
    return true;
  }

  // ------------------------------------------------------------------------ collisions

  // One step that maps different texts to different texts, changed all or nothing, can't make two
  // locations one. Anything else is checked exactly.
  bool proved_injective() const {
    std::uint64_t changing_steps = 0;
    for (const LocationStep& step : steps_) {
      if (step.transform == nullptr || step.counts.changed == 0) continue;
      ++changing_steps;
      if (!step.transform->injective() || step.counts.already > 0 || step.unselected > 0) {
        return false;
      }
    }
    return changing_steps <= 1;
  }

  void prove_no_collision() {
    if (report_.changed_locations == 0 || proved_by_directory_ || proved_injective()) return;
    if (!source_.rewindable()) {
      throw RuleError(
          "E-RULE-COLLISION",
          "some locations have moved and others were in place already; whether two become "
          "one can't be told from a pipe that has passed",
          "the output is not to be used: run again with --spool, or read from a file");
    }
    const RunReport first = report_;
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
    report_ = first;
    report_.collision_check = true;
    if (verdict.empty()) return;
    Diagnostic d;
    d.code = "E-RULE-COLLISION";
    d.message = "two different locations become one: " + verdict;
    d.subject = source_.name();
    d.hint = "give them different targets; else two state files would be taken for one";
    throw RuleError(std::move(d));
  }

  const Pipeline& pipeline_;
  ByteSource& source_;
  PluginRegistry& registry_;
  const RunOptions& options_;
  DiagnosticSink& diagnostics_;
  Identified found_;
  Identified target_;  // what is written; the same unless the run converts
  RunReport report_;
  std::vector<LocationStep> steps_;
  std::optional<Document> tree_;
  std::unordered_set<std::string> operators_missing_;
  OperatorsSeen seen_;
  bool told_losses_ = false;
  bool proved_by_directory_ = false;  // of the last splice
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
  return Run(*this, source, registry, options, diagnostics).go(sink);
}

}  // namespace stateferry
