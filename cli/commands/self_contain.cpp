// self-contain: one directory of everything, with relative handles, that a plain copy moves.
#include "stateferry/transfer/self_contain.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/snapshot_transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  std::string snapshot;
  std::string target;
  std::string base_uri;
  std::string journal;
  bool unmerge = false;
  bool dry_run = false;
  bool json = false;
  StoreOptions stores;
};

// Flink reads relative handles since 1.11, which writes version 3.
constexpr std::int32_t kFirstWithRelativeHandles = 3;

void check_version(const Snapshot& snapshot) {
  const Dialect& dialect = snapshot.document.source_dialect();
  if (dialect.format_version >= kFirstWithRelativeHandles) return;
  throw CapabilityError("E-CAPABILITY-FIELD",
                        "version " + std::to_string(dialect.format_version) +
                            " is that of Flink before 1.11, which knows no relative handles",
                        {}, "use 'move', which keeps absolute paths");
}

Step step_of(const char* name, std::shared_ptr<const Transform> transform) {
  Step step;
  step.id = step.uses = name;
  step.transform = std::move(transform);
  return step;
}

std::string report_text(const Options& o, const SnapshotTransfer& m, const DirectoryNames& names,
                        std::size_t parts) {
  std::string text = "files      " + files_text(m, o.dry_run);
  if (names.renamed > 0) text += "\nrenamed    " + count_of(names.renamed, "file");
  if (names.one_copy > 0) {
    text += "\nshared     " + count_of(names.one_copy, "file") + " with the content of another";
  }
  if (parts > 0) text += "\nunmerged   " + count_of(parts, "segment");
  text += "\n_metadata  " + m.new_pointer() + ", all handles relative\n";
  if (o.dry_run) return text + "dry run: nothing was copied or written";
  if (m.was_there) return text + "this was done before: everything is in place";
  return text + "the directory can be moved by a plain copy from now on";
}

void print_report(const Options& o, const SnapshotTransfer& m, const DirectoryNames& names,
                  std::size_t parts) {
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/self-contain/1");
  json.member("snapshot", m.snapshot.pointer);
  json.member("metadata", m.new_pointer());
  json.member("dry-run", o.dry_run);
  write_transfer_members(json, m);
  json.member("renamed", names.renamed);
  json.member("shared-content", names.one_copy);
  json.member("segments", std::uint64_t{parts});
  json.end_object();
  print_json(json);
}

ExitCode self_contain(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores(registry, load_config(o.stores, registry), problems);
  SnapshotTransfer m =
      begin_transfer(load_snapshot(o.snapshot, o.base_uri, stores, registry, problems), o.stores,
                     registry, stores, problems);
  check_version(m.snapshot);
  refuse_unsafe(m.snapshot.references);
  m.target = m.new_base = without_slash(uri_of_argument(o.target));
  const DirectoryNames names =
      names_in_one_directory(m.snapshot.references, m.new_base, o.unmerge, stores);
  std::vector<PlanRow> parts;
  Pipeline pipeline;
  pipeline.steps.push_back(step_of("relative", relative_by_names(names)));
  if (o.unmerge) pipeline.steps.push_back(step_of("unmerge", unmerging(m.new_base, parts)));
  rewrite(m, pipeline);
  m.rows = names.rows;
  m.rows.insert(m.rows.end(), parts.begin(), parts.end());
  m.source_root = local_root(m.rows, &PlanRow::source);
  m.journal = journal_path(o.journal, m);
  look_first(m);
  if (!o.dry_run) {
    ProgressDisplay display(o.stores, context.global);
    carry_out(m, display);
  }
  if (o.json) {
    print_report(o, m, names, parts.size());
  } else {
    say(report_text(o, m, names, parts.size()));
  }
  return ExitCode::ok;
}

}  // namespace

void declare_self_contain(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("SRC", o->snapshot, "_metadata file or its directory, a path or URI")
      ->required()
      ->type_name("");
  app.add_option("DST", o->target, "the new directory")->required()->type_name("");
  app.add_option("--base-uri", o->base_uri, "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  app.add_flag("--unmerge", o->unmerge, "cut merged files into one file per segment");
  app.add_flag("--dry-run", o->dry_run, "decide and check everything, copy and write nothing");
  app.add_option("--journal", o->journal, "where to note what is done (default: in ~/.local/state)")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "what was done as one JSON document");
  add_store_options(app, o->stores, true);
  app.footer("Example:\n  stateferry self-contain s3://bucket/job/chk-9 s3://archive/orders-9");
  app.callback([&, o] { run = [&, o] { return self_contain(*o, context); }; });
}

}  // namespace stateferry::cli
