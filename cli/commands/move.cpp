// move: everything is decided and the new metadata is made before a byte is copied; _metadata is
// put in place last, after all files were seen at the target.
#include <cstdlib>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/transfer/verify.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/files.hpp"
#include "support/rule_loading.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  std::string snapshot;
  std::string target;
  std::string root;
  std::vector<std::string> maps;
  std::string base_uri;
  std::string emit_rules;
  std::string journal;
  bool dry_run = false;
  bool no_copy = false;
  bool force = false;
  bool json = false;
  StoreOptions stores;
};

constexpr std::size_t kShown = 10;

// A move in hand: what it was decided to be, and what it has done so far.
struct Move {
  const Options& options;
  const Context& context;
  PluginRegistry& registry;
  Stores& stores;
  ConsoleSink& problems;
  Snapshot snapshot;
  MovePlan plan = {};
  std::string rules = {};
  std::vector<PlanRow> rows = {};
  std::vector<std::byte> metadata = {};  // as it will stand at the target
  std::uint64_t rewritten = 0;           // locations
  CopyReport copied = {};
  bool was_there = false;  // an earlier run had finished

  std::string new_pointer() const { return join_uri(plan.new_base, "_metadata"); }
};

// ------------------------------------------------------------------------------ deciding

Pipeline pipeline_of(Move& m) {
  RuleInputs inputs;
  const auto file = parse_rule_file("the rules of this move", m.rules, inputs, m.problems);
  auto pipeline =
      file ? build_pipeline(*file, transforms_of(m.registry), versions_of(m.registry), m.problems)
           : std::nullopt;
  if (!pipeline) throw Error("E-INTERNAL", "the rules of this move are not understood");
  return std::move(*pipeline);
}

// The new metadata, whole and checked, before anything is copied.
void rewrite(Move& m) {
  const Pipeline pipeline = pipeline_of(m);
  const auto source = memory_source(m.snapshot.document.input().bytes(), m.snapshot.pointer);
  const auto sink = memory_sink(m.metadata);
  RunOptions options;
  options.base_uri = m.snapshot.base;
  const RunReport report = pipeline.run(*source, *sink, m.registry, options, m.problems);
  m.rewritten = report.changed_locations;
}

void write_rules(const Options& o, const std::string& rules) {
  FileSinkOptions options;
  options.replace = o.force;
  const auto sink = atomic_file_sink(local_path(o.emit_rules), options);
  sink->write(std::as_bytes(std::span(rules.data(), rules.size())));
  sink->commit();
}

// ------------------------------------------------------------------------------ checking

// Whether the target has this very _metadata already; another one stops the run.
bool finished_before(const Move& m) {
  const std::string pointer = m.new_pointer();
  if (!m.stores.stat(pointer)) return false;
  const std::string there = sha256_hex(*m.stores.open(pointer));
  if (there == sha256_hex(m.metadata)) return true;
  throw IoError("E-IO-EXISTS", "another _metadata stands at the target", pointer,
                "choose another target, or remove what stands there");
}

void check_sources(const Move& m) {
  std::vector<std::string> notes;
  const VerifyReport report =
      verify_references(m.stores, m.snapshot.references, false, [&](const Finding& f) {
        if (f.mark == Mark::good || notes.size() >= kShown) return;
        notes.push_back(f.uri + (f.mark == Mark::differs ? " has another size"
                                 : f.reference->relative ? " is missing (a relative handle)"
                                                         : " is missing"));
      });
  if (report.complete()) return;
  Diagnostic d;
  d.code = "E-MOVE-MISSING";
  d.message = count_of(report.missing + report.differs, "file") +
              " that the snapshot needs can't be copied: " + grouped(report.missing) +
              " missing, " + grouped(report.differs) + " of another size";
  d.subject = m.snapshot.pointer;
  d.notes = std::move(notes);
  d.hint =
      report.dangling > 0
          ? "relative handles lead nowhere: if their files lie in a savepoint that was claimed, "
            "'convert' with handle.absolutize and its directory repairs the snapshot"
          : "if the files are at the target already, say --no-copy";
  throw Error(std::move(d));
}

void check_targets(const Move& m) {
  std::uint64_t wrong = 0;
  std::vector<std::string> lines = verify_targets(m.stores, m.rows, wrong);
  if (wrong == 0) return;
  Diagnostic d;
  d.code = "E-MOVE-INCOMPLETE";
  d.message = count_of(wrong, "file") + " at the target " + (wrong == 1 ? "is" : "are") +
              " missing or of another size";
  d.subject = m.plan.target;
  d.notes = std::move(lines);
  d.hint = m.options.no_copy ? "wait until everything is replicated, or leave --no-copy away"
                             : "run the same command again";
  throw Error(std::move(d));
}

// ------------------------------------------------------------------------------ doing

// Beside nothing of the user's: where programs keep their state.
std::string journal_path(const Move& m) {
  if (!m.options.journal.empty()) return m.options.journal;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::string folder = "/tmp";
  if (state != nullptr && *state != '\0') {
    folder = state;
  } else if (home != nullptr) {
    folder = std::string(home) + "/.local/state";
  }
  const std::string name = m.snapshot.pointer + "\n" + m.new_pointer();
  const std::string id = sha256_hex(std::as_bytes(std::span(name.data(), name.size())));
  return folder + "/stateferry/move-" + id.substr(0, 16) + ".journal";
}

void copy_files(Move& m) {
  std::vector<CopyItem> items;
  items.reserve(m.rows.size());
  for (const PlanRow& row : m.rows) items.push_back(copy_item(row));
  CopyOptions options = copy_options(m.options.stores);
  options.source_root = scheme_of(m.plan.root) == "file" ? m.plan.root : std::string();
  options.target_root = scheme_of(m.plan.target) == "file" ? m.plan.target : std::string();
  Journal journal(journal_path(m), plan_id(items), items.size());
  CopyProgress progress;
  {
    const ProgressDisplay display(progress, m.options.stores, m.context.global);
    m.copied = run_copy(m.stores, items, options, &journal, progress);
  }
  throw_failures(m.copied);
  check_targets(m);
  journal.discard();
}

void put_metadata(const Move& m) {
  const std::string pointer = m.new_pointer();
  const auto source = memory_source(m.metadata, pointer);
  m.stores.write_new(pointer, *source);
  if (sha256_hex(*m.stores.open(pointer)) != sha256_hex(m.metadata)) {
    throw IoError("E-VERIFY", "what was read back differs from what was written", pointer,
                  "suspect the store; remove the file before you try again");
  }
}

// ------------------------------------------------------------------------------ telling

struct Totals {
  std::uint64_t bytes = 0;
  bool exact = true;
};

Totals totals_of(const std::vector<PlanRow>& rows) {
  Totals totals;
  for (const PlanRow& row : rows) {
    totals.bytes += row.bytes.value_or(row.at_least);
    totals.exact &= row.bytes.has_value();
  }
  return totals;
}

std::string report_text(const Move& m) {
  const Totals totals = totals_of(m.rows);
  std::string text = "root       " + m.plan.root + "\n" + "goes to    " + m.plan.target + "\n";
  for (const Relocation& entry : m.plan.relocations.entries()) {
    if (entry.from == m.plan.root) continue;
    text += "also       " + entry.from + " to " + entry.to + "\n";
  }
  text += "files      " + count_of(m.rows.size(), "file") + ", " +
          (totals.exact ? "" : "at least ") + human_size(totals.bytes);
  if (!m.options.dry_run && !m.was_there) {
    text += m.options.no_copy ? "; nothing was copied" : "; " + copy_text(m.copied);
  }
  text +=
      "\n_metadata  " + m.new_pointer() + ", " + count_of(m.rewritten, "location") + " rewritten\n";
  if (m.options.dry_run) return text + "dry run: nothing was copied or written";
  if (m.was_there) return text + "this move was done before: everything is in place";
  return text + "all files were seen at the target before _metadata was put in place";
}

void print_report(const Move& m) {
  const Totals totals = totals_of(m.rows);
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/move/1");
  json.member("snapshot", m.snapshot.pointer);
  json.member("root", m.plan.root);
  json.member("target", m.plan.target);
  json.member("metadata", m.new_pointer());
  json.member("dry-run", m.options.dry_run);
  json.member("done-before", m.was_there);
  json.member("files", std::uint64_t{m.rows.size()});
  json.member("bytes", totals.bytes);
  json.member("bytes-exact", totals.exact);
  json.member("rewritten-locations", m.rewritten);
  write_copy_members(json, m.copied);
  json.key("maps");
  json.begin_array();
  for (const Relocation& entry : m.plan.relocations.entries()) {
    json.begin_object();
    json.member("from", entry.from);
    json.member("to", entry.to);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  print_json(json);
}

void tell(const Move& m) {
  if (m.options.json) {
    print_report(m);
  } else {
    say(report_text(m));
  }
}

ExitCode move(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores(registry, load_config(o.stores, registry), problems);
  Move m{o,      context,  registry,
         stores, problems, load_snapshot(o.snapshot, o.base_uri, stores, registry, problems)};
  MoveRequest request{uri_of_argument(o.target), {}, parse_maps(o.maps)};
  if (!o.root.empty()) request.root = uri_of_argument(o.root);
  m.plan = plan_move(m.snapshot.references, request);
  for_each_row(m.snapshot.references, m.plan, {},
               [&](const PlanRow& row) { m.rows.push_back(row); });
  m.rules = rules_of(m.snapshot.references, m.plan);
  rewrite(m);
  if (!o.emit_rules.empty()) write_rules(o, m.rules);
  m.was_there = finished_before(m);
  if (m.was_there) {
    check_targets(m);
  } else {
    if (!o.no_copy) check_sources(m);
    if (o.dry_run) {
      tell(m);
      return ExitCode::ok;
    }
    if (o.no_copy) {
      check_targets(m);
    } else {
      copy_files(m);
    }
    put_metadata(m);
  }
  tell(m);
  return ExitCode::ok;
}

}  // namespace

void declare_move(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("SNAPSHOT", o->snapshot, "_metadata file or its directory, a path or URI")
      ->required()
      ->type_name("");
  app.add_option("DST", o->target, "the directory that everything is to go below")
      ->required()
      ->type_name("");
  app.add_option("--root", o->root,
                 "the directory that keeps its layout below DST (default: the deepest that holds "
                 "all files)")
      ->type_name("URI");
  app.add_option("--map", o->maps, "what lies below FROM goes below TO instead (repeatable)")
      ->type_name("FROM=TO")
      ->allow_extra_args(false);
  app.add_option("--base-uri", o->base_uri, "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  app.add_flag("--dry-run", o->dry_run, "decide and check everything, copy and write nothing");
  app.add_flag("--no-copy", o->no_copy,
               "the files are at the target already: check, and put "
               "_metadata in place");
  app.add_option("--emit-rules", o->emit_rules, "write the rule file that this move stands for")
      ->type_name("FILE");
  app.add_flag("--force", o->force, "replace an existing rule file");
  app.add_option("--journal", o->journal, "where to note what is done (default: in ~/.local/state)")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "what was done as one JSON document");
  add_store_options(app, o->stores, true);
  app.footer(
      "Examples:\n"
      "  stateferry move old/savepoint-b9888f /mnt/new/savepoint-b9888f\n"
      "  stateferry move s3://old/flink/job/chk-9 s3://new/flink/job\n"
      "After an interruption, the same command goes on where it stopped.");
  app.callback([&, o] { run = [&, o] { return move(*o, context); }; });
}

}  // namespace stateferry::cli
