// What `convert` says of a run: text for people, JSON, the diff, the record.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "commands/convert/options.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// Writes changes as text, grouped by operator, line by line.
class DiffWriter {
 public:
  using Line = std::function<void(const std::string&)>;
  /// `line` takes each line without its end. `names` may be null.
  DiffWriter(Line line, const OperatorNames* names) : line_(std::move(line)), names_(names) {}
  void change(const Change& change);
  void change(const OperatorChange& change);

 private:
  void under(const OperatorKey* op);

  Line line_;
  const OperatorNames* names_;
  std::string heading_;
};

/// One change as a JSON object.
void write_change(JsonText& json, const Change& change);
void write_change(JsonText& json, const OperatorChange& change);

/// The whole account of a conversion, as lines for people.
std::string account_text(const ConversionAccount& account);
/// Adds it to an object of JSON, as the member `conversion`.
void write_account(JsonText& json, const ConversionAccount& account);

/// The counts of each step and the verdict, as lines for people.
std::string report_text(const RunReport& report, const ConvertJob& job,
                        const ConvertOptions& options);

/// The members of a run's JSON object: what went in and out, and all counts.
void write_run_members(JsonText& json, const RunReport& report, const ConvertJob& job,
                       const ConvertOptions& options);

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
