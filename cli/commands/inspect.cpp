#include <numeric>

#include "commands/commands.hpp"
#include "commands/inspect_job.hpp"
#include "commands/inspect_page.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/inline_uris.hpp"
#include "support/inventory.hpp"
#include "support/job_directories.hpp"
#include "support/json.hpp"
#include "support/listings.hpp"
#include "support/operator_names.hpp"
#include "support/rule_loading.hpp"
#include "support/snapshot_args.hpp"
#include "support/table.hpp"

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

std::string kind_text(const SnapshotKind& kind) {
  if (kind.type == SnapshotType::unknown) return "unknown kind";
  std::string text = kind.name.empty() ? std::string(snapshot_type_name(kind.type)) : kind.name;
  if (!kind.format.empty()) text += " (" + kind.format + ")";
  return shown(text);
}

// `Flink 1.20 and later`; what decides it is a line of its own.
std::string readers_text(const Inventory& i) {
  if (!i.released) return "no released Flink";
  if (!i.readers) return "no Flink reads it as it is";
  const Readers& r = *i.readers;
  const std::string text = "Flink " + to_string(r.oldest);
  if (r.newest == newest_release().release) return text + " and later";
  return text + (r.newest == r.oldest ? " only" : " to " + to_string(r.newest));
}

void print_readers(const Inventory& i) {
  print("  read by     " + readers_text(i) + "\n");
  if (!i.readers) return;
  std::string why = "  because     " + i.readers->reason;
  if (!i.readers->place.empty()) why += " (" + shown(i.readers->place) + ")";
  print(why + "\n");
}

void write_readers(JsonText& json, const Inventory& i) {
  const auto release = [&](const char* name, bool known, FlinkRelease value) {
    json.key(name);
    if (known) {
      json.value(to_string(value));
    } else {
      json.null();
    }
  };
  const Readers readers = i.readers.value_or(Readers{});
  // Nothing for the newest release: later ones are expected to read it, too.
  const bool ends = i.readers && readers.newest != newest_release().release;
  release("oldest-flink", i.readers.has_value(), readers.oldest);
  release("newest-flink", ends, readers.newest);
  if (!i.readers) return;
  json.object("oldest-flink-decided-by", [&] {
    json.member("construct", readers.construct);
    json.member("reason", readers.reason);
    json.member("place", readers.place);
  });
}

// The state of sources and sinks holds such lists of files that a table of all helps nobody.
void print_inline_uris(const InlineUris& uris) {
  constexpr std::size_t kShown = 20;
  if (uris.count == 0) return;
  print("\nURIs in inline state\n");
  Table table({"OPERATOR", "PLACE", "URI"});
  for (std::size_t k = 0; k < uris.first.size() && k < kShown; ++k) {
    const InlineUri& one = uris.first[k];
    const std::string op = one.operator_text();
    table.row({op.empty() ? "-" : op, one.path, one.uri});
  }
  print(table.text(2));
  if (uris.count > kShown) {
    print("  … and " + grouped(uris.count - kShown) + " more, the first thousand with --json\n");
  }
}

void print_head(const Inventory& i, const std::string& file) {
  print(bold(shown(file)) + "\n");
  print("  verdict     " + bold(verdict_name(i.verdict)) + ": " + verdict_text(i.verdict) + "\n");
  if (i.inline_uris.arrays > 0) {
    print("  note        " + count_of(i.inline_uris.arrays, "inline byte array") +
          " with storage URIs of user code; these are never rewritten\n");
  }
  print("  format      version " + std::to_string(i.dialect.format_version) + ", written by " +
        i.written_by + "\n");
  print("  snapshot    " + kind_text(i.kind) + ", checkpoint " + std::to_string(i.checkpoint_id) +
        "\n");
  print_readers(i);
}

void print_operators(const Inventory& i, const std::vector<std::uint32_t>& order) {
  if (i.operators.empty()) return;
  print("\noperators\n");
  Table table(
      {"#", "UID", "NAME", "HASH", ">PARALLELISM", ">MAX", ">SUBTASKS", ">COORDINATOR", ">STATE"});
  for (const std::uint32_t k : order) {
    const OperatorInventory& op = i.operators[k];
    std::string subtasks = std::to_string(op.subtasks);
    if (op.fully_finished) subtasks = "finished";
    if (op.finished_subtasks > 0) {
      subtasks += " (" + std::to_string(op.finished_subtasks) + " finished)";
    }
    table.row({std::to_string(k), op.uid.empty() ? "-" : op.uid, op.name.empty() ? "-" : op.name,
               op.hash, std::to_string(op.parallelism), std::to_string(op.max_parallelism),
               subtasks, human_size(op.coordinator_bytes), human_size(op.total_bytes)});
  }
  print(table.text(2));
}

// What there is besides lists that were asked for.
void print_overview(const Inventory& i) {
  if (!i.handles.empty()) {
    print("\nhandles\n");
    Table table({"KIND", ">COUNT"});
    for (const auto& [name, count] : i.handles) table.row({name, grouped(count)});
    print(table.text(2));
  }
  if (!i.roots.all().empty()) {
    print("\nroots of absolute URIs\n");
    Table table({"ROOT", ">LOCATIONS"});
    for (const auto& [store, root] : i.roots.all()) table.row({root.uri, grouped(root.locations)});
    print(table.text(2));
  }
  print_inline_uris(i.inline_uris);
}

void print_text(const Inventory& i, const std::string& file, const ListingOptions& options,
                Listings& lists) {
  const std::vector<std::uint32_t> operators = lists.operators(i);
  print_head(i, file);
  if (options.operators || !options.any()) {
    print_operators(i, operators);
    print(rest_text(lists.operators_cut()));
  }
  if (options.any()) {
    lists.print_tables(i);
  } else {
    print_overview(i);
  }
}

// The first eight members have the column names of Flink's savepoint_metadata table function.
void write_operator(JsonText& json, const Inventory& i, const OperatorInventory& op) {
  json.begin_object();
  json.member("checkpoint-id", i.checkpoint_id);
  const auto text_or_null = [&](const char* name, const std::string& text) {
    json.key(name);
    if (text.empty()) {
      json.null();
    } else {
      json.value(text);
    }
  };
  text_or_null("operator-name", op.name);
  text_or_null("operator-uid", op.uid);
  json.member("operator-uid-hash", op.hash);
  json.member("operator-parallelism", op.parallelism);
  json.member("operator-max-parallelism", op.max_parallelism);
  json.member("operator-coordinator-state-size-in-bytes", op.coordinator_bytes);
  json.member("operator-total-size-in-bytes", op.coordinator_bytes + op.total_bytes);
  json.member("subtasks", op.subtasks);
  json.member("finished-subtasks", op.finished_subtasks);
  json.member("fully-finished", op.fully_finished);
  json.member("inline-size-in-bytes", op.inline_bytes);
  json.end_object();
}

// `lists` may be null.
void write_inventory(JsonText& json, const Inventory& i, const std::string& file, Listings* lists,
                     const std::vector<std::uint32_t>& operators) {
  json.object([&] {
    json.member("schema", "stateferry/inspect/1");
    json.member("file", file);
    json.member("format-version", i.dialect.format_version);
    json.member("dialect", to_string(i.dialect));
    json.member("written-by", i.written_by);
    json.member("snapshot", snapshot_type_name(i.kind.type));
    if (!i.kind.name.empty()) json.member("snapshot-name", i.kind.name);
    if (!i.kind.format.empty()) json.member("snapshot-format", i.kind.format);
    json.member("checkpoint-id", i.checkpoint_id);
    write_readers(json, i);
    json.member("verdict", verdict_name(i.verdict));
    json.member("master-states", i.master_states);
    json.array("operators", operators,
               [&](std::uint32_t k) { write_operator(json, i, i.operators[k]); });
    json.object("handles", [&] {
      for (const auto& [name, count] : i.handles) json.member(name, count);
    });
    json.member("relative-files", i.relative_files);
    json.member("inline-uris", i.inline_uris.arrays);
    write_inline_uris(json, i.inline_uris);
    json.array("roots", [&] {
      for (const auto& entry : i.roots.all()) {
        const auto& root = entry.second;
        json.object([&] {
          json.member("uri", root.uri);
          json.member("locations", root.locations);
        });
      }
    });
    if (lists != nullptr) lists->write_members(json, i);
  });
}

void print_lines(const Inventory& i, const ListingOptions& options, Listings& lists) {
  if (!options.operators) return lists.print_lines(i);
  for (const std::uint32_t k : lists.operators(i)) {
    JsonText json(JsonText::Style::compact);
    write_operator(json, i, i.operators[k]);
    print_exactly(json.text() + "\n");
  }
}

std::vector<std::uint32_t> all_operators(const Inventory& i) {
  std::vector<std::uint32_t> all(i.operators.size());
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

void print_json_inventory(const Inventory& i, const std::string& file, const Options& o,
                          Listings& lists) {
  JsonText json;
  // All as the file has them, but for a list that was asked for.
  write_inventory(json, i, file, &lists, o.lists.operators ? lists.operators(i) : all_operators(i));
  print_json(json);
}

void write_whole_inventory(JsonText& json, const Inventory& i, const std::string& file) {
  write_inventory(json, i, file, nullptr, all_operators(i));
}

// What lies in the directory of a job that was named without --latest. Lists of files and the like
// are those of one snapshot.
std::vector<JobSnapshot> snapshots_in(const std::string& argument, const Options& o,
                                      SnapshotRun& run) {
  return o.in.latest || o.lists.any() || o.lists.jsonl ? std::vector<JobSnapshot>()
                                                       : job_snapshots(argument, run.stores);
}

// Adds what `argument` stands for on a page: of a job's directory all that is complete, the oldest
// first.
void add_for_page(const std::string& argument, const Options& o, SnapshotRun& run,
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

ExitCode inspect_for_page(const Options& o, SnapshotRun& run) {
  const auto names = load_operator_names(o.uids, o.source);
  std::vector<std::string> snapshots;
  add_for_page(o.in.snapshot, o, run, snapshots);
  for (const std::string& more : o.page.more) add_for_page(more, o, run, snapshots);
  return write_page(o.page, snapshots, run, names.get(), write_whole_inventory);
}

ExitCode inspect_snapshot(const Options& o, SnapshotRun& run) {
  const auto names = load_operator_names(o.uids, o.source);
  PartReader snapshot = run.parts();
  const std::string name = snapshot.input().name();
  const std::string& file_system = run.stores.default_file_system();
  Listings lists(o.lists, snapshot, run.base(), file_system, names.get());
  const Inventory inventory =
      take_inventory(snapshot, run.registry.dialects(), run.base(), file_system, names.get());
  if (o.json) {
    print_json_inventory(inventory, name, o, lists);
  } else if (o.lists.jsonl) {
    print_lines(inventory, o.lists, lists);
  } else {
    print_text(inventory, name, o.lists, lists);
  }
  return ExitCode::ok;
}

ExitCode inspect(const Options& o, const Context& context) {
  check_listing_options(o.lists, o.json);
  check_page_usage(o.page, o.lists.any() || o.lists.jsonl);
  SnapshotRun run(o.in, context);
  if (!o.page.file.empty()) return inspect_for_page(o, run);
  const std::vector<JobSnapshot> all = snapshots_in(o.in.snapshot, o, run);
  if (all.empty()) return inspect_snapshot(o, run);
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
      "  stateferry inspect --files --top 20 s3://bucket/flink/job/chk-9\n"
      "  stateferry inspect --handles --where '{role: incremental-shared}' --jsonl "
      "savepoint-b9888f");
  app.callback([&, o] { run = [&, o] { return inspect(*o, context); }; });
}

}  // namespace stateferry::cli
