#include <algorithm>
#include <optional>
#include <set>

#include "commands/commands.hpp"
#include "commands/convert/job_run.hpp"
#include "commands/convert/jobs.hpp"
#include "commands/convert/many.hpp"
#include "commands/convert/report.hpp"
#include "commands/convert/report_json.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/diag/shown.hpp"
#include "support/files.hpp"
#include "support/job_directories.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

void check_usage(const ConvertOptions& o) {
  if (o.rules.empty() && !o.reencode && !o.converts()) {
    bad_usage(
        "a rule file is missing",
        "give one with -r FILE, or --to or --for-flink to change the format, or --reencode to "
        "decode and encode only");
  }
  if (o.rules.empty() && !o.on_loss.empty() && !o.converts()) {
    bad_usage("--on-loss goes with --to or --for-flink", "add one of them");
  }
  if (o.explain && (o.diff || o.in_place || !o.record.empty())) {
    bad_usage(
        "--explain-target writes nothing: --diff, --in-place and --record make no sense with it",
        "leave them away");
  }
  if (o.rules.empty() && !o.set.empty())
    bad_usage("--set needs a rule file", "give one with -r FILE");
  if (o.backup_given && !o.in_place) {
    bad_usage("--backup goes with --in-place", "add --in-place");
  }
  if (o.in_place && !o.out_dir.empty()) {
    bad_usage("--in-place and --out-dir exclude each other", "leave one away");
  }
  if (o.in_place && (o.backup.empty() || o.backup.find('/') != std::string::npos)) {
    bad_usage("--backup takes a suffix such as .bak", "the backup is kept beside the file");
  }
  const bool many = o.files.size() > 1 && (o.in_place || !o.out_dir.empty());
  if (many && !o.record.empty())
    bad_usage("--record is for one input", "run the inputs one by one");
  if (o.json && o.jsonl) bad_usage("--json and --jsonl exclude each other", "leave one away");
}

// The format version of `--to`.
std::int32_t version_from_text(const std::string& text, PluginRegistry& registry) {
  const auto version = number_from_text<std::int32_t>(text);
  if (version && *version > 0) return *version;
  bad_usage("--to '" + text + "' is not a format version",
            "versions are " + versions_text(registry.dialects().versions()));
}

// The output that the rules ask for, with what the command line says instead.
OutputFormat output_format(const ConvertOptions& o, OutputFormat format, PluginRegistry& registry) {
  if (!o.to.empty()) format.version = version_from_text(o.to, registry);
  if (!o.for_flink.empty()) {
    format.flink = release_from_text(o.for_flink);
    if (!format.flink) {
      bad_usage("'" + o.for_flink + "' is not a Flink release", "a release is written 1.18");
    }
  }
  if (!o.snapshot.empty()) format.snapshot = *declared_kind_from_name(o.snapshot);
  if (!o.on_loss.empty()) format.on_loss = *on_loss_from_name(o.on_loss);
  if (!format.version && !format.flink) return format;
  if (const auto problem = problem_with(format, registry.dialects())) {
    bad_usage(problem->message, problem->hint);
  }
  return format;
}

void print_refusal(const ConvertBatch& c, const ConvertJob& job, const ConversionAccount& account,
                   const Diagnostic& failure) {
  JsonText json(c.options.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
  json.object([&] {
    json.member("schema", "stateferry/convert/1");
    write_failure(json, job, failure, account);
  });
  print_json(json);
}

ExitCode convert_one(const ConvertBatch& c, PluginRegistry& registry) {
  const ConvertOptions& o = c.options;
  const ConvertJob& job = c.jobs.front();
  ConsoleSink problems;
  const bool to_stderr = job.out == "-" && !o.dry_run;
  DiffWriter diff(
      [&](const std::string& line) {
        if (to_stderr) {
          say(line);
        } else {
          print(line + "\n");
        }
      },
      c.names.names.get());
  const bool json_wanted = o.json || o.jsonl;
  JsonText changes(o.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
  changes.begin_array();
  std::optional<ConversionAccount> account;
  RunReport report;
  try {
    report = run_job(c, job, registry, listeners(o, diff, changes), problems, account);
  } catch (const Error& error) {
    // What stands in the way of a conversion is a result, too.
    if (json_wanted && account) print_refusal(c, job, *account, error.diagnostic());
    throw;
  }
  if (report.committed) sync_all(c, c.made_in);
  changes.end_array();
  if (!json_wanted) {
    if (o.explain) print(bold(shown(job.in)) + ": " + account_text(*report.conversion));
    finish_stdout();  // the diff ends before the summary begins
    if (!o.explain) say(report_text(report, job, o));
    return ExitCode::ok;
  }
  JsonText json(o.jsonl ? JsonText::Style::compact : JsonText::Style::pretty);
  json.object([&] {
    json.member("schema", "stateferry/convert/1");
    write_run_members(json, report, job, o);
    if (o.diff) {
      json.key("changes");
      json.raw(changes.text());
    }
  });
  print_json(json);
  return ExitCode::ok;
}

ExitCode convert(const ConvertOptions& o, const Context& context) {
  check_usage(o);
  std::set<std::string> made_in;
  const std::vector<ConvertJob> jobs = jobs_of(o, made_in);
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  std::optional<LoadedRules> rules;
  if (!o.rules.empty()) {
    rules = load_rules(o.rules, o.set, false, registry, problems);
    if (!rules || !rules->pipeline) {
      return problems.exit() == ExitCode::ok ? ExitCode::bad_rules : problems.exit();
    }
  }
  Pipeline pipeline = rules ? *rules->pipeline : Pipeline{};
  pipeline.output = output_format(o, pipeline.output, registry);
  std::optional<Stores> stores;  // of local files alone none is opened
  if (std::any_of(jobs.begin(), jobs.end(), [](const ConvertJob& job) { return job.stored(); })) {
    stores.emplace(open_stores(o.stores, registry));
  }
  const ConvertBatch batch{o,
                           pipeline,
                           rules ? &rules->file : nullptr,
                           jobs,
                           made_in,
                           load_operator_names(o.uids),
                           stores ? &*stores : nullptr};
  declare_files(o, jobs);
  if (!o.record.empty()) run_files().writes("--record", local_path(o.record));
  run_files().check();
  return jobs.size() == 1 ? convert_one(batch, registry) : convert_many(batch, context);
}

// With --latest the inputs are directories of jobs.
ExitCode convert_latest(ConvertOptions o, const Context& context) {
  const bool has_out = !o.in_place && o.out_dir.empty() && o.files.size() > 1;
  {
    PluginRegistry registry = open_registry(context);
    ConsoleSink problems;
    Stores stores = open_stores(o.stores, registry);
    for (std::size_t i = 0; i + (has_out ? 1 : 0) < o.files.size(); ++i) {
      o.files[i] = latest_in(o.files[i], stores, registry, problems);
    }
  }
  return convert(o, context);
}

// Of a job's directory says what is in it.
ExitCode convert_named(const ConvertOptions& o, const Context& context) {
  try {
    return convert(o, context);
  } catch (const Error& error) {
    const bool is_input = error.code() == "E-IO-NOT-FOUND" && !o.files.empty() &&
                          error.diagnostic().subject == o.files.front() && o.files.front() != "-";
    if (!is_input) throw;
    PluginRegistry registry = open_registry(context);
    ConsoleSink problems;
    Stores stores = open_stores(o.stores, registry);
    throw_with_snapshots(o.files.front(), stores, registry, problems);
  }
}

}  // namespace

void declare_convert(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<ConvertOptions>();
  app.add_option("IN OUT", o->files,
                 "_metadata file or its directory, a path or URI, - for stdin; then the new file, "
                 "a directory, a URI, or - for stdout")
      ->required()
      ->type_name("");
  add_latest_option(app, o->latest);
  app.add_option("-r,--rules", o->rules, "the rule file")->type_name("FILE");
  add_set_option(app, o->set);
  app.add_option("--out-dir", o->out_dir,
                 "rewrite many inputs at once: each goes below DIR at its own path")
      ->type_name("DIR");
  app.add_option("-j,--jobs", o->jobs, "inputs to work on at once (default: one per processor)")
      ->type_name("N");
  app.add_option("--base-uri", o->base_uri, "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  add_default_scheme_option(app, o->default_scheme);
  add_uids_option(app, o->uids);
  add_store_options(app, o->stores, false);
  app.add_option("--to", o->to, "write this format version")->type_name("N");
  CLI::Option* for_flink =
      app.add_option("--for-flink", o->for_flink, "write what this Flink can read")
          ->type_name("X.Y");
  app.add_option("--snapshot", o->snapshot,
                 "what the snapshot is, for files that don't say (V1-V3)")
      ->check(CLI::IsMember({"savepoint-canonical", "savepoint-native", "checkpoint", "unknown"}))
      ->type_name("savepoint-canonical|savepoint-native|checkpoint|unknown");
  app.add_option("--on-loss", o->on_loss, "what happens when the format can't hold something")
      ->check(CLI::IsMember({"fail", "report"}))
      ->type_name("fail|report");
  const CLI::Option* explain =
      app.add_option("--explain-target", o->for_flink,
                     "only say what --for-flink X.Y would do; writes nothing")
          ->type_name("X.Y")
          ->excludes(for_flink);
  app.add_flag("--dry-run", o->dry_run, "do everything but write");
  app.add_flag("--diff", o->diff, "show each change, by operator");
  app.add_flag(
      "--in-place", o->in_place,
      "put results in the inputs' places, keep backups; in a store not atomically: the file "
      "is compared right before it is replaced");
  const CLI::Option* backup =
      app.add_option("--backup", o->backup, "suffix of the backup (default .bak)")
          ->type_name("SUFFIX");
  app.add_flag("--force", o->force, "replace an existing OUT or record");
  app.add_flag("--reencode", o->reencode, "decode and encode even when nothing changes");
  app.add_flag("--fail-on-residual", o->fail_on_residual,
               "fail where state of user code still names places that were replaced");
  app.add_flag("--no-verify", o->no_verify, "don't read the result back before it is put in place");
  app.add_flag("--no-sync", o->no_sync, "don't wait for the disk");
  app.add_flag("--spool", o->spool,
               "with pipes: decide everything before the first byte of output");
  app.add_option("--record", o->record, "write what was done, as JSON")->type_name("FILE");
  app.add_flag("--json", o->json, "the run's data as one JSON document on stdout");
  app.add_flag("--jsonl", o->jsonl, "one JSON object per input and line");
  app.footer(
      "Examples:\n"
      "  stateferry convert -r rules/samples/bucket-to-bucket.yaml \\\n"
      "      --set from=s3://old-bucket/flink --set to=s3://new-bucket/flink \\\n"
      "      old new --diff\n"
      "  stateferry convert -r move.yaml --out-dir moved savepoints/*/_metadata\n"
      "  stateferry convert -r move.yaml --in-place s3://new/flink/job/chk-9\n"
      "  stateferry convert --for-flink 1.20 --on-loss report savepoint-b9888f for-1.20");
  app.callback([&, o, backup, explain] {
    o->backup_given = backup->count() > 0;
    o->explain = explain->count() > 0;
    o->dry_run |= o->explain;
    run = [&, o] { return o->latest ? convert_latest(*o, context) : convert_named(*o, context); };
  });
}

}  // namespace stateferry::cli
