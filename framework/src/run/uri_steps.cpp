#include "run/uri_steps.hpp"

#include <algorithm>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

// Whether the steps would change this text if it were that of a handle, whatever they select.
bool would_change(const Pipeline& pipeline, const std::string& text) {
  std::string uri = normalize_flink_path(text).value_or(text);
  return std::any_of(pipeline.steps.begin(), pipeline.steps.end(), [&](const Step& step) {
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

void note_residual(RunReport& report, const OperatorNames* names, const Location& place) {
  std::string op;
  if (place.op != nullptr) {
    const OperatorKey key = names != nullptr ? names->complete(*place.op) : *place.op;
    op = operator_text(key);
  }
  const Role role = primary_role(place.roles);
  // Those of an operator stand together, so those of others before it are not looked at.
  for (auto one = report.residuals.rbegin(); one != report.residuals.rend() && one->op == op;
       ++one) {
    if (one->role != role) continue;
    ++one->count;
    return;
  }
  report.residuals.push_back({std::move(op), role, 1});
}

}  // namespace

std::string moved_base(const Pipeline& pipeline, const std::string& base) {
  if (base.empty()) return {};
  std::string text = base + "/_metadata";
  for (const Step& step : pipeline.steps) {
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

void note_inline_uri(RunReport& report, const Pipeline& pipeline, const OperatorNames* names,
                     const Location& place, const FoundUri& uri) {
  report.inline_uris.add(place, uri, names);
  if (!would_change(pipeline, uri.text)) return;
  report.inline_uris_moved.add(place, uri, names);
  note_residual(report, names, place);
}

void judge_residuals(const RunReport& report, bool state_moves, bool fail,
                     const std::string& subject, DiagnosticSink& sink) {
  if (report.residuals.empty() || (!state_moves && report.changed_locations == 0)) return;
  Diagnostic d;
  d.severity = fail ? Severity::error : Severity::warning;
  d.code = fail ? "E-RESIDUAL" : "W-RESIDUAL";
  d.message = "places that were replaced in the handles still stand in inline state";
  d.subject = subject;
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < report.residuals.size() && i < kShown; ++i) {
    const Residual& one = report.residuals[i];
    d.notes.push_back((one.op.empty() ? "the master" : one.op) + ", " +
                      std::string(role_name(one.role)) + ": " + std::to_string(one.count) +
                      (one.count == 1 ? " URI" : " URIs"));
  }
  if (report.residuals.size() > kShown) {
    d.notes.push_back("… and " + std::to_string(report.residuals.size() - kShown) + " more");
  }
  d.hint = fail ? "'scan' names each of them; without --fail-on-residual this is a warning"
                : "'scan' names each of them; --fail-on-residual makes an error of it";
  if (fail) throw RuleError(std::move(d));
  sink.report(std::move(d));
}

void warn_of_inline_uris(const RunReport& report, bool state_moves, const std::string& subject,
                         DiagnosticSink& sink) {
  const InlineUris& all = report.inline_uris;
  const InlineUris& moved = report.inline_uris_moved;
  if (all.count == 0 || (!state_moves && report.changed_locations == 0)) return;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-INLINE-URIS";
  d.message = "inline state holds " + std::to_string(all.count) +
              (all.count == 1 ? " URI that isn't rewritten" : " URIs that aren't rewritten");
  if (moved.count > 0) d.message += ", " + std::to_string(moved.count) + " below what moves";
  d.subject = subject;
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
  sink.report(std::move(d));
}

}  // namespace stateferry
