// orphans: files below a root that no given snapshot needs. Lists them, and deletes nothing.
#include "stateferry/transfer/orphans.hpp"

#include <ctime>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/times.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  std::string root;
  std::vector<std::string> snapshots;
  std::string default_scheme;
  std::string older_than = "1d";
  bool include_incomplete = false;
  bool json = false;
  bool jsonl = false;
  bool print0 = false;
  StoreOptions stores;
};

// What the given snapshots need. One that can't be read stops the run: its files would look like
// orphans.
NeededFiles needed_files(const Options& o, Stores& stores, PluginRegistry& registry,
                         DiagnosticSink& sink) {
  NeededFiles needed;
  for (const std::string& argument : o.snapshots) {
    try {
      needed.add(stores, load_snapshot(argument, {}, stores, registry, sink));
    } catch (Error& error) {
      error.diagnostic().notes.emplace_back(
          "nothing is listed: what this snapshot needs can't be told");
      throw;
    }
  }
  return needed;
}

OrphanRequest request_of(const Options& o) {
  const auto age = parse_age(o.older_than);
  if (!age) {
    throw Error("E-ARG-USAGE", "--older-than takes an age, not '" + o.older_than + "'",
                "write it as 90m, 36h or 7d; 0 is any age");
  }
  return {without_slash(uri_of_argument(o.root)), std::time(nullptr), *age, o.include_incomplete};
}

void write_file(JsonText& json, const StoredFile& file) {
  json.object([&] {
    json.member("uri", file.uri);
    json.member("bytes", file.size);
    if (file.modified) json.member("modified", iso_time(*file.modified));
  });
}

// Names the first of what the list leaves out.
void warn_of(const std::vector<std::string>& places, const char* code, const std::string& message,
             const char* hint) {
  if (places.empty()) return;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = code;
  d.message = message;
  for (std::size_t i = 0; i < places.size() && i < 10; ++i) d.notes.push_back(places[i]);
  d.hint = hint;
  say(d);
}

void warn(const Options& o, const OrphanReport& report) {
  const std::size_t others = report.not_given.size();
  warn_of(report.not_given, "W-ORPHANS-NOT-GIVEN",
          count_of(others, "snapshot") + " below the root " + (others == 1 ? "was" : "were") +
              " not given: what only such a one needs is in the list",
          "give every snapshot that may still be restored");
  warn_of(report.incomplete, "W-ORPHANS-INCOMPLETE",
          count_of(report.incomplete.size(), "checkpoint") +
              (o.include_incomplete
                   ? " without _metadata in the list, though Flink may be writing there"
                   : " without _metadata left out: Flink may be writing there"),
          o.include_incomplete ? "look whether the job is running before anything is deleted"
                               : "--include-incomplete lists their files, too, once the job has "
                                 "stopped for good");
}

ExitCode orphans(const Options& o, const Context& context) {
  const OrphanRequest request = request_of(o);
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores = open_stores(o.stores, registry);
  stores.set_default_file_system(default_file_system(o.default_scheme));
  NeededFiles needed = needed_files(o, stores, registry, problems);
  OrphanReport report;
  JsonText json;
  json.object([&] {
    json.member("schema", "stateferry/orphans/1");
    json.member("root", request.root);
    json.array("orphans", [&] {
      report = find_orphans(stores, needed, request, [&](const StoredFile& file) {
        if (o.jsonl) {
          JsonText line(JsonText::Style::compact);
          write_file(line, file);
          print_json(line);
        } else if (o.json) {
          write_file(json, file);
        } else if (o.print0) {
          print_exactly(file.uri + '\0');
        } else {
          print(shown(file.uri) + "\n");
        }
      });
    });
    json.member("files", report.files);
    json.member("candidates", report.candidates);
    json.member("bytes", report.bytes);
    json.member("older-than-seconds", static_cast<std::uint64_t>(request.older_than));
    json.member("too-young", report.too_young);
    json.values("snapshots-not-given", report.not_given);
    json.values("incomplete-checkpoints", report.incomplete);
  });
  if (o.json) print_json(json);
  finish_stdout();
  warn(o, report);
  if (!o.json) {
    std::string text = grouped(report.candidates) + " of " + count_of(report.files, "file") +
                       " are needed by no given snapshot (" + human_size(report.bytes) + ")";
    if (report.too_young > 0) {
      text += "; " + count_of(report.too_young, "further file") + " changed less than " +
              o.older_than + " ago";
    }
    say(text);
  }
  return ExitCode::ok;
}

}  // namespace

void declare_orphans(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("--root", o->root, "the directory to look through")->required()->type_name("URI");
  app.add_option("METADATA", o->snapshots, "every snapshot that may still be needed")
      ->required()
      ->type_name("");
  add_default_scheme_option(app, o->default_scheme);
  app.add_option("--older-than", o->older_than,
                 "only files last changed so long ago: 90m, 36h, 7d (default 1d), 0 for any")
      ->type_name("AGE");
  app.add_flag("--include-incomplete", o->include_incomplete,
               "also files of checkpoints that Flink may be writing");
  app.add_flag("--json", o->json, "one JSON document");
  app.add_flag("--jsonl", o->jsonl, "one JSON object per file and line");
  app.add_flag("--print0", o->print0,
               "for pipes: exact names, each ended by a NUL byte; without it a name is shown as a "
               "terminal may have it")
      ->excludes("--json")
      ->excludes("--jsonl");
  add_store_options(app, o->stores, false);
  app.footer(
      "Examples:\n"
      "  stateferry orphans --root s3://bucket/job s3://bucket/job/chk-8 s3://bucket/job/chk-9\n"
      "  stateferry orphans --root /data/job --older-than 7d /data/job/chk-*");
  app.callback([&, o] { run = [&, o] { return orphans(*o, context); }; });
}

}  // namespace stateferry::cli
