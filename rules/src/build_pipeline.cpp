#include "stateferry/rules/build_pipeline.hpp"

#include <algorithm>
#include <utility>

#include "problems.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"

namespace stateferry {
namespace {

void report(DiagnosticSink& sink, const SourceMark& mark, std::string code, std::string message,
            std::string hint = {}) {
  sink.report({.code = std::move(code),
               .message = std::move(message),
               .mark = mark,
               .hint = std::move(hint)});
}

/// What was thrown, at the place in the rules that led to it.
void report(DiagnosticSink& sink, const SourceMark& mark, const Error& error) {
  Diagnostic diagnostic = error.diagnostic();
  if (!diagnostic.mark) {
    diagnostic.mark = mark;
    // The mark takes the place of the file that the error is about, such as that of a plugin.
    if (!diagnostic.subject.empty()) diagnostic.notes.push_back("about " + diagnostic.subject);
  }
  sink.report(std::move(diagnostic));
}

void check_plugin(const PluginRange& plugin, const VersionLookup& plugin_version,
                  DiagnosticSink& sink) {
  try {
    const std::string version = plugin_version(plugin.name);
    if (version.empty()) {
      report(sink, plugin.mark, "E-RULE-PLUGIN",
             "the plugin '" + plugin.name + "' is not installed",
             "the rules need " + plugin.range.text);
    } else if (!plugin.range.contains(version)) {
      report(sink, plugin.mark, "E-RULE-PLUGIN",
             "the plugin '" + plugin.name + "' is of version " + version + ", the rules need " +
                 plugin.range.text);
    }
  } catch (const Error& error) {
    report(sink, plugin.mark, error);
  }
}

/// The unconfigured transform of a step; null after a report.
std::shared_ptr<Transform> make_transform(const StepSpec& step, const TransformFactory& transforms,
                                          DiagnosticSink& sink) {
  try {
    if (auto transform = transforms.make(step.uses)) return transform;
    const auto names = transforms.names ? transforms.names() : std::vector<std::string>();
    report(sink, step.uses_mark, "E-RULE-UNKNOWN-TRANSFORM",
           "there is no transform '" + step.uses + "'" + did_you_mean(step.uses, names));
  } catch (const Error& error) {
    report(sink, step.uses_mark, error);
  }
  return nullptr;
}

void configure(Transform& transform, const StepSpec& step, DiagnosticSink& sink) {
  try {
    ParamBinder binder(&step.with, step.uses_mark, step.accept, sink, step.accept_marks);
    // guarded_call() comes with host/pipeline.hpp; the registry beside it is none of our business.
    guarded_call(step.uses, [&] { transform.configure(binder); });
    // For transforms that forget to: unknown parameters must not pass.
    binder.finish();
  } catch (const Error& error) {
    report(sink, step.uses_mark, error);
  }
}

/// Whether `where` asks for what the transform decides about.
void check_where(const StepSpec& step, const Transform& transform, DiagnosticSink& sink) {
  if (transform.kind() != TransformKind::document || step.where.only_operators()) return;
  report(sink, step.mark, "E-RULE-VALUE",
         "step '" + step.id + "' is about operators, so its 'where' can't ask for anything else",
         "leave out 'role', 'scope', 'handle' and 'uri'");
}

Step make_step(const StepSpec& spec, std::shared_ptr<const Transform> transform) {
  Step step;
  step.id = spec.id;
  step.uses = spec.uses;
  step.transform = std::move(transform);
  step.where = spec.where;
  step.expect = spec.expect;
  step.mark = spec.mark;
  return step;
}

void report_sorted(const DiagnosticList& found, const RuleFile& file, DiagnosticSink& sink) {
  std::vector<Diagnostic> sorted = found.all();
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return rules::is_before(a.mark, b.mark, file.sources);
  });
  rules::report_first(std::move(sorted), 0, sink);
}

}  // namespace

std::optional<Pipeline> build_pipeline(const RuleFile& file, const TransformFactory& transforms,
                                       const VersionLookup& plugin_version, DiagnosticSink& sink) {
  DiagnosticList found;
  Pipeline pipeline;
  bool complete = file.valid;
  for (const PluginRange& plugin : file.plugins) check_plugin(plugin, plugin_version, found);
  for (const StepSpec& spec : file.steps) {
    if (!spec.bindable || !spec.unset.empty()) complete = false;
    if (spec.uses.empty()) continue;
    const auto transform = make_transform(spec, transforms, found);
    if (transform == nullptr || !spec.bindable) continue;
    configure(*transform, spec, found);
    check_where(spec, *transform, found);
    pipeline.steps.push_back(make_step(spec, transform));
  }
  report_sorted(found, file, sink);
  if (!complete || found.errors() > 0) return std::nullopt;
  pipeline.require = file.require;
  pipeline.untouched_uris = file.output.untouched_uris;
  pipeline.output = file.output.format;
  return pipeline;
}

}  // namespace stateferry
