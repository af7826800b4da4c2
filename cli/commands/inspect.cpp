#include "commands/commands.hpp"
#include "commands/inspect_job.hpp"
#include "commands/inspect_many.hpp"
#include "commands/inspect_one.hpp"
#include "commands/inspect_page.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "support/inventory.hpp"
#include "support/job_directories.hpp"
#include "support/json.hpp"
#include "support/listings.hpp"
#include "support/operator_names.hpp"
#include "support/rule_loading.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::string uids;
  std::string source;  // --uids-from-source
  ListingOptions lists;
  bool json = false;
  PageOptions page;
};

void print_lines(const Inventory& i, const ListingOptions& options, Listings& lists) {
  if (!options.operators) return lists.print_lines(i);
  for (const std::uint32_t k : lists.operators(i)) {
    JsonText json(JsonText::Style::compact);
    json.object([&] { write_operator_columns(json, i, i.operators[k]); });
    print_exactly(json.text() + "\n");
  }
}

void write_document(JsonText& json, const Inventory& i, const std::string& file, Listings* lists) {
  json.object([&] {
    json.member("schema", "stateferry/inspect/1");
    write_inventory_members(json, i, file, lists);
  });
}

void write_for_page(JsonText& json, const Inventory& i, const std::string& file) {
  write_document(json, i, file, nullptr);
}

// What lies in the directory of a job that was named without --latest.
std::vector<JobSnapshot> snapshots_in(const std::string& argument, const Options& o,
                                      SnapshotRun& run) {
  return o.in.latest ? std::vector<JobSnapshot>() : job_snapshots(argument, run.stores);
}

// Adds what `argument` stands for where several are looked at: of a job's directory all that is
// complete, the oldest first.
void add_snapshots(const std::string& argument, const Options& o, SnapshotRun& run,
                   std::vector<std::string>& snapshots) {
  const std::vector<JobSnapshot> all = snapshots_in(argument, o, run);
  if (all.empty()) return snapshots.push_back(run.chosen(argument));
  const std::size_t before = snapshots.size();
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (!one->has_metadata) continue;
    if (const auto why = why_incomplete(*one, run.stores, run.registry, run.problems)) {
      say("left out " + shown(one->name) + ": " + shown(*why));
      continue;
    }
    snapshots.push_back(one->uri);
  }
  if (snapshots.size() > before) return;
  throw IoError("E-IO-NOT-FOUND", "no snapshot in this directory is complete", argument,
                "'stateferry inspect' lists them, with what they lack");
}

// All snapshots that the arguments stand for.
std::vector<std::string> all_snapshots(const Options& o, SnapshotRun& run) {
  std::vector<std::string> snapshots;
  add_snapshots(o.in.snapshot, o, run, snapshots);
  for (const std::string& more : o.page.more) add_snapshots(more, o, run, snapshots);
  return snapshots;
}

ExitCode inspect_snapshot(const Options& o, SnapshotRun& run, const OperatorNames* names) {
  PartReader snapshot = run.parts();
  const std::string name = snapshot.input().name();
  const std::string& file_system = run.stores.default_file_system();
  Listings lists(o.lists, snapshot, run.base(), file_system, names);
  const Inventory inventory =
      take_inventory(snapshot, run.registry.dialects(), run.base(), file_system, names);
  if (o.json) {
    JsonText json;
    write_document(json, inventory, name, &lists);
    print_json(json);
  } else if (o.lists.jsonl) {
    print_lines(inventory, o.lists, lists);
  } else {
    print_inventory(inventory, name, o.lists, lists);
  }
  return ExitCode::ok;
}

ExitCode inspect(const Options& o, const Context& context) {
  check_listing_options(o.lists, o.json);
  check_page_usage(o.page, o.lists.any() || o.lists.jsonl);
  SnapshotRun run(o.in, context);
  const auto names = load_operator_names(o.uids, o.source);
  if (!o.page.file.empty()) {
    return write_page(o.page, all_snapshots(o, run), run, names.get(), write_for_page);
  }
  const auto all =
      o.page.more.empty() ? snapshots_in(o.in.snapshot, o, run) : std::vector<JobSnapshot>();
  if (!o.page.more.empty() || (!all.empty() && o.lists.any())) {
    inspect_many(all_snapshots(o, run), o.lists, o.json, run, names.get());
    return ExitCode::ok;
  }
  if (all.empty()) return inspect_snapshot(o, run, names.get());
  inspect_job(o.in.snapshot, all, run, o.json);
  return ExitCode::ok;
}

}  // namespace

void declare_inspect(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in,
                        "_metadata file or its directory, a path or URI, or -; of a job's "
                        "directory, the checkpoints and savepoints in it are listed");
  add_place_options(app, o->in);
  add_uids_option(app, o->uids);
  add_uids_from_source_option(app, o->source);
  add_listing_options(app, o->lists);
  CLI::Option* const json = app.add_flag("--json", o->json, "one JSON document");
  add_page_options(app, o->page)->excludes(json);
  add_store_options(app, o->in.stores, false);
  app.footer(
      "Examples:\n"
      "  stateferry inspect --json savepoint-b9888f | jq -r .verdict\n"
      "  stateferry inspect s3://bucket/flink/job\n"
      "  stateferry inspect --files s3://bucket/flink/job/chk-8 s3://bucket/flink/job/chk-9\n"
      "  stateferry inspect --files --top 20 s3://bucket/flink/job/chk-9\n"
      "  stateferry inspect --handles --where '{role: incremental-shared}' --jsonl "
      "savepoint-b9888f");
  app.callback([&, o] { run = [&, o] { return inspect(*o, context); }; });
}

}  // namespace stateferry::cli
