// Takes note of what a conversion meets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "conversion/finding_kinds.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/host/conversion.hpp"
#include "stateferry/model/model_path.hpp"

namespace stateferry::conversion {

/// A finding of this kind, without a place.
inline ConversionFinding finding_of(const FindingKind& kind) {
  ConversionFinding finding;
  finding.loss = kind.loss;
  finding.what = kind.what;
  finding.reason = kind.reason;
  finding.remedy = kind.remedy;
  finding.reversible = kind.reversible;
  finding.needs_base_uri = &kind == &kRelativeUnknown;
  return finding;
}

/// Collects findings: those of one kind at one operator are one, with a count and places.
class Ledger {
 public:
  explicit Ledger(ConversionAccount& account) : account_(account) {}

  void enter_operator(const OperatorState& op, std::uint32_t index) {
    op_ = ConversionFinding::Operator{index, to_hex(op.id), to_utf8(op.uid), to_utf8(op.name)};
  }
  void note(const FindingKind& kind, const ModelPath& path, std::uint64_t count) {
    const auto key = std::make_pair(&kind, op_ ? op_->index : kWhole);
    const auto [at, added] = index_.try_emplace(key, account_.findings.size());
    if (added) {
      account_.findings.push_back(finding_of(kind));
      account_.findings.back().op = op_;
    }
    ConversionFinding& finding = account_.findings[at->second];
    finding.count += count;
    if (finding.places.size() < ConversionFinding::kMostPlaces) {
      finding.places.push_back(path.text());
    }
  }

 private:
  static constexpr std::uint32_t kWhole = 0xFFFFFFFF;
  ConversionAccount& account_;
  std::optional<ConversionFinding::Operator> op_;
  std::map<std::pair<const FindingKind*, std::uint32_t>, std::size_t> index_;
};

}  // namespace stateferry::conversion
