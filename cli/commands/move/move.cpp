// move: everything is decided and the new metadata is made before a byte is copied; _metadata is
// put in place last, after all files were seen at the target.
#include "commands/move/move.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {
namespace {

void check_usage(const MoveArguments& o) {
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
  if (o.json && o.jsonl) {
    throw Error("E-ARG-USAGE", "--json and --jsonl exclude each other", "leave one away");
  }
  if (!o.delete_source && !o.not_looked_at.empty()) {
    throw Error("E-ARG-USAGE", "--not-looked-at says something to --delete-source only",
                "leave it away");
  }
}

// The option that needs the storages of this program to copy; empty: there is none.
std::string no_engine_with(const MoveArguments& o) {
  // What another program has copied is looked at by its size: not enough to delete the source.
  return o.delete_source                ? "--delete-source"
         : o.no_copy                    ? "--no-copy"
         : !o.in.stores.bwlimit.empty() ? "--bwlimit"
                                        : "";
}

// What the run writes besides the snapshot, and that it is nothing that it reads.
void prepare(const MoveArguments& o, SnapshotTransfer& m, const SnapshotMove& move) {
  m.journal = journal_path(o.journal, m);
  std::unique_ptr<ByteSink> emitted;
  if (!o.emit_rules.empty()) {
    emitted = open_output_of("--emit-rules", o.emit_rules, move.rules(), {.replace = o.force});
  }
  hold_files(m);
  if (emitted) put_in_place(*emitted, move.rules());
}

MoveOptions options_of(const MoveArguments& o) {
  MoveOptions options{o.unmerge, o.delete_source};
  for (const std::string& directory : o.not_looked_at) {
    options.not_looked_at.push_back(without_slash(uri_of_argument(directory)));
  }
  return options;
}

ExitCode move(const MoveArguments& o, const Context& context) {
  check_usage(o);
  if (o.fleet.given()) return move_fleet(o, context);
  SnapshotRun run(o.in, context);
  move_snapshot(o, run.snapshot(), o.target, run, context,
                [&](const SnapshotTransfer& m, const MovePlan& plan, const DeletionReport* d) {
                  if (!o.json && !o.jsonl) return say(report_text(o, m, plan, d));
                  JsonText json(o.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
                  json.object([&] {
                    json.member("schema", "stateferry/move/1");
                    write_members(json, o, m, plan, d);
                  });
                  print_json(json);
                });
  return ExitCode::ok;
}

}  // namespace

MoveRequest move_request(const MoveArguments& o, const std::string& target) {
  MoveRequest request{uri_of_argument(target), {},      parse_maps(o.maps), o.name,
                      !has_scheme(target),     o.scheme};
  if (!o.root.empty()) request.root = uri_of_argument(o.root);
  return request;
}

void move_snapshot(const MoveArguments& o, const std::string& snapshot, const std::string& target,
                   SnapshotRun& run, const Context& context, const MoveTeller& tell) {
  SnapshotTransfer m = begin_transfer(run.load(snapshot), run);
  m.no_copy = o.no_copy;
  m.fail_on_residual = o.fail_on_residual;
  const auto engine = open_engine(o.engine, run.stores, no_engine_with(o));
  m.engine = engine.get();
  SnapshotMove move(m, move_request(o, target), options_of(o));
  move.decide([&](const std::string& rules) { return pipeline_of(m, rules); });
  prepare(o, m, move);
  move.look();
  if (!o.dry_run) {
    ProgressDisplay display(o.in.stores, context.global);
    move.carry_out(display);
  }
  tell(m, move.plan(), move.deletion());
}

void declare_move(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<MoveArguments>();
  CLI::Option* const snapshot = add_snapshot_argument(app, o->in);
  CLI::Option* const target =
      app.add_option("DST", o->target, "the directory that the snapshot is to go below")
          ->required()
          ->type_name("");
  add_fleet_options(app, o->fleet, snapshot, target);
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
  app.add_flag("--fail-on-residual", o->fail_on_residual,
               "fail where state of user code still names places that were replaced");
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
  app.add_flag("--jsonl", o->jsonl, "the same in one line, with a list one per snapshot");
  add_engine_options(app, o->engine);
  add_store_options(app, o->in.stores, true);
  app.footer(
      "Examples:\n"
      "  stateferry move old/savepoint-b9888f /mnt/new        # to /mnt/new/savepoint-b9888f\n"
      "  stateferry move s3://old/flink/job/chk-9 s3://new/flink/job\n"
      "  stateferry move --snapshots list --root s3://old/flink --shard 3/50 s3://new/flink\n"
      "After an interruption, the same command goes on where it stopped.");
  app.callback([&, o] {
    run = [&, o] {
      o->fleet.take_target(o->in.snapshot, o->target);
      return move(*o, context);
    };
  });
}

}  // namespace stateferry::cli
