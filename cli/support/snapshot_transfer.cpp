#include "support/snapshot_transfer.hpp"

#include <cstdlib>
#include <utility>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/transfer/journal_place.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/inline_uris.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {

SnapshotTransfer begin_transfer(Snapshot snapshot, SnapshotRun& run) {
  SnapshotTransfer transfer{run.registry, run.stores, run.problems, std::move(snapshot)};
  transfer.copying = copy_options(run.args().stores);
  return transfer;
}

Pipeline pipeline_of(SnapshotTransfer& m, const std::string& rules) {
  RuleInputs inputs;
  DiagnosticList problems;
  const auto file = parse_rule_file("the rules of this run", rules, inputs, problems);
  auto pipeline =
      file ? build_pipeline(*file, transforms_of(m.registry), versions_of(m.registry), problems)
           : std::nullopt;
  for (const Diagnostic& problem : problems.all()) {
    // Such as a plugin that can't be loaded.
    if (problem.severity == Severity::error) throw Error(problem);
    m.problems.report(problem);
  }
  if (pipeline) return std::move(*pipeline);
  throw Error("E-INTERNAL", "the rules of this run are not understood");
}

std::string journal_path(const std::string& given, const SnapshotTransfer& m) {
  if (!given.empty()) return given;
  const std::string folder = journal_folder([](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
  if (folder.empty()) {
    m.problems.report(
        {.severity = Severity::warning,
         .code = "W-MOVE-NO-JOURNAL",
         .message = "no journal is kept: no private directory for it can be made",
         .hint = "after an interruption every file is looked at again; --journal FILE keeps one"});
    return {};
  }
  return journal_of(folder, m.snapshot.pointer, m.new_pointer());
}

void hold_files(const SnapshotTransfer& m) {
  if (scheme_of(m.new_pointer()) == "file") {
    run_files().writes(kTheSnapshot, local_path(m.new_pointer()));
  }
  if (!m.journal.empty()) run_files().writes("--journal", m.journal);
  run_files().copies(m.rows);
  run_files().check();
}

std::string files_text(const SnapshotTransfer& m, bool dry_run) {
  const RowTotals totals = totals_of(m.rows);
  std::string text = count_of(m.rows.size(), "file") + ", " + (totals.exact ? "" : "at least ") +
                     human_size(totals.bytes);
  if (dry_run || m.was_there) return text;
  return text + (m.no_copy ? "; nothing was copied" : "; " + copy_text(m.copied));
}

std::string modes_text(const SnapshotTransfer& m) {
  // What is said of several modes is said once, the good first.
  std::vector<std::pair<std::string_view, std::string>> groups;
  for (const RestoreMode& mode : m.modes) {
    auto same = std::find_if(groups.begin(), groups.end(),
                             [&](const auto& group) { return group.first == mode.why; });
    if (same == groups.end()) {
      const auto at = mode.why.empty() ? groups.begin() : groups.end();
      same = groups.insert(at, {mode.why, std::string()});
    }
    same->second += (same->second.empty() ? "" : ", ") + std::string(mode.name);
  }
  std::string text;
  for (const auto& [why, names] : groups) {
    text += (text.empty() ? "restore    " : "\n           ") + names + ": ";
    text +=
        why.empty() ? "the job goes on" : "the job starts, and does not go on: " + std::string(why);
  }
  return text;
}

std::string start_text(const std::string& directory) {
  return "start the job from  " + shown(directory);
}

void write_transfer_members(JsonText& json, const SnapshotTransfer& m) {
  const RowTotals totals = totals_of(m.rows);
  json.member("start-from", m.new_base);
  json.member("done-before", m.was_there);
  json.member("files", std::uint64_t{m.rows.size()});
  json.member("bytes", totals.bytes);
  json.member("bytes-exact", totals.exact);
  write_copy_members(json, m.copied);
  write_inline_uris(json, m.inline_uris);
  write_modes(json, m);
}

void write_modes(JsonText& json, const SnapshotTransfer& m) {
  json.object("restore-modes", [&] {
    for (const RestoreMode& mode : m.modes) {
      json.object(mode.name, [&] {
        json.member("restores", mode.restores);
        json.member("goes-on", mode.goes_on);
        if (!mode.why.empty()) json.member("why", mode.why);
      });
    }
  });
}

}  // namespace stateferry::cli
