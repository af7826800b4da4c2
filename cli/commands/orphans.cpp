// orphans: files below a root that no given snapshot needs. Lists them, and deletes nothing.
#include <unordered_set>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  std::string root;
  std::vector<std::string> snapshots;
  bool json = false;
  bool jsonl = false;
  StoreOptions stores;
};

// All files that the given snapshots need, and their _metadata: canonical URIs. One that can't be
// read stops the run: its files would look like orphans.
std::unordered_set<std::string> needed_files(const Options& o, Stores& stores,
                                             PluginRegistry& registry, DiagnosticSink& sink) {
  std::unordered_set<std::string> needed;
  for (const std::string& argument : o.snapshots) {
    try {
      const Snapshot snapshot = load_snapshot(argument, {}, stores, registry, sink);
      needed.insert(canonical_uri(snapshot.pointer));
      for (const Reference& file : snapshot.references.files) {
        needed.insert(canonical_uri(file.uri));
      }
    } catch (Error& error) {
      error.diagnostic().notes.emplace_back(
          "nothing is listed: what this snapshot needs can't be told");
      throw;
    }
  }
  return needed;
}

void warn_of_others(const std::vector<std::string>& others) {
  if (others.empty()) return;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-ORPHANS-NOT-GIVEN";
  d.message = count_of(others.size(), "snapshot") +
              " below the root was not given: what only such a one needs is in the list";
  for (std::size_t i = 0; i < others.size() && i < 10; ++i) d.notes.push_back(others[i]);
  d.hint = "give every snapshot that may still be restored";
  say(d);
}

ExitCode orphans(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores(registry, load_config(o.stores, registry), problems);
  const auto needed = needed_files(o, stores, registry, problems);
  const std::string root = without_slash(uri_of_argument(o.root));
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/orphans/1");
  json.member("root", root);
  json.key("orphans");
  json.begin_array();
  std::uint64_t files = 0;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> others;
  stores.list(root, [&](const StoredFile& file) {
    ++files;
    if (needed.contains(canonical_uri(file.uri))) return;
    if (file.uri.ends_with("/_metadata")) {
      others.push_back(file.uri);
      return;
    }
    ++count;
    bytes += file.size;
    if (o.jsonl) {
      JsonText line(JsonText::Style::compact);
      line.begin_object();
      line.member("uri", file.uri);
      line.member("bytes", file.size);
      line.end_object();
      print_json(line);
    } else if (o.json) {
      json.begin_object();
      json.member("uri", file.uri);
      json.member("bytes", file.size);
      json.end_object();
    } else {
      print(file.uri + "\n");
    }
  });
  json.end_array();
  json.member("files", files);
  json.member("candidates", count);
  json.member("bytes", bytes);
  json.key("snapshots-not-given");
  json.begin_array();
  for (const std::string& other : others) json.value(other);
  json.end_array();
  json.end_object();
  if (o.json) print_json(json);
  finish_stdout();
  warn_of_others(others);
  if (!o.json) {
    say(grouped(count) + " of " + count_of(files, "file") + " are needed by no given snapshot (" +
        human_size(bytes) + ")");
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
  app.add_flag("--json", o->json, "one JSON document");
  app.add_flag("--jsonl", o->jsonl, "one JSON object per file and line");
  add_store_options(app, o->stores, false);
  app.footer("Example:\n  stateferry orphans --root s3://bucket/job s3://bucket/job/chk-*");
  app.callback([&, o] { run = [&, o] { return orphans(*o, context); }; });
}

}  // namespace stateferry::cli
