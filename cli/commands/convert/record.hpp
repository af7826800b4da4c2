// The record of a run that `convert --record` writes.
#pragma once

#include <string>

#include "commands/convert/options.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry::cli {

/// Digests that a record holds.
struct RecordSums {
  std::string input;   ///< SHA-256, hex
  std::string output;  ///< SHA-256, hex; empty: nothing was written
  std::string uids;    ///< SHA-256 of the file of --uids, hex; empty: none was given
};
/// The record of a run: versions, digests, counts, accepted hazards; no secrets, no environment.
/// `rules` may be null.
std::string record_text(const RunReport& report, const ConvertJob& job,
                        const ConvertOptions& options, const RuleFile* rules,
                        const RecordSums& sums, const PluginRegistry& registry);

}  // namespace stateferry::cli
