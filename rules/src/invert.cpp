#include "stateferry/rules/invert.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/rules/resolved.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

using Bytes = std::vector<std::byte>;
using Locations = std::vector<TrialLocation>;

bool holds_secret(const ParamNode& node) {
  const auto in_entry = [](const ParamEntry& entry) {
    return entry.key.secret || holds_secret(entry.value);
  };
  return node.secret || std::any_of(node.items.begin(), node.items.end(), holds_secret) ||
         std::any_of(node.entries.begin(), node.entries.end(), in_entry);
}

/// `step` alone, judged by nothing but what it does.
Pipeline alone(Step step) {
  step.expect.clear();
  Pipeline pipeline;
  pipeline.steps.push_back(std::move(step));
  pipeline.untouched_uris = Untouched::allow;
  return pipeline;
}

/// What the reverse of a step selects by. What the step itself changes says nothing afterwards: the
/// URI and with it the scope, the kind of a handle, the name of an operator. The proof tells
/// whether the rest is enough.
Selector reversed(const Step& step) {
  Selector where = step.where;
  where.uri_schemes.clear();
  where.uri_globs.clear();
  where.scopes.clear();
  const TransformKind kind = step.transform->kind();
  if (kind == TransformKind::handle) where.handles.clear();
  if (kind == TransformKind::document) where = {};
  return where;
}

std::string shown(const TrialLocation& location) {
  return "'" + location.text + "' (" + location.path + ")";
}

/// Two locations that show why a step can't be reversed.
std::vector<std::string> offending(const Locations& before, const Locations& after,
                                   const Locations& back) {
  if (before.size() != after.size() || before.size() != back.size()) return {};
  const auto differs = [](const Locations& a, const Locations& b, std::size_t i) {
    return a[i].text != b[i].text || a[i].kind != b[i].kind;
  };
  std::size_t wrong = 0;
  while (wrong < before.size() && !differs(before, back, wrong)) ++wrong;
  if (wrong == before.size()) return {};
  // The other one: moved by the step, and as near as there is one.
  std::optional<std::size_t> other;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (i == wrong || !differs(before, after, i)) continue;
    const bool is_near = parent_of(after[i].text) == parent_of(after[wrong].text);
    if (!other || is_near) other = i;
    if (is_near) break;
  }
  std::vector<std::string> notes;
  if (differs(before, after, wrong)) {
    notes.push_back(shown(before[wrong]) + " becomes '" + after[wrong].text +
                    "', of which the reverse makes '" + back[wrong].text + "'");
  } else {
    notes.push_back(shown(before[wrong]) + " is left alone, but the reverse makes '" +
                    back[wrong].text + "' of it");
  }
  if (other) {
    notes.push_back(shown(before[*other]) + " becomes '" + after[*other].text + "', as it should");
  }
  return notes;
}

/// See invert_rules().
class Inverter {
 public:
  Inverter(const RuleFile& file, const InvertBench& bench, DiagnosticSink& sink)
      : file_(file), bench_(bench), sink_(sink) {}

  std::optional<ParamNode> run(const Pipeline& pipeline, ByteSource& source) {
    const auto all = source.bytes();
    const Bytes original(all.begin(), all.end());
    Bytes moved;
    run_over(pipeline, original, moved);  // all that the rules themselves have to say
    Bytes now = original;
    for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
      if (!reverse(pipeline.steps[i], file_.steps[i], now)) return std::nullopt;
    }
    if (steps_.empty()) {
      report(pipeline.steps.empty() ? SourceMark{} : pipeline.steps.front().mark,
             "the rules change nothing in this snapshot, so there is nothing to reverse", {},
             "--against takes the _metadata from before the run");
      return std::nullopt;
    }
    std::reverse(steps_.begin(), steps_.end());
    return prove(moved, original);
  }

 private:
  void report(const SourceMark& mark, std::string message, std::vector<std::string> notes = {},
              std::string hint = {}) {
    sink_.report({.code = "E-RULE-NOT-INVERTIBLE",
                  .message = std::move(message),
                  .mark = mark,
                  .hint = std::move(hint),
                  .notes = std::move(notes)});
  }

  bool refuse(const Step& step, const std::string& why, std::vector<std::string> notes = {}) {
    report(step.mark, "step '" + step.id + "' can't be reversed: " + why, std::move(notes));
    return false;
  }

  RunReport run_over(const Pipeline& pipeline, const Bytes& in, Bytes& out,
                     std::function<void(const Change&)> on_change = nullptr) {
    out.clear();
    const auto source = memory_source(in, "the snapshot");
    const auto sink = memory_sink(out);
    RunOptions options;
    options.base_uri = bench_.base_uri;
    options.default_file_system = bench_.default_file_system;
    options.on_change = std::move(on_change);
    DiagnosticList warnings;
    return bench_.run(pipeline, *source, *sink, options, warnings);
  }

  Locations locations(const Bytes& bytes) const {
    return bench_.list(memory_source(bytes, "the snapshot"));
  }

  /// Takes `now` from before the step to behind it and keeps the step that leads back.
  bool reverse(const Step& step, const StepSpec& spec, Bytes& now) {
    if (step.transform->kind() == TransformKind::assertion) return true;
    Bytes after;
    std::vector<std::string> changed;
    try {
      const RunReport report = run_over(alone(step), now, after, [&](const Change& change) {
        changed.emplace_back(change.before);
      });
      if (!report.changed()) return true;
    } catch (const Error& error) {
      return refuse(step, error.diagnostic().message);
    }
    if (holds_secret(spec.with)) {
      return refuse(step, "its parameters hold a secret, which the reverse file would show");
    }
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    const InverseContext context{changed, bench_.base_uri};
    Inverse inverse = guarded_call(step.uses, [&] { return step.transform->inverse(context); });
    if (const auto* none = std::get_if<NoInverse>(&inverse)) return refuse(step, none->reason);
    StepSpec back = spec_of(step, std::get<InverseStep>(std::move(inverse)));
    if (!is_proved(step, back, now, after)) return false;
    steps_.push_back(std::move(back));
    now = std::move(after);
    return true;
  }

  static StepSpec spec_of(const Step& step, InverseStep inverse) {
    StepSpec spec;
    spec.id = "undo-" + step.id;
    spec.uses = std::move(inverse.uses);
    spec.with = std::move(inverse.with);
    spec.accept = std::move(inverse.accept);
    spec.where = reversed(step);
    spec.mark = spec.uses_mark = step.mark;
    return spec;
  }

  bool is_proved(const Step& step, const StepSpec& spec, const Bytes& before, const Bytes& after) {
    DiagnosticList problems;
    RuleFile one;
    one.steps = {spec};
    const auto pipeline = build_pipeline(one, bench_.transforms, bench_.plugin_version, problems);
    if (!pipeline) {
      return refuse(step, "the reverse step that its plugin names is not valid: " +
                              (problems.all().empty() ? std::string("no reason is given")
                                                      : problems.all().front().message));
    }
    Bytes back;
    try {
      run_over(alone(pipeline->steps.front()), after, back);
    } catch (const Error& error) {
      return refuse(step, "the reverse is stopped: " + error.diagnostic().message);
    }
    if (back == before) return true;
    auto notes = offending(locations(before), locations(after), locations(back));
    const std::string why = notes.empty() ? "the reverse step makes another snapshot of its result"
                                          : "what it has moved can't be told from what it has not";
    return refuse(step, why, std::move(notes));
  }

  /// All reverse steps together; each was proved alone, so this holds unless a plugin is at fault.
  std::optional<ParamNode> prove(const Bytes& moved, const Bytes& original) {
    RuleFile reverse;
    if (!file_.name.empty()) reverse.name = file_.name + ".reverse";
    reverse.steps = steps_;
    for (const PluginRange& plugin : file_.plugins) {
      const bool used = std::any_of(steps_.begin(), steps_.end(), [&](const StepSpec& step) {
        return step.uses.starts_with(plugin.name + ".");
      });
      if (used) reverse.plugins.push_back(plugin);
    }
    reverse.output.untouched_uris = Untouched::allow;
    auto pipeline = build_pipeline(reverse, bench_.transforms, bench_.plugin_version, sink_);
    if (!pipeline) return std::nullopt;
    Bytes back;
    const RunReport report = run_over(*pipeline, moved, back);
    if (back != original) {
      this->report({}, "the reverse steps together don't give the snapshot back");
      return std::nullopt;
    }
    if (report.untouched == 0) reverse.output.untouched_uris = Untouched::fail;
    return resolved_rules(reverse, &*pipeline, nullptr);
  }

  const RuleFile& file_;
  const InvertBench& bench_;
  DiagnosticSink& sink_;
  std::vector<StepSpec> steps_;
};

}  // namespace

std::optional<ParamNode> invert_rules(const RuleFile& file, const Pipeline& pipeline,
                                      ByteSource& source, const InvertBench& bench,
                                      DiagnosticSink& sink) {
  return Inverter(file, bench, sink).run(pipeline, source);
}

}  // namespace stateferry
