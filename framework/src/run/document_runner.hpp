// Runs one document step: which operators its `where` selects, what the transform does to them, and
// the counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/location_runner.hpp"
#include "stateferry/model/document.hpp"

namespace stateferry {

/// See the head of this file. Serves one step of one pass.
class DocumentRunner final : public DocumentContext {
 public:
  DocumentRunner(const Step& step, StepCounts& counts, RunState& state, Document& document,
                 DiagnosticSink& diagnostics);

  /// Applies the transform, takes out what it dropped, counts and shows the changes.
  void run();

  DiagnosticSink& sink() const override { return diagnostics_; }
  bool selects(std::uint32_t op) const override;
  OperatorKey key(std::uint32_t op) const override { return keys_.at(op); }
  bool knows_uids() const override { return state_.seen.uids; }
  bool knows_names() const override { return state_.seen.names; }
  bool stores_operator_names() const override { return state_.stores_operator_names; }
  void already(std::uint32_t op) override;
  void changed(std::uint32_t op, std::string_view field, std::string_view before,
               std::string_view after) override;
  void drop(std::uint32_t op) override;
  void changed_elsewhere() override { ++state_.report.other_changes; }

 private:
  enum class Effect : std::uint8_t { unselected, unmatched, already, changed, dropped };
  struct FieldChange {
    std::uint32_t op;
    std::string field;
    std::string before;
    std::string after;
  };

  void select();
  Effect& effect_of(std::uint32_t op);
  void take_out_dropped();
  void count();
  void show_changes() const;

  const Step& step_;
  StepCounts& counts_;
  RunState& state_;
  Document& document_;
  DiagnosticSink& diagnostics_;
  std::vector<OperatorKey> keys_;  // as they were, by position
  std::vector<Effect> effects_;
  std::vector<FieldChange> changes_;
};

}  // namespace stateferry
