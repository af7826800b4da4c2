#include "run/preflight.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// Whether an assertion looks into what stands behind inline handles: only a tree has that.
bool looks_into_state(const Step& step) {
  return step.transform->kind() == TransformKind::assertion &&
         std::find(step.where.handles.begin(), step.where.handles.end(), LocationKind::bytes) !=
             step.where.handles.end();
}

}  // namespace

bool is_string_step(const Step& step) {
  return step.transform->kind() == TransformKind::uri ||
         step.transform->kind() == TransformKind::assertion;
}

bool has_uri_step(const std::vector<Step>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return step.transform->kind() == TransformKind::uri; });
}

bool splices(const Pipeline& pipeline, const RunOptions& options) {
  return pipeline.only_strings() && !options.reencode && !pipeline.output.asks() &&
         std::none_of(pipeline.steps.begin(), pipeline.steps.end(), looks_into_state);
}

bool proves_as_it_goes(const Pipeline& pipeline, const RunOptions& options) {
  if (!splices(pipeline, options)) return false;
  std::size_t changing = 0;
  for (const Step& step : pipeline.steps) {
    const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
    if (transform == nullptr) continue;
    ++changing;
    if (!transform->injective() || !step.where.empty()) return false;
  }
  return changing <= 1;
}

bool must_judge_first(const Pipeline& pipeline, const RunOptions& options) {
  const Requirements& require = pipeline.require;
  return options.spool || !proves_as_it_goes(pipeline, options) || !require.snapshot.empty() ||
         !require.operators.empty() ||
         std::any_of(pipeline.steps.begin(), pipeline.steps.end(), [](const Step& step) {
           return !step.expect.empty() || step.transform->kind() == TransformKind::assertion;
         });
}

void check_base_uri(const Pipeline& pipeline, const RunOptions& options) {
  if (!options.base_uri.empty()) return;
  for (const Step& step : pipeline.steps) {
    const auto* handle = dynamic_cast<const HandleTransform*>(step.transform.get());
    if (step.where.scopes.empty() && (handle == nullptr || !handle->needs_base_uri())) continue;
    Diagnostic d;
    d.code = "E-RULE-BASE-URI";
    d.message = "step '" + step.id + "' needs to know where _metadata lies";
    d.mark = step.mark;
    d.hint = "say it with --base-uri, the directory of _metadata";
    throw RuleError(std::move(d));
  }
  if (pipeline.output.handles == HandleForm::keep) return;
  throw RuleError("E-RULE-BASE-URI", "'handles' under 'output' needs to know where _metadata lies",
                  "say it with --base-uri, the directory of _metadata");
}

}  // namespace stateferry
