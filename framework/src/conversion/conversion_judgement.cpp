#include "conversion/conversion_judgement.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

Diagnostic complaint(const ConversionFinding& finding, OnLoss on_loss, const std::string& subject) {
  const bool impossible = finding.loss == LossClass::impossible;
  Diagnostic d;
  d.severity = impossible || on_loss == OnLoss::fail ? Severity::error : Severity::warning;
  d.code = finding.needs_base_uri          ? "E-RULE-BASE-URI"
           : impossible                    ? "E-CAPABILITY-IMPOSSIBLE"
           : d.severity == Severity::error ? "E-CAPABILITY-LOSS"
                                           : "W-CAPABILITY-LOSS";
  d.message = finding.reason;
  d.subject = subject;
  d.place = BytePlace{std::nullopt, finding.places.front()};
  d.hint = finding.remedy;
  if (d.code == "E-CAPABILITY-LOSS") {
    d.hint += std::string(d.hint.empty() ? "" : "; ") + "'--on-loss report' accepts that";
  }
  return d;
}

// `operator 3  uid:x  "name"  hash:0f…  at operators[3].coordinator`.
std::string note_of(const ConversionFinding& finding) {
  const ConversionFinding::Operator& op = *finding.op;
  std::string text = "operator " + std::to_string(op.index);
  if (!op.uid.empty()) text += "  uid:" + op.uid;
  if (!op.name.empty()) text += "  \"" + op.name + "\"";
  text += "  hash:" + op.hash + "  at " + finding.places.front();
  if (finding.count > 1) text += " and " + std::to_string(finding.count - 1) + " more";
  return text;
}

void shorten(std::vector<std::string>& notes) {
  constexpr std::size_t kMost = 50;
  if (notes.size() <= kMost) return;
  const std::size_t more = notes.size() - kMost;
  notes.resize(kMost);
  notes.push_back("and " + std::to_string(more) +
                  " more operators; --explain-target and --json list them all");
}

// One message for each reason; its notes are the operators.
std::vector<Diagnostic> complaints(const ConversionAccount& account, OnLoss on_loss,
                                   const std::string& subject) {
  std::vector<Diagnostic> all;
  for (const ConversionFinding& finding : account.findings) {
    if (finding.loss == LossClass::lossless) continue;
    auto same = std::find_if(all.begin(), all.end(),
                             [&](const Diagnostic& d) { return d.message == finding.reason; });
    if (same == all.end()) same = all.insert(same, complaint(finding, on_loss, subject));
    if (finding.op) same->notes.push_back(note_of(finding));
  }
  for (Diagnostic& d : all) shorten(d.notes);
  return all;
}

Diagnostic caution(const ConversionCaution& caution, const std::string& subject) {
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-CAPABILITY-CONFIG";
  d.message = caution.reason;
  d.subject = subject;
  d.place = BytePlace{std::nullopt, caution.place};
  if (caution.operators > 1) {
    d.notes.push_back("and " + std::to_string(caution.operators - 1) + " more operators");
  }
  d.hint = caution.remedy;
  return d;
}

// What must be dealt with first, first: its code gives the run its exit code.
int rank(const Diagnostic& d) {
  return d.code == "E-CAPABILITY-IMPOSSIBLE" ? 0 : d.code == "E-RULE-BASE-URI" ? 1 : 2;
}

}  // namespace

void judge_conversion(const ConversionAccount& account, OnLoss on_loss, const std::string& subject,
                      DiagnosticSink& sink) {
  const LossClass worst = account.worst();
  const bool refused = worst == LossClass::impossible ||
                       (worst == LossClass::drops_information && on_loss == OnLoss::fail);
  std::vector<Diagnostic> all = complaints(account, on_loss, subject);
  std::stable_sort(all.begin(), all.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return rank(a) < rank(b); });
  for (std::size_t i = refused ? 1 : 0; i < all.size(); ++i) sink.report(all[i]);
  for (const ConversionCaution& each : account.cautions) sink.report(caution(each, subject));
  if (!refused) return;
  CapabilityError error(all[0].code, all[0].message, "");
  error.diagnostic() = std::move(all[0]);
  throw error;
}

}  // namespace stateferry
