// What `convert` says of a run as JSON.
#pragma once

#include <optional>

#include "commands/convert/options.hpp"
#include "stateferry/host/pipeline.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// One change as a JSON object.
void write_change(JsonText& json, const Change& change);
void write_change(JsonText& json, const OperatorChange& change);

/// Adds all counts of a run to its object.
void write_counts(JsonText& json, const RunReport& report);

/// The members of a run's JSON object: what went in and out, and all counts.
void write_run_members(JsonText& json, const RunReport& report, const ConvertJob& job,
                       const ConvertOptions& options);

/// The members of the object of a run that failed; with the account of a conversion where that is
/// why.
void write_failure(JsonText& json, const ConvertJob& job, const Diagnostic& failure,
                   const std::optional<ConversionAccount>& account);

}  // namespace stateferry::cli
