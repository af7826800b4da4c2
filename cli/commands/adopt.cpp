// adopt: a snapshot that something else has copied is made right where it lies. Every file is seen
// in its place first; then _metadata is replaced, and the old one kept.
#include <filesystem>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/adoption.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/run_files.hpp"
#include "support/snapshot_args.hpp"
#include "support/snapshot_transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::vector<std::string> roots;
  std::vector<std::string> maps;
  std::string from;
  std::string backup = ".bak";
  std::string emit_rules;
  bool dry_run = false;
  bool force = false;
  bool json = false;
};

// The two files of a run.
struct Files {
  std::string pointer;  // URI of _metadata
  std::string backup;   // URI of what it is kept as
};

void check_usage(const Options& o) {
  if (o.backup.empty() || o.backup.find('/') != std::string::npos) {
    throw Error("E-ARG-USAGE", "--backup takes a suffix such as .bak",
                "the old _metadata is kept beside the new one");
  }
}

Files files_of(const Options& o, const std::string& snapshot) {
  // Not pointer_uri(): what is wanted here is the name, also when nothing has it.
  const std::string uri = without_slash(uri_of_argument(snapshot));
  const bool directory = !uri.ends_with("/_metadata");
  const std::string pointer = directory ? join_uri(uri, "_metadata") : uri;
  return {pointer, pointer + o.backup};
}

// A run that was killed between two calls to a store may have left nothing but the backup.
std::string file_to_read(const Files& files, Stores& stores) {
  if (stores.stat(files.pointer) || !stores.stat(files.backup)) return files.pointer;
  return files.backup;
}

AdoptRequest request_of(const Options& o) {
  AdoptRequest request;
  for (const std::string& root : o.roots) {
    request.roots.push_back(without_slash(uri_of_argument(root)));
  }
  request.maps = parse_maps(o.maps);
  if (!o.from.empty()) request.from = without_slash(uri_of_argument(o.from));
  return request;
}

// Makes sure that nothing is written over what the run reads, or needs.
void hold(const Options& o, const Files& files, const References& references,
          const Relocations& relocations) {
  if (scheme_of(files.pointer) == "file" && !o.dry_run) {
    const std::string pointer = local_path(files.pointer);
    const std::string backup = local_path(files.backup);
    run_files().writes(kTheSnapshot, pointer);
    // A run that was killed may have left a second name of the file, or the backup alone, which is
    // the snapshot then.
    std::error_code error;
    if (std::filesystem::exists(pointer, error) && !same_file(pointer, backup)) {
      run_files().writes("--backup", backup);
    }
  }
  if (!o.emit_rules.empty()) {
    std::vector<PlanRow> rows;
    for_each_row(references, {}, [&](const PlanRow& row) {
      rows.push_back(row);
      rows.back().target = relocations.target_of(row.source).value_or(row.source);
    });
    run_files().copies(rows);
  }
  run_files().check();
}

// ------------------------------------------------------------------------------ telling

std::string files_text(const Adoption& found) {
  return count_of(found.files, "file") + ", " + human_size(found.bytes) + ": all there";
}

std::string unchanged_text(const Adoption& found, const Files& files) {
  const std::string why =
      found.relative == found.files
          ? "all handles are relative to the directory of _metadata, or hold their state themselves"
          : "all files are where the handles say";
  return "files      " + files_text(found) + "\nnothing to change: " + why + "\n" +
         start_text(directory_of(files.pointer));
}

std::string report_text(const Options& o, const Files& files, const SnapshotTransfer& m,
                        const Adoption& found) {
  std::string text;
  for (const AdoptedRoot& root : found.roots) {
    text += "was in     " + shown(root.root.from) + "\nlies in    " + shown(root.root.to) + "  " +
            count_of(root.files, "file") + ", " + human_size(root.bytes) + "\n";
    if (root.same_place) {
      text +=
          "           some of it is the old directory itself, by a link: there is no second copy\n";
    }
  }
  text += "files      " + files_text(found) + "\n";
  text += "_metadata  " + shown(files.pointer) + ", " + count_of(m.changes, "location") +
          " rewritten\n" + modes_text(m) + "\n";
  if (o.dry_run) return text + "dry run: nothing was written";
  return text + "the source was kept, and the old _metadata is " + shown(files.backup) + "\n" +
         start_text(m.new_base);
}

void print_report(const Options& o, const Files& files, const SnapshotTransfer& m,
                  const Adoption& found) {
  print_document("stateferry/adopt/1", [&](JsonText& json) {
    json.member("snapshot", m.snapshot.base);
    json.member("metadata", files.pointer);
    json.member("dry-run", o.dry_run);
    json.member("changed", !found.roots.empty());
    json.member("rewritten-locations", m.changes);
    json.member("files", found.files);
    json.member("bytes", found.bytes);
    json.member("relative-files", found.relative);
    json.objects("maps", found.roots, [&](const AdoptedRoot& root) {
      json.member("from", root.root.from);
      json.member("to", root.root.to);
      json.member("files", root.files);
      json.member("bytes", root.bytes);
      json.member("same-place", root.same_place);
    });
    const bool kept = !found.roots.empty() && !o.dry_run;
    json.member("backup", kept ? std::optional(files.backup) : std::nullopt);
    json.member("start-from", m.new_base);
    write_modes(json, m);
  });
}

// ------------------------------------------------------------------------------ the run

void change(const Options& o, const Files& files, SnapshotTransfer& m, const Adoption& found) {
  refuse_unsayable(found.relocations);
  const std::string rules = rules_of(m.snapshot.references, found);
  rewrite(m, pipeline_of(m, rules));
  check_adopted(m, found);
  std::unique_ptr<ByteSink> emitted;
  if (!o.emit_rules.empty()) {
    emitted = open_output_of("--emit-rules", o.emit_rules, rules, {.replace = o.force});
  }
  hold(o, files, m.snapshot.references, found.relocations);
  if (emitted) put_in_place(*emitted, rules);
  if (!o.dry_run) put_adopted(m, files.pointer, files.backup);
}

ExitCode adopt(const Options& o, const Context& context) {
  check_usage(o);
  SnapshotRun run(o.in, context);
  const Files files = files_of(o, run.snapshot());
  SnapshotTransfer m = begin_transfer(run.load(file_to_read(files, run.stores)), run);
  m.target = m.new_base = m.snapshot.base;
  const Adoption found = find_adoption(m.stores, m.snapshot.references, request_of(o));
  const bool changes = !found.roots.empty();
  if (changes) {
    change(o, files, m, found);
  } else if (!o.emit_rules.empty()) {
    say("no rule file was written: there is nothing to change");
  }
  if (o.json) {
    print_report(o, files, m, found);
  } else {
    say(changes ? report_text(o, files, m, found) : unchanged_text(found, files));
  }
  return ExitCode::ok;
}

}  // namespace

void declare_adopt(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in,
                        "_metadata file or its directory, a path or URI, where it was copied to");
  add_default_scheme_option(app, o->in.default_scheme);
  app.add_option("--root", o->roots,
                 "look for its files below DIR, and not around the snapshot (repeatable)")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--map", o->maps,
                 "what lay below OLD lies below NEW now; OLD=OLD: it stays there (repeatable)")
      ->type_name("OLD=NEW")
      ->allow_extra_args(false);
  app.add_option("--from", o->from,
                 "the directory where _metadata lay: all that was copied with it kept its layout")
      ->type_name("OLD_DIRECTORY");
  app.add_option("--backup", o->backup,
                 "suffix of what the old _metadata is kept as (default .bak)")
      ->type_name("SUFFIX");
  app.add_flag("--dry-run", o->dry_run, "find and check everything, write nothing");
  app.add_option("--emit-rules", o->emit_rules, "write the rule file that this stands for")
      ->type_name("FILE");
  app.add_flag("--force", o->force, "replace an existing rule file");
  app.add_flag("--json", o->json, "what was done as one JSON document");
  add_store_options(app, o->in.stores, false);
  app.add_flag("--no-sync", o->in.stores.no_sync, "don't wait for the disk");
  app.footer(
      "Examples:\n"
      "  aws s3 sync s3://old/flink/job s3://new/flink/job && stateferry adopt "
      "s3://new/flink/job/chk-9\n"
      "  stateferry adopt --dry-run /backup/job/chk-9\n"
      "'move' copies by itself; 'convert --in-place' rewrites by any rules, and looks at no "
      "files.");
  app.callback([&, o] { run = [&, o] { return adopt(*o, context); }; });
}

}  // namespace stateferry::cli
