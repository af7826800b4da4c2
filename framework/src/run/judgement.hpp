// Whether a snapshot and what the steps have done to it are what the rules ask for.
#pragma once

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "run/location_runner.hpp"
#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// What one pass has found. Views what outlives the judgement.
struct PassFindings {
  const RunReport& report;
  const std::vector<LocationStep>& steps;                    ///< those that look at locations
  const std::unordered_set<std::string>& operators_missing;  ///< ids (hex) that were required
  const OperatorsSeen& seen;
};

/// Judges one pass. All that it is given outlives it but `subject`, the input's name for messages.
class Judgement {
 public:
  Judgement(const Pipeline& pipeline, PassFindings found, std::string subject,
            DiagnosticSink& diagnostics)
      : pipeline_(pipeline),
        found_(found),
        subject_(std::move(subject)),
        diagnostics_(diagnostics) {}

  /// Before the body is read. Throws RuleError for a version that the rules don't take.
  void judge_version(const Dialect& dialect);
  /// Reports all that is not as it should be; the first is thrown, as RuleError.
  void judge();

 private:
  void unmet(const char* code, std::string message, SourceMark mark,
             std::vector<std::string> notes = {}, std::string hint = {});
  void fail_if_unmet();
  void judge_requirements();
  void judge_steps();
  void judge_names(const Step& step);
  void judge_counts(std::size_t i);
  std::vector<std::string> missed_prefixes() const;
  void judge_untouched();

  const Pipeline& pipeline_;
  const PassFindings found_;
  const std::string subject_;
  DiagnosticSink& diagnostics_;
  std::vector<Diagnostic> unmet_;
};

}  // namespace stateferry
