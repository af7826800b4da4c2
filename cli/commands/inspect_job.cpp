#include "commands/inspect_job.hpp"

#include <optional>
#include <utility>

#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/table.hpp"
#include "support/times.hpp"

namespace stateferry::cli {
namespace {

// A snapshot, and what it has that the one before hasn't.
struct Row {
  const JobSnapshot* snapshot = nullptr;
  JobSnapshotFacts facts;  // without the files
  std::uint64_t files = 0;
  NewFiles fresh;
};

// From the oldest on, so that the files of two are held at a time.
std::vector<Row> read_all(const std::vector<JobSnapshot>& all, SnapshotRun& run) {
  std::vector<Row> rows(all.size());
  std::vector<FileMark> before;
  for (std::size_t i = all.size(); i-- > 0;) {
    Row& row = rows[i];
    row.snapshot = &all[i];
    row.facts = read_facts(all[i], run.stores, run.registry, run.problems);
    if (!row.facts.complete) continue;
    row.files = row.facts.files.size();
    row.fresh = new_files(row.facts.files, before);
    // A savepoint has files of its own, and the next checkpoint goes on from that before it.
    std::vector<FileMark> files = std::exchange(row.facts.files, {});
    if (all[i].number) before = std::move(files);
  }
  return rows;
}

const Row* newest_of(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    if (row.facts.complete) return &row;
  }
  return nullptr;
}

std::string time_of(const JobSnapshot& snapshot) {
  return snapshot.written ? iso_time(*snapshot.written / kNanoseconds) : std::string();
}

void print_rows(const std::string& argument, const std::vector<Row>& rows) {
  print(bold(shown(argument)) + "\n");
  Table table(
      {"SNAPSHOT", ">ID", "KIND", "WRITTEN", ">OPERATORS", ">FILES", ">SIZE", ">NEW", "COMPLETE"});
  for (const Row& row : rows) {
    const JobSnapshotFacts& f = row.facts;
    const std::string time = time_of(*row.snapshot);
    if (f.complete) {
      const std::string least = f.exact ? "" : "≥ ";
      table.row({row.snapshot->name, std::to_string(f.checkpoint_id),
                 std::string(snapshot_type_name(f.kind.type)), time.empty() ? "-" : time,
                 std::to_string(f.operators), grouped(row.files), least + human_size(f.bytes),
                 least + human_size(row.fresh.bytes), "yes"});
    } else {
      table.row({row.snapshot->name, "-", "-", time.empty() ? "-" : time, "-", "-", "-", "-",
                 "no: " + f.why});
    }
  }
  print(table.text(2));
  const Row* newest = newest_of(rows);
  print(newest == nullptr ? "none is complete\n"
                          : "the newest that is complete is " + shown(newest->snapshot->name) +
                                ": --latest takes it\n");
}

void write_row(JsonText& json, const Row& row) {
  const JobSnapshotFacts& f = row.facts;
  json.member("name", row.snapshot->name);
  json.member("uri", row.snapshot->uri);
  const std::string time = time_of(*row.snapshot);
  json.member("written", time.empty() ? std::nullopt : std::optional(time));
  json.member("complete", f.complete);
  if (!f.complete) return json.member("why", f.why);
  json.member("checkpoint-id", f.checkpoint_id);
  json.member("snapshot", snapshot_type_name(f.kind.type));
  json.member("operators", f.operators);
  json.member("files", row.files);
  json.member("bytes", f.bytes);
  json.member("bytes-exact", f.exact);
  json.member("new-files", row.fresh.files);
  json.member("new-bytes", row.fresh.bytes);
}

}  // namespace

void inspect_job(const std::string& argument, const std::vector<JobSnapshot>& all, SnapshotRun& run,
                 bool json) {
  const std::vector<Row> rows = read_all(all, run);
  if (!json) return print_rows(argument, rows);
  print_document("stateferry/inspect-job/1", [&](JsonText& document) {
    document.member("directory", without_slash(uri_of_argument(argument)));
    const Row* newest = newest_of(rows);
    document.member("newest",
                    newest == nullptr ? std::nullopt : std::optional(newest->snapshot->uri));
    document.objects("snapshots", rows, [&](const Row& row) { write_row(document, row); });
  });
}

}  // namespace stateferry::cli
