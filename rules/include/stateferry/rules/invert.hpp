// Makes the rule file that takes back what another did to one snapshot, and proves it on that
// snapshot: each step alone, then all together, must give the same bytes again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/host/trial.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry {

/// What inverting needs besides rules and snapshot: functions of the caller, all set.
struct InvertBench {
  TransformFactory transforms;
  VersionLookup plugin_version;
  /// list_locations() with the caller's plugins.
  std::function<std::vector<TrialLocation>(std::unique_ptr<ByteSource>)> list;
  /// Pipeline::run() with the caller's plugins.
  std::function<RunReport(const Pipeline&, ByteSource&, ByteSink&, const RunOptions&,
                          DiagnosticSink&)>
      run;
  std::string base_uri;  ///< directory of _metadata in Flink's form; empty: unknown
  /// What stands in front of locations without a scheme; see with_default_file_system().
  std::string default_file_system = std::string(kLocalFileSystem);
};

/// The tree of the reverse rule file (see rule_file_text()) of `file`, whose pipeline is
/// `pipeline`, for the snapshot in `source`. Steps that change nothing there, and assertions, have
/// no part in it. A step that can't be reversed is reported to `sink` (E-RULE-NOT-INVERTIBLE) with
/// the two locations that show it; then there is no tree. Throws Error where the rules themselves
/// are stopped on this snapshot.
std::optional<ParamNode> invert_rules(const RuleFile& file, const Pipeline& pipeline,
                                      ByteSource& source, const InvertBench& bench,
                                      DiagnosticSink& sink);

}  // namespace stateferry
