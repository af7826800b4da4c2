// scan: where a snapshot names places that no rule rewrites.
#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/snapshot_scan.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/text_finder.hpp"
#include "support/json.hpp"
#include "support/operator_names.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::vector<std::string> texts;
  std::string uids;
  bool files = false;
  bool json = false;
  bool jsonl = false;
};

void check_usage(const Options& o) {
  for (const std::string& text : o.texts) {
    if (text.empty() || text.size() > TextFinder::kLongest) {
      throw Error("E-ARG-USAGE",
                  "a STRING has 1 to " + std::to_string(TextFinder::kLongest) + " bytes",
                  "name the part that all of them have, such as a bucket");
    }
  }
  if (o.files && o.in.snapshot == "-" && o.in.base_uri.empty()) {
    throw Error("E-ARG-USAGE", "--files can't tell where the files of stdin lie",
                "give the directory of its _metadata with --base-uri");
  }
}

// ------------------------------------------------------------------------------ each

std::string hit_text(const ScanHit& hit) {
  std::string text = shown(hit.text) + "  " + std::string(scan_place_name(hit.place));
  if (!hit.op.empty()) text += " of " + shown(hit.op);
  if (!hit.name.empty()) text += " (" + shown(hit.name) + ")";
  if (hit.role != Role::none) text += ", " + std::string(role_name(hit.role));
  text += "  " + shown(hit.path) + " at " + std::to_string(hit.offset);
  if (hit.encoding != TextEncoding::utf8) {
    text += ", " + std::string(text_encoding_name(hit.encoding));
  }
  return text + (hit.escaped ? ", escaped" : "") + "\n";
}

void write_hit(JsonText& json, const ScanHit& hit) {
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  json.object([&] {
    json.member("text", without_secrets(hit.text));
    json.member("place", scan_place_name(hit.place));
    json.member("path", hit.path);
    json.member("offset", hit.offset);
    json.member("encoding", text_encoding_name(hit.encoding));
    json.member("escaped", hit.escaped);
    json.member("role", hit.role == Role::none ? std::nullopt : std::optional(role_name(hit.role)));
    json.member("operator", known(hit.op));
    json.member("operator-name", known(hit.name));
  });
}

// ------------------------------------------------------------------------------ all

struct Result {
  std::uint64_t hits = 0;
  std::uint64_t files = 0;
  ScanReport metadata;
  ScanReport state;
  std::uint64_t unsafe = 0;
};

Result look_through(const Options& o, SnapshotRun& run, const ScanFound& found) {
  const LoadedNames loaded = load_operator_names(o.uids);
  const ScanRequest request{o.texts, loaded.names.get()};
  Result result;
  const ScanFound counted = [&](const ScanHit& hit) {
    ++result.hits;
    found(hit);
  };
  PartReader snapshot = run.parts();
  snapshot.check();  // of a damaged one nothing is told
  result.metadata = scan_metadata(snapshot, request, counted);
  if (!o.files) return result;
  const References references =
      collect_references(snapshot, run.base(), run.stores.default_file_system());
  result.unsafe = references.unsafe_count;
  result.files = references.files.size();
  result.state = scan_files(references, request, run.stores, o.in.stores.jobs, counted);
  return result;
}

std::string summary(const Options& o, const Result& r) {
  std::string text = count_of(r.hits, o.texts.empty() ? "URI" : "place") + " found in " +
                     human_size(r.metadata.bytes) + " of inline state and in names";
  if (o.files) {
    text += ", and in " + count_of(r.state.files, "file") + " (" + human_size(r.state.bytes) +
            "); what is compressed can't be seen into";
  }
  if (r.state.left_out > 0) {
    text += "\n" + grouped(r.state.left_out) + " more in files that hold too many to be told each";
  }
  if (r.metadata.paths > 0) {
    text += "\n" + count_of(r.metadata.paths, "handle") + " besides " +
            (r.metadata.paths == 1 ? "names" : "name") +
            " it in the path of its file: rules rewrite those";
  }
  if (r.unsafe > 0) {
    text += "\n" + count_of(r.unsafe, "location") + " not to be followed";
  }
  return text;
}

ExitCode exit_code(const Options& o, const Result& r) {
  if (!r.state.failures.empty()) return exit_of(r.state.failures.front().code);
  return !o.texts.empty() && r.hits + r.state.left_out > 0 ? ExitCode::findings : ExitCode::ok;
}

ExitCode scan(const Options& o, const Context& context) {
  check_usage(o);
  SnapshotRun run(o.in, context);
  Result result;
  if (o.json) {
    print_document("stateferry/scan/1", [&](JsonText& json) {
      json.member("snapshot", run.snapshot());
      json.values("strings", o.texts);
      json.array("found", [&] {
        result = look_through(o, run, [&](const ScanHit& hit) { write_hit(json, hit); });
      });
      json.member("count", result.hits + result.state.left_out);
      json.member("in-paths", result.metadata.paths);
      json.member("inline-bytes", result.metadata.bytes);
      json.member("files", result.state.files);
      json.member("file-bytes", result.state.bytes);
      json.member("files-not-read", std::uint64_t{result.state.failures.size()});
      json.member("unsafe", result.unsafe);
    });
  } else {
    result = look_through(o, run, [&](const ScanHit& hit) {
      if (!o.jsonl) return print(hit_text(hit));
      JsonText line(JsonText::Style::compact);
      write_hit(line, hit);
      print_json(line);
    });
  }
  finish_stdout();
  for (const Diagnostic& failure : result.state.failures) say(failure);
  if (!o.json) say(summary(o, result));
  return exit_code(o, result);
}

}  // namespace

void declare_scan(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in, "_metadata file or its directory, a path or URI, or -");
  app.add_option("STRING", o->texts,
                 "what to look for, such as an old bucket; without it every URI of a storage")
      ->type_name("");
  add_place_options(app, o->in);
  add_uids_option(app, o->uids);
  app.add_flag("--files", o->files, "look through the files of the snapshot, too");
  app.add_flag("--json", o->json, "one JSON document");
  app.add_flag("--jsonl", o->jsonl, "one JSON object per place and line")->excludes("--json");
  add_store_options(app, o->in.stores, false);
  app.add_option("-j,--jobs", o->in.stores.jobs, "how many files to read at once (default 8)")
      ->check(CLI::Range(1U, 64U))
      ->type_name("N");
  app.footer(
      "Example:\n"
      "  stateferry scan new/savepoint-b9888f old-bucket --files && echo 'nothing is left of it'\n"
      "With a STRING the exit code is 0 when it is nowhere, and 1 when it was found.");
  app.callback([&, o] { run = [&, o] { return scan(*o, context); }; });
}

}  // namespace stateferry::cli
