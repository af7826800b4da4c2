// move: everything is decided and the new metadata is made before a byte is copied; _metadata is
// put in place last, after all files were seen at the target.
#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/snapshot_move.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/run_files.hpp"
#include "support/snapshot_transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::string target;
  std::string root;
  std::string name;
  std::string scheme;
  std::vector<std::string> maps;
  std::string emit_rules;
  std::string journal;
  bool unmerge = false;
  bool dry_run = false;
  bool no_copy = false;
  bool delete_source = false;
  std::vector<std::string> not_looked_at;
  bool force = false;
  bool json = false;
};

void check_usage(const Options& o) {
  if (o.unmerge && !o.emit_rules.empty()) {
    throw Error("E-ARG-USAGE", "a rule file can't say what --unmerge does",
                "leave --emit-rules or --unmerge away");
  }
  if (o.unmerge && o.no_copy) {
    throw Error("E-ARG-USAGE", "--unmerge cuts files while it copies them",
                "leave --no-copy or --unmerge away");
  }
  if (o.delete_source && o.in.stores.no_sync) {
    throw Error("E-ARG-USAGE",
                "with --no-sync the copy is not on the disk yet when the source is deleted",
                "leave --no-sync or --delete-source away");
  }
  if (!o.delete_source && !o.not_looked_at.empty()) {
    throw Error("E-ARG-USAGE", "--not-looked-at says something to --delete-source only",
                "leave it away");
  }
}

// What the run writes besides the snapshot, and that it is nothing that it reads.
void prepare(const Options& o, SnapshotTransfer& m, const SnapshotMove& move) {
  m.journal = journal_path(o.journal, m);
  std::unique_ptr<ByteSink> emitted;
  if (!o.emit_rules.empty()) {
    emitted = open_output("--emit-rules", o.emit_rules, {.replace = o.force});
  }
  hold_files(m);
  if (emitted) put_in_place(*emitted, move.rules());
}

// ------------------------------------------------------------------------------ telling

std::string deletion_text(const Options& o, const DeletionReport& d) {
  std::string text;
  for (const std::string& directory : d.others.looked_at) {
    text += "looked at  " + shown(directory) + "\n";
  }
  text += "others     " + count_of(d.others.snapshots, "snapshot") + "\n";
  for (const std::string& directory : o.not_looked_at)
    text += "not        " + shown(directory) + "\n";
  for (const std::string& directory : d.others.abandoned) {
    text += "abandoned  " + shown(directory) + ", without _metadata: counts for nothing\n";
  }
  for (const Referrer& referrer : d.others.referrers) {
    text +=
        "left       " + count_of(referrer.files, "file") + " for " + shown(referrer.pointer) + "\n";
  }
  if (d.other_roots > 0) {
    text += "left       " + count_of(d.other_roots, "file") + " outside of the root\n";
  }
  return text;
}

std::string report_text(const Options& o, const SnapshotTransfer& m, const MovePlan& plan,
                        const DeletionReport* deletion) {
  std::string text =
      "root       " + shown(plan.root) + "\n" + "goes to    " + shown(plan.target) + "\n";
  for (const Relocation& entry : plan.relocations.entries()) {
    if (entry.from == plan.root) continue;
    text += "also       " + shown(entry.from) + " to " + shown(entry.to) + "\n";
  }
  text += schemes_text(schemes_kept(m.snapshot.references, plan), plan, "schemes    ");
  text += "files      " + files_text(m, o.dry_run) + "\n" + "_metadata  " + shown(m.new_pointer()) +
          ", " + count_of(m.changes, "location") + " rewritten\n" + modes_text(m) + "\n";
  if (deletion != nullptr) text += deletion_text(o, *deletion);
  if (o.dry_run) return text + "dry run: nothing was copied or written";
  text += m.was_there   ? "this move was done before: everything is in place"
          : m.completes ? "_metadata stood at the target already; what was missing there was copied"
                        : "all files were seen at the target before _metadata was put in place";
  if (deletion != nullptr) {
    text +=
        "\n" + count_of(deletion->deleted, "file") +
        " of the source deleted; whether snapshots elsewhere need them, such as in other buckets, "
        "can't be seen";
  } else {
    text += "\nthe source was kept";
  }
  return text + "\n" + start_text(m.new_base);
}

void write_deletion(JsonText& json, const Options& o, const DeletionReport& d) {
  json.values("looked-at", d.others.looked_at);
  json.values("not-looked-at", o.not_looked_at);
  json.values("abandoned", d.others.abandoned);
  json.member("other-snapshots", d.others.snapshots);
  json.objects("left", d.others.referrers, [&](const Referrer& referrer) {
    json.member("snapshot", referrer.pointer);
    json.member("files", referrer.files);
  });
  json.member("left-outside-of-root", d.other_roots);
}

void print_report(const Options& o, const SnapshotTransfer& m, const MovePlan& plan,
                  const DeletionReport* deletion) {
  print_document("stateferry/move/1", [&](JsonText& json) {
    json.member("snapshot", m.snapshot.pointer);
    json.member("root", plan.root);
    json.member("target", plan.target);
    json.member("metadata", m.new_pointer());
    json.member("dry-run", o.dry_run);
    json.member("rewritten-locations", m.changes);
    json.values("schemes-kept", schemes_kept(m.snapshot.references, plan));
    write_transfer_members(json, m);
    json.member("deleted", deletion != nullptr ? deletion->deleted : 0);
    if (deletion != nullptr) write_deletion(json, o, *deletion);
    json.objects("maps", plan.relocations.entries(), [&](const Relocation& entry) {
      json.member("from", entry.from);
      json.member("to", entry.to);
    });
  });
}

MoveRequest request_of(const Options& o) {
  MoveRequest request{uri_of_argument(o.target), {},      parse_maps(o.maps), o.name,
                      !has_scheme(o.target),     o.scheme};
  if (!o.root.empty()) request.root = uri_of_argument(o.root);
  return request;
}

MoveOptions options_of(const Options& o) {
  MoveOptions options{o.unmerge, o.delete_source};
  for (const std::string& directory : o.not_looked_at) {
    options.not_looked_at.push_back(without_slash(uri_of_argument(directory)));
  }
  return options;
}

ExitCode move(const Options& o, const Context& context) {
  check_usage(o);
  SnapshotRun run(o.in, context);
  SnapshotTransfer m = begin_transfer(run.load(), run);
  m.no_copy = o.no_copy;
  SnapshotMove move(m, request_of(o), options_of(o));
  move.decide([&](const std::string& rules) { return pipeline_of(m, rules); });
  prepare(o, m, move);
  move.look();
  if (!o.dry_run) {
    ProgressDisplay display(o.in.stores, context.global);
    move.carry_out(display);
  }
  if (o.json) {
    print_report(o, m, move.plan(), move.deletion());
  } else {
    say(report_text(o, m, move.plan(), move.deletion()));
  }
  return ExitCode::ok;
}

}  // namespace

void declare_move(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in);
  app.add_option("DST", o->target, "the directory that the snapshot is to go below")
      ->required()
      ->type_name("");
  app.add_option("--root", o->root,
                 "the directory that keeps its layout below DST (default: the deepest that holds "
                 "all files)")
      ->type_name("URI");
  add_as_option(app, o->name);
  add_scheme_option(app, o->scheme);
  app.add_option("--map", o->maps, "what lies below FROM goes below TO instead (repeatable)")
      ->type_name("FROM=TO")
      ->allow_extra_args(false);
  add_place_options(app, o->in);
  app.add_flag("--dry-run", o->dry_run, "decide and check everything, copy and write nothing");
  app.add_flag("--no-copy", o->no_copy,
               "the files are at the target already: check, and put "
               "_metadata in place");
  app.add_flag("--unmerge", o->unmerge,
               "cut merged files into one file per segment, for Flink before 1.20");
  app.add_flag("--delete-source", o->delete_source,
               "delete the source's files afterwards, but for those that other snapshots in the "
               "directory above need");
  app.add_option("--not-looked-at", o->not_looked_at,
                 "don't look through this directory for snapshots that need the source's files: if "
                 "there are any, they lose them (repeatable)")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--emit-rules", o->emit_rules, "write the rule file that this move stands for")
      ->type_name("FILE");
  app.add_flag("--force", o->force, "replace an existing rule file");
  app.add_option("--journal", o->journal, "where to note what is done (default: in ~/.local/state)")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "what was done as one JSON document");
  add_store_options(app, o->in.stores, true);
  app.footer(
      "Examples:\n"
      "  stateferry move old/savepoint-b9888f /mnt/new        # to /mnt/new/savepoint-b9888f\n"
      "  stateferry move s3://old/flink/job/chk-9 s3://new/flink/job\n"
      "After an interruption, the same command goes on where it stopped.");
  app.callback([&, o] { run = [&, o] { return move(*o, context); }; });
}

}  // namespace stateferry::cli
