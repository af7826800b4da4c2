#include "stateferry/host/pipeline.hpp"

#include <algorithm>
#include <utility>

#include "host/collisions.hpp"
#include "host/conversion_judgement.hpp"
#include "host/document_runner.hpp"
#include "host/location_runner.hpp"
#include "io/digest.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/memory/page_buffer.hpp"
#include "stateferry/model/handle_form.hpp"
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

// ---------------------------------------------------------------------------- memory

// Lets go of the mapped input from time to time while a tree that views it is walked in file order:
// so a run holds the tree and its new texts, and not the whole input beside them.
class Releaser {
 public:
  explicit Releaser(ByteSource& source) : source_(source) {}
  void passed(std::uint64_t bytes) noexcept {
    passed_ += bytes;
    if (passed_ < kEvery) return;
    passed_ = 0;
    source_.release();
  }

 private:
  static constexpr std::uint64_t kEvery = std::uint64_t{8} << 20;
  ByteSource& source_;
  std::uint64_t passed_ = 0;
};

class ReleasingSink final : public ByteSink {
 public:
  ReleasingSink(ByteSink& inner, ByteSource& source) : inner_(inner), releaser_(source) {}
  void write(std::span<const std::byte> bytes) override {
    inner_.write(bytes);
    releaser_.passed(bytes.size());
  }
  void commit() override { inner_.commit(); }
  std::unique_ptr<ByteSource> written() override { return inner_.written(); }
  std::uint64_t digest() const override { return inner_.digest(); }
  std::string name() const override { return inner_.name(); }

 private:
  ByteSink& inner_;
  Releaser releaser_;
};

class ReleasingFeed final : public ByteFeed {
 public:
  ReleasingFeed(std::unique_ptr<ByteFeed> inner, ByteSource& source)
      : inner_(std::move(inner)), releaser_(source) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t got = inner_->read(into);
    releaser_.passed(got);
    return got;
  }

 private:
  std::unique_ptr<ByteFeed> inner_;
  Releaser releaser_;
};

// ---------------------------------------------------------------------------- tree walks

// Location steps over a tree: the editor's answers go into the tree.
class TreeEditor final : public TreeVisitor {
 public:
  TreeEditor(LocationRunner& runner, RunState& state, Arena& arena, ByteSource& source)
      : runner_(runner), state_(state), arena_(arena), releaser_(source) {}
  void enter_operator(const OperatorKey& op) override { runner_.enter_operator(op); }
  void location(const Location& location, std::string_view& text) override {
    // About what a handle takes in the file around its location.
    releaser_.passed(text.size() + 64);
    Replacement replacement;
    if (runner_.edit(location, replacement))
      text = arena_.intern(replacement.head, replacement.tail);
    if (state_.touched != nullptr && runner_.touched()) state_.touched->push_back(&text);
  }
  void inline_state(const Location& place, bool behind_a_handle) override {
    if (!behind_a_handle) runner_.judge_state(place);
  }

 private:
  LocationRunner& runner_;
  RunState& state_;
  Arena& arena_;
  Releaser releaser_;
};

std::string_view text_of(const StreamStateHandle& handle) {
  if (const auto* b = std::get_if<ByteStreamStateHandle>(&handle)) return b->handle_name.text;
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) return f->path.text;
  if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) return r->relative_path.text;
  if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) return s->path.text;
  return {};
}

const void* address_of_text(const StreamStateHandle& handle) {
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) return &f->path.text;
  if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) return &s->path.text;
  return nullptr;
}

// One handle transform over a tree.
class HandleEditor final : public TreeVisitor {
 public:
  HandleEditor(const Step& step, StepCounts& counts, RunState& state, Arena& arena,
               const Dialect& target, TagSet writers_know)
      : step_(step),
        transform_(dynamic_cast<const HandleTransform&>(*step.transform)),
        where_(with_kinds(step.where, transform_)),
        selection_(where_, state.options, state.options.operator_names.get()),
        counts_(counts),
        state_(state),
        context_{arena, state.options.base_uri, target, state.options.default_file_system,
                 writers_know} {}

  void handle(StreamStateHandle& handle, const Location& location) override {
    if (!transform_.applies_to(location.kind)) return;
    const std::string before = to_utf8(location.text);
    if (!selection_.selects(location, before)) return;
    ++counts_.selected;
    switch (guarded_call(step_.uses, [&] { return transform_.apply(handle, context_); })) {
      case Outcome::unmatched:
        ++counts_.unmatched;
        return;
      case Outcome::already:
        ++counts_.already;
        break;
      case Outcome::changed:
        ++counts_.changed;
        ++state_.report.changed_locations;
        if (state_.options.on_change) {
          const std::string after = to_utf8(text_of(handle));
          state_.options.on_change(Change{location, before, after});
        }
        break;
    }
    if (state_.touched != nullptr) state_.touched->push_back(address_of_text(handle));
  }

 private:
  // `where` without `handle` means the kinds that the transform is for.
  static Selector with_kinds(Selector where, const HandleTransform& transform) {
    if (where.handles.empty()) {
      for (const LocationKind kind : kAllLocationKinds) {
        if (transform.applies_to(kind)) where.handles.push_back(kind);
      }
    }
    return where;
  }

  const Step& step_;
  const HandleTransform& transform_;
  const Selector where_;
  Selection selection_;
  StepCounts& counts_;
  RunState& state_;
  const HandleContext context_;
};

// `output.handles`: files become relative or absolute, whatever the steps have made of them.
class HandleFormEditor final : public TreeVisitor {
 public:
  HandleFormEditor(HandleForm form, std::string directory, RunState& state, Arena& arena)
      : form_(form), directory_(std::move(directory)), state_(state), arena_(arena) {}

  void handle(StreamStateHandle& handle, const Location& location) override {
    const auto* relative = std::get_if<RelativeFileStateHandle>(&handle);
    const auto* file = std::get_if<FileStateHandle>(&handle);
    const std::string before = state_.options.on_change ? to_utf8(location.text) : std::string();
    if (form_ == HandleForm::absolute && relative != nullptr) {
      handle = absolute_handle(*relative, directory_, arena_);
    } else if (form_ == HandleForm::relative && file != nullptr) {
      const auto shorter =
          relative_handle(*file, directory_, arena_, state_.options.default_file_system);
      if (!shorter) return;
      handle = *shorter;
    } else {
      return;
    }
    ++state_.report.changed_locations;
    if (state_.options.on_change) {
      const std::string after = to_utf8(text_of(handle));
      state_.options.on_change(Change{location, before, after});
    }
  }

 private:
  HandleForm form_;
  std::string directory_;
  RunState& state_;
  Arena& arena_;
};

// Counts the locations of the result, and those that no step of any group has matched.
class ResultCounter final : public TreeVisitor {
 public:
  ResultCounter(RunReport& report, const std::vector<const void*>& touched, bool untouched)
      : report_(report), touched_(touched), count_untouched_(untouched) {
    report_.locations = report_.absolute = 0;
  }
  void location(const Location& location, std::string_view& text) override {
    ++report_.locations;
    if (!is_absolute(location.kind)) return;
    ++report_.absolute;
    if (!count_untouched_ ||
        std::binary_search(touched_.begin(), touched_.end(), static_cast<const void*>(&text))) {
      return;
    }
    ++report_.untouched;
    const std::string uri = to_utf8(text);
    report_.untouched_roots.add(normalize_flink_path(uri).value_or(uri),
                                location.kind == LocationKind::directory);
    if (report_.untouched_samples.size() < 10) {
      report_.untouched_samples.push_back(uri + "  (" + location.path->text() + ")");
    }
  }

 private:
  RunReport& report_;
  const std::vector<const void*>& touched_;
  bool count_untouched_;
};

// Looks through the inline state of a tree.
class InlineUriVisitor final : public TreeVisitor {
 public:
  explicit InlineUriVisitor(RunState& state) : state_(state) {}
  void inline_state(const Location& place, bool /*behind_a_handle*/) override {
    find_uris(place.state, [&](const FoundUri& uri) { state_.on_inline_uri(place, uri); });
  }

 private:
  RunState& state_;
};

// ---------------------------------------------------------------------------- one run

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
      judge();
      prove_no_collision();
    }
    pass(sink, true, nullptr);
    judge();
    prove_no_collision();
    warn_of_inline_uris();
    if (options_.commit && (report_.changed() || options_.commit_unchanged)) {
      if (options_.verify) report_.verified = verify(sink);
      source_.check_unchanged();
      sink.commit();
      report_.committed = true;
    }
    return std::move(report_);
  }

 private:
  std::string codec_name() const { return codec_name(found_); }
  static std::string codec_name(const Identified& codec) {
    return "codec v" + std::to_string(codec.dialect.format_version);
  }

  // The input's dialect as its codec describes it.
  const DialectInfo& source() const {
    const auto all = found_.codec->dialects();
    const auto own = std::find_if(
        all.begin(), all.end(), [&](const DialectInfo& d) { return d.dialect == found_.dialect; });
    if (own != all.end()) return *own;
    throw PluginError("E-PLUGIN-FAILED",
                      codec_name() + " found a dialect that it doesn't have: Flink " +
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
    const auto& version = pipeline_.require.metadata_version;
    if (version && !version->holds(static_cast<std::uint64_t>(found_.dialect.format_version))) {
      unmet("E-RULE-REQUIRE",
            "the rules require metadata version " + version->text + ", the snapshot has " +
                std::to_string(found_.dialect.format_version),
            version->mark);
      fail_if_unmet();
    }
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
        note_inline_uri(place, uri);
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
        codec_name(), [&] { return found_.codec->splice(*in, found_.dialect, runner, out); });
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
        codec_name(), [&] { return found_.codec->decode(in, found_.dialect, context); });
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

  // The directory of _metadata once the steps have moved what they move.
  std::string moved_base(const std::string& base) const {
    if (base.empty()) return {};
    std::string text = base + "/_metadata";
    for (const Step& step : pipeline_.steps) {
      const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
      if (transform == nullptr) continue;
      std::string result;
      const Outcome outcome =
          guarded_call(step.uses, [&] { return transform->rewrite(text, result); });
      if (outcome == Outcome::changed) text = std::move(result);
    }
    const std::string_view parent = parent_of(text);
    return normalize_flink_path(parent).value_or(std::string(parent));
  }

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
    HandleFormEditor editor(form, moved_base(options_.base_uri), state, tree_->arena());
    walk(tree_->root(), editor);
  }

  void convert(RunState& state) {
    const OutputFormat& output = pipeline_.output;
    const auto target = choose_target(tree_->root(), source(), output, registry_.dialects());
    if (output.handles != HandleForm::keep) set_handle_form(target, state);
    ConversionOptions told;
    told.snapshot = output.snapshot;
    if (options_.base_uri_said) told.base_uri = moved_base(options_.base_uri);
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

  // ------------------------------------------------------------------------ inline state

  void note_inline_uri(const Location& place, const FoundUri& uri) {
    const OperatorNames* names = options_.operator_names.get();
    report_.inline_uris.add(place, uri, names);
    if (would_change(uri.text)) report_.inline_uris_moved.add(place, uri, names);
  }

  // Whether the steps would change this text if it were that of a handle, whatever they select.
  bool would_change(const std::string& text) const {
    std::string uri = normalize_flink_path(text).value_or(text);
    return std::any_of(pipeline_.steps.begin(), pipeline_.steps.end(), [&](const Step& step) {
      const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
      std::string result;
      try {
        return transform != nullptr && guarded_call(step.uses, [&] {
                                         return transform->rewrite(uri, result);
                                       }) == Outcome::changed;
      } catch (const Error&) {
        return false;  // a text that no handle has
      }
    });
  }

  void warn_of_inline_uris() {
    const InlineUris& all = report_.inline_uris;
    const InlineUris& moved = report_.inline_uris_moved;
    if (all.count == 0 || (!options_.state_moves && report_.changed_locations == 0)) return;
    Diagnostic d;
    d.severity = Severity::warning;
    d.code = "W-INLINE-URIS";
    d.message = "inline state holds " + std::to_string(all.count) +
                (all.count == 1 ? " URI that isn't rewritten" : " URIs that aren't rewritten");
    if (moved.count > 0) d.message += ", " + std::to_string(moved.count) + " below what moves";
    d.subject = source_.name();
    constexpr std::size_t kShown = 3;
    const InlineUris& shown = moved.count > 0 ? moved : all;
    for (std::size_t i = 0; i < shown.first.size() && i < kShown; ++i) {
      const InlineUri& one = shown.first[i];
      const std::string op = one.operator_text();
      d.notes.push_back(without_secrets(one.uri) + "  (" + one.path +
                        (op.empty() ? "" : " of " + op) + ")");
    }
    if (shown.count > kShown) {
      d.notes.push_back("… and " + std::to_string(shown.count - kShown) +
                        " more; 'inspect' names them");
    }
    d.hint =
        "they belong to sources, sinks and other user code, which goes on with them: let those "
        "places be, or start these operators without their state";
    diagnostics_.report(std::move(d));
  }

  // ------------------------------------------------------------------------ judgement

  void unmet(const char* code, std::string message, SourceMark mark,
             std::vector<std::string> notes = {}, std::string hint = {}) {
    Diagnostic d;
    d.code = code;
    d.message = std::move(message);
    d.mark = std::move(mark);
    if (!d.mark) d.subject = source_.name();
    d.notes = std::move(notes);
    d.hint = std::move(hint);
    unmet_.push_back(std::move(d));
  }
  // Reports all, throws the first.
  void fail_if_unmet() {
    if (unmet_.empty()) return;
    for (std::size_t i = 1; i < unmet_.size(); ++i) diagnostics_.report(unmet_[i]);
    throw RuleError(unmet_.front());
  }

  void judge() {
    judge_requirements();
    judge_steps();
    judge_untouched();
    fail_if_unmet();
  }

  void judge_requirements() {
    const Requirements& require = pipeline_.require;
    if (!require.snapshot.empty() && std::find(require.snapshot.begin(), require.snapshot.end(),
                                               report_.snapshot) == require.snapshot.end()) {
      std::string wanted;
      for (const SnapshotType type : require.snapshot) {
        wanted += (wanted.empty() ? "" : " or ") + std::string(snapshot_type_name(type));
      }
      unmet("E-RULE-REQUIRE",
            "the rules require a snapshot of kind " + wanted + ", this one is " +
                std::string(snapshot_type_name(report_.snapshot)),
            require.mark);
    }
    for (const auto& [id, text] : require.operators) {
      if (operators_missing_.contains(to_hex(id))) {
        unmet("E-RULE-REQUIRE", "the snapshot has no operator '" + text + "' (" + to_hex(id) + ")",
              require.mark);
      }
    }
  }

  void judge_steps() {
    for (const Step& step : pipeline_.steps) judge_names(step);
    for (const LocationStep& step : steps_) {
      if (step.assertion == nullptr) continue;
      const std::string complaint = guarded_call(step.step.uses, [&] {
        return step.assertion->verdict(step.counts.selected, step.matching);
      });
      if (!complaint.empty()) {
        unmet("E-RULE-ASSERT", "step '" + step.step.id + "': " + complaint, step.step.mark,
              step.fault_samples);
      }
    }
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) judge_counts(i);
  }

  void judge_names(const Step& step) {
    const Selector& where = step.where;
    const bool known = (seen_.uids || !where.needs_operator_uids()) &&
                       (seen_.names || where.operator_name.empty());
    if (known || !seen_.any) return;
    unmet("E-RULE-NAMES",
          "step '" + step.id + "' selects operators by a pattern on " +
              (where.operator_name.empty() ? "uid" : "name") +
              ", which this snapshot doesn't store",
          step.mark, {},
          "files before Flink 2.0 hold hashes only: give exact uids (they are hashed) or uid-hash, "
          "or name the operators with --uids FILE");
  }

  void judge_counts(std::size_t i) {
    const StepCounts& counts = report_.steps[i];
    for (const auto& [key, bound] : pipeline_.steps[i].expect) {
      const std::uint64_t count = key == "selected"    ? counts.selected
                                  : key == "changed"   ? counts.changed
                                  : key == "already"   ? counts.already
                                  : key == "unmatched" ? counts.unmatched
                                                       : counts.matched();
      if (bound.holds(count)) continue;
      std::vector<std::string> notes;
      // With the usual policy these are listed once, below.
      if (key == "unmatched" && pipeline_.untouched_policy() != Untouched::fail) {
        notes = report_.untouched_samples;
      }
      if (pipeline_.untouched_policy() == Untouched::allow) {
        for (std::string& note : missed_prefixes()) notes.push_back(std::move(note));
      }
      unmet("E-RULE-EXPECT",
            "step '" + counts.id + "' expects " + key + " to be " + bound.text + ", but it is " +
                std::to_string(count) + " (selected " + std::to_string(counts.selected) +
                ", changed " + std::to_string(counts.changed) + ", already " +
                std::to_string(counts.already) + ", unmatched " + std::to_string(counts.unmatched) +
                ")",
            bound.mark, std::move(notes));
    }
  }

  // What steps looked for in vain, and where the URIs lie that nobody has matched.
  std::vector<std::string> missed_prefixes() const {
    constexpr std::size_t kShown = 5;
    std::vector<std::string> notes;
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
      const Step& step = pipeline_.steps[i];
      const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
      const StepCounts& counts = report_.steps[i];
      if (transform == nullptr || counts.selected == 0 || counts.matched() > 0) continue;
      const auto moves = guarded_call(step.uses, [&] { return transform->moves(); });
      if (!moves || moves->empty()) continue;
      std::string note = "step '" + step.id + "' found nothing below " + moves->front().from;
      if (moves->size() > 1) {
        note += " and " + std::to_string(moves->size() - 1) + " more prefixes";
      }
      const auto roots = report_.untouched_roots.nearest_to(moves->front().from);
      for (std::size_t k = 0; k < roots.size() && k < kShown; ++k) {
        note += (k == 0 ? "; the snapshot's URIs lie below " : ", ") + roots[k].uri;
      }
      if (roots.size() > kShown) note += " and elsewhere";
      notes.push_back(std::move(note));
    }
    return notes;
  }

  void judge_untouched() {
    const Untouched policy = pipeline_.untouched_policy();
    if (report_.untouched == 0 || policy == Untouched::allow) return;
    std::vector<std::string> notes = report_.untouched_samples;
    if (report_.untouched > notes.size()) {
      notes.push_back("… and " + std::to_string(report_.untouched - notes.size()) + " more");
    }
    for (std::string& note : missed_prefixes()) notes.push_back(std::move(note));
    const std::string message =
        std::to_string(report_.untouched) +
        (report_.untouched == 1 ? " absolute URI is" : " absolute URIs are") +
        " matched by no step and below no target";
    const char* hint =
        "add a step for them, or say 'untouched-uris: allow' under 'output' if they are to stay";
    if (policy == Untouched::fail) {
      unmet("E-RULE-UNMATCHED-URI", message, {}, std::move(notes), hint);
      return;
    }
    Diagnostic d;
    d.severity = Severity::warning;
    d.code = "W-RULE-UNMATCHED-URI";
    d.message = message;
    d.subject = source_.name();
    d.notes = std::move(notes);
    diagnostics_.report(std::move(d));
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

  // ------------------------------------------------------------------------ read back

  // False where the medium can't be read back.
  bool verify(ByteSink& sink) {
    const auto written = sink.written();
    if (written == nullptr) return false;
    if (report_.path == RunReport::Path::reencoded) {
      verify_model(*written);
    } else {
      verify_bytes(*written, sink.digest());
    }
    return true;
  }

  [[noreturn]] void fail_verify(const std::string& message) const {
    throw IoError("E-VERIFY", message, source_.name(),
                  "nothing was put in place; if the disk is sound, please report this as a bug");
  }

  // Into aligned memory, like ByteReader: the kernel copies twice as fast.
  void verify_bytes(ByteSource& written, std::uint64_t digest) const {
    const auto feed = written.open();
    const PageBuffer buffer = allocate_pages(ByteReader::kWindow);
    Digest again;
    while (const std::size_t got = feed->read({buffer.get(), ByteReader::kWindow})) {
      again.update({buffer.get(), got});
    }
    if (again.value() != digest) fail_verify("what was read back differs from what was written");
  }

  void verify_model(ByteSource& written) const {
    ReleasingFeed feed(written.open(), source_);
    ByteReader in(feed, written.size());
    try {
      in.take(kHeaderBytes);
      const auto place = guarded_call(codec_name(target_), [&] {
        return target_.codec->difference(tree_->root(), target_.dialect, in);
      });
      if (place) fail_verify("what was read back differs from the snapshot in memory at " + *place);
    } catch (const FormatError& error) {
      fail_verify(std::string("what was written can't be read back: ") + error.what());
    }
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
  std::vector<Diagnostic> unmet_;
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
