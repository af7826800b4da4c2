// One job of `convert`: an input is opened, rewritten and put in place.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands/convert/diff.hpp"
#include "commands/convert/options.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "support/json.hpp"
#include "support/operator_names.hpp"

namespace stateferry::cli {

/// What all jobs of one command share. Views what outlives it; const, so several threads may use
/// it.
struct ConvertBatch {
  const ConvertOptions& options;
  const Pipeline& pipeline;
  const RuleFile* rules;  ///< null: none were given
  const std::vector<ConvertJob>& jobs;
  const std::set<std::string>& made_in;  ///< directories that have new ones in them
  const LoadedNames names;               ///< of operators that the files do not name
  Stores* stores;                        ///< null: no job has an end in a store

  bool alone() const noexcept { return jobs.size() == 1; }
  /// Path or URI of the file that a job's input, which is not `-`, means. Throws IoError.
  std::string file_of(const ConvertJob& job) const;
};

/// Who is told of each change; both may be null.
struct ChangeListeners {
  std::function<void(const Change&)> location;
  std::function<void(const OperatorChange&)> op;
};
/// Listeners that pass every change to one of the two, as --diff and --json ask. Both outlive them.
ChangeListeners listeners(const ConvertOptions& options, DiffWriter& diff, JsonText& changes);

/// Runs a job; `account` gets that of a conversion, also of one that is refused. A registry serves
/// one thread. Throws Error.
RunReport run_job(const ConvertBatch& batch, const ConvertJob& job, PluginRegistry& registry,
                  ChangeListeners told, DiagnosticSink& problems,
                  std::optional<ConversionAccount>& account);

/// Makes what new names there are in some directories safe, as far as that is asked for.
void sync_all(const ConvertBatch& batch, const std::set<std::string>& directories);

}  // namespace stateferry::cli
