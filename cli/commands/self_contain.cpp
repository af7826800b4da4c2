// self-contain: one directory of everything, with relative handles, that a plain copy moves.
#include "stateferry/transfer/self_contain.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"
#include "support/snapshot_transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::string target;
  std::string name;
  std::string journal;
  std::vector<std::string> take_from;
  bool anchor = false;
  bool unmerge = false;
  bool dry_run = false;
  bool json = false;
};

void check_version(const Snapshot& snapshot, PluginRegistry& registry) {
  const Dialect& dialect = snapshot.document.source_dialect();
  const TagSet known = tags_of_writers(registry.dialects().of_version(dialect.format_version));
  if ((known & tag_bit(HandleTag::relative_stream)) != 0) return;
  throw CapabilityError("E-CAPABILITY-FIELD",
                        "version " + std::to_string(dialect.format_version) +
                            " is that of Flink before 1.11, which knows no relative handles",
                        {}, "use 'move', which keeps absolute paths");
}

// What was decided beside the transfer itself.
struct Decided {
  std::vector<SourceRoot> roots;
  DirectoryNames names;
  std::vector<PlanRow> parts;
};

std::string last_lines(const Options& o, const SnapshotTransfer& m) {
  if (o.dry_run) return "dry run: nothing was copied or written";
  std::string text = "the directory can be moved by a plain copy from now on";
  if (o.anchor) {
    text = "the directory stays where it is from now on: shared files are named with their place";
  }
  if (m.was_there) text = "this was done before: everything is in place";
  return text + "\nthe source was kept\n" + start_text(m.new_base);
}

std::string report_text(const Options& o, const SnapshotTransfer& m, const Decided& decided) {
  std::string text;
  for (const SourceRoot& root : decided.roots) {
    text += "from       " + shown(root.uri) + "  " + count_of(root.files, "file") + ", " +
            human_size(root.bytes) + "\n";
  }
  text += "files      " + files_text(m, o.dry_run);
  const DirectoryNames& names = decided.names;
  if (names.renamed > 0) text += "\nrenamed    " + count_of(names.renamed, "file");
  if (!decided.parts.empty()) {
    text += "\nunmerged   " + count_of(decided.parts.size(), "segment");
  }
  text += "\n_metadata  " + shown(m.new_pointer()) + ", ";
  text += o.anchor ? "handles of shared files absolute, all others relative\n"
                   : "all handles relative\n";
  return text + modes_text(m) + "\n" + last_lines(o, m);
}

void print_report(const Options& o, const SnapshotTransfer& m, const Decided& decided) {
  print_document("stateferry/self-contain/1", [&](JsonText& json) {
    json.member("snapshot", m.snapshot.pointer);
    json.member("metadata", m.new_pointer());
    json.member("dry-run", o.dry_run);
    write_transfer_members(json, m);
    json.member("renamed", decided.names.renamed);
    // Nothing is merged by its content; who reads this document may still ask.
    json.member("shared-content", std::uint64_t{0});
    json.member("segments", std::uint64_t{decided.parts.size()});
    json.member("anchored", o.anchor);
    write_roots(json, decided.roots);
  });
}

std::vector<SourceRoot> roots_of(const Options& o, const References& references) {
  std::vector<std::string> more;
  for (const std::string& root : o.take_from) more.push_back(without_slash(uri_of_argument(root)));
  return source_roots(references, more);
}

// Links below the snapshot's tree are refused, also where all files lie deeper.
std::string link_root(const SnapshotTransfer& m, const std::vector<SourceRoot>& roots) {
  const std::string& tree = roots.front().uri;
  if (scheme_of(tree) == "file" && roots.front().files == m.snapshot.references.files.size()) {
    return tree;
  }
  return local_root(m.rows, &PlanRow::source);
}

Decided decide(const Options& o, SnapshotTransfer& m) {
  Decided decided;
  decided.roots = roots_of(o, m.snapshot.references);
  refuse_target_inside(m.snapshot.references, m.new_base, m.stores);
  decided.names =
      names_in_one_directory(m.snapshot.document, m.snapshot.references, m.new_base, o.unmerge);
  Pipeline pipeline;
  pipeline.steps.push_back(relative_by_names(decided.names));
  if (o.unmerge)
    pipeline.steps.push_back(unmerging(m.new_base, decided.parts, m.stores.default_file_system()));
  if (o.anchor) pipeline.steps.push_back(anchoring(m.new_base));
  rewrite(m, pipeline);
  m.rows = decided.names.rows;
  m.rows.insert(m.rows.end(), decided.parts.begin(), decided.parts.end());
  m.source_root = link_root(m, decided.roots);
  return decided;
}

ExitCode self_contain(const Options& o, const Context& context) {
  SnapshotRun run(o.in, context);
  SnapshotTransfer m = begin_transfer(run.load(), run);
  m.help_if_missing =
      "all files must be where the metadata says: bring them back, or take another snapshot";
  check_version(m.snapshot, run.registry);
  refuse_unsafe(m.snapshot.references);
  m.target = m.new_base =
      place_below(without_slash(uri_of_argument(o.target)), m.snapshot.base, o.name);
  const Decided decided = decide(o, m);
  m.journal = journal_path(o.journal, m);
  hold_files(m);
  look_first(m);
  if (!o.dry_run) {
    ProgressDisplay display(o.in.stores, context.global);
    carry_out(m, display);
  }
  if (o.json) {
    print_report(o, m, decided);
  } else {
    say(report_text(o, m, decided));
  }
  return ExitCode::ok;
}

}  // namespace

void declare_self_contain(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in);
  app.add_option("DST", o->target, "the directory that the new one is to go below")
      ->required()
      ->type_name("");
  add_as_option(app, o->name);
  add_place_options(app, o->in);
  app.add_option("--take-from", o->take_from,
                 "copy files from below DIR, too: whatever the metadata names there, be it the "
                 "job's or not (repeatable)")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_flag("--anchor", o->anchor,
               "name shared files with their place: for a restore in CLAIM mode right where DST "
               "is; a plain copy no longer moves it");
  app.add_flag("--unmerge", o->unmerge, "cut merged files into one file per segment");
  app.add_flag("--dry-run", o->dry_run, "decide and check everything, copy and write nothing");
  app.add_option("--journal", o->journal, "where to note what is done (default: in ~/.local/state)")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "what was done as one JSON document");
  add_store_options(app, o->in.stores, true);
  app.footer(
      "Example:\n  stateferry self-contain s3://bucket/job/chk-9 s3://archive --as orders-9");
  app.callback([&, o] { run = [&, o] { return self_contain(*o, context); }; });
}

}  // namespace stateferry::cli
