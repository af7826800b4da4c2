#include "commands/inspect_page.hpp"

#include <filesystem>
#include <set>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/report_page.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {
namespace {

// The directory that a snapshot's files are looked for from.
std::string base_for(const std::string& argument, const SnapshotRun& run) {
  const std::string& given = run.args().base_uri;
  if (!given.empty()) return uri_of_argument(given);
  std::string base = directory_anywhere(argument);
  if (!base.empty()) return base;
  throw Error("E-ARG-USAGE", "--html shows where files lie, which nobody knows of a stream",
              "say with --base-uri where the snapshot lies");
}

// A page that is put in the place of a state file would cost the job its state.
void keep_state_files(const References& references) {
  std::vector<PlanRow> rows;
  for (const Reference& file : references.files) {
    if (scheme_of(file.uri) == "file") rows.emplace_back().source = file.uri;
  }
  run_files().copies(rows);
  run_files().check();
}

class PageRun {
 public:
  PageRun(const PageOptions& options, SnapshotRun& run, const OperatorNames* names,
          const InventoryWriter& inventory_json)
      : options_(options), run_(run), inventory_json_(inventory_json), names_(names) {}

  void add(const std::string& argument) {
    const std::string base = base_for(argument, run_);
    PartReader snapshot(open_anywhere(argument, run_.stores), run_.registry, run_.problems);
    const std::string& file_system = run_.stores.default_file_system();
    const std::string name = snapshot.input().name();
    if (!known_.insert(argument == "-" ? argument : canonical_uri(pointer_uri(argument))).second) {
      throw Error({.code = "E-ARG-USAGE",
                   .message = "this snapshot is named twice",
                   .subject = argument,
                   .hint = "name each once: the page compares them"});
    }
    const Inventory inventory =
        take_inventory(snapshot, run_.registry.dialects(), base, file_system, names_);
    const References references = collect_references(snapshot, base, file_system);
    if (options_.force && std::filesystem::exists(local_path(options_.file))) {
      keep_state_files(references);
    }
    JsonText json(JsonText::Style::compact, JsonText::Secrets::left_out);
    inventory_json_(json, inventory, name);
    data_.add(inventory, references, json.text());
  }

  const ReportData& data() const noexcept { return data_; }

 private:
  const PageOptions& options_;
  SnapshotRun& run_;
  const InventoryWriter& inventory_json_;
  const OperatorNames* const names_;
  std::set<std::string> known_;
  ReportData data_;
};

}  // namespace

CLI::Option* add_page_options(CLI::App& app, PageOptions& options) {
  app.add_option("SNAPSHOTS", options.more, "more snapshots of the job: which share what")
      ->type_name("");
  CLI::Option* const html = app.add_option("--html", options.file,
                                           "write a page for browsers: figures, charts, all files")
                                ->type_name("FILE");
  app.add_flag("--force", options.force, "replace an existing FILE of --html");
  return html;
}

void check_page_usage(const PageOptions& options, bool lists) {
  if (!options.file.empty() && lists) {
    throw Error("E-ARG-USAGE", "--html shows all files and operators, and prints no list",
                "leave --html away, or the list");
  }
  if (!options.file.empty()) return;
  if (options.force) {
    throw Error("E-ARG-USAGE", "--force is for the file of --html", "name one with --html FILE");
  }
}

ExitCode write_page(const PageOptions& options, const std::vector<std::string>& snapshots,
                    SnapshotRun& run, const OperatorNames* names,
                    const InventoryWriter& inventory_json) {
  if (snapshots.size() > 1 && !run.args().base_uri.empty()) {
    throw Error("E-ARG-USAGE", "--base-uri is where one snapshot lies, and here are several",
                "leave it away, or name one snapshot");
  }
  const auto output = open_output("--html", options.file, {.replace = options.force});
  PageRun page(options, run, names, inventory_json);
  for (const std::string& snapshot : snapshots) page.add(snapshot);
  run_files().check();
  write_report_page(page.data(), *output);
  output->commit();
  say("wrote " + shown(options.file) + ": " + count_of(page.data().snapshots(), "snapshot") + ", " +
      count_of(page.data().files(), "file"));
  return ExitCode::ok;
}

}  // namespace stateferry::cli
