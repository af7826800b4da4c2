#include "stateferry/transfer/verify.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/shown.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  std::string snapshot;
  std::string base_uri;
  bool strict = false;
  bool all = false;
  bool json = false;
  StoreOptions stores;
};

std::string sizes_text(const Finding& f) {
  if (f.mark != Mark::differs) return {};
  const Reference& r = *f.reference;
  return "  " + std::to_string(f.found.value_or(0)) + " bytes instead of " +
         (r.size ? std::to_string(*r.size) : "at least " + std::to_string(r.at_least));
}

void print_finding(const Finding& f, const References& references) {
  std::string line = std::string(1, static_cast<char>(f.mark)) + " " + shown(f.uri) + sizes_text(f);
  if (f.reference != nullptr && f.mark != Mark::good) {
    line += "  " + std::string(role_name(f.reference->role));
    if (const std::string op = references.operator_text(*f.reference); !op.empty()) {
      line += " of " + shown(op);
    }
    if (f.mark == Mark::missing && f.reference->relative) line += ", a relative handle";
  }
  print(line + "\n");
}

void write_finding(JsonText& json, const Finding& f, const References& references) {
  json.begin_object();
  json.member("mark", std::string(1, static_cast<char>(f.mark)));
  json.member("uri", f.uri);
  if (f.found) json.member("bytes", *f.found);
  if (f.reference != nullptr) {
    const Reference& r = *f.reference;
    if (r.size) json.member("expected-bytes", *r.size);
    if (!r.size) json.member("expected-at-least", r.at_least);
    json.member("role", role_name(r.role));
    if (const std::string op = references.operator_text(r); !op.empty())
      json.member("operator", op);
    json.member("relative", r.relative);
  }
  json.end_object();
}

std::string summary(const VerifyReport& r, std::uint64_t unsafe) {
  std::string text = count_of(r.files, "file") + ", " + human_size(r.bytes) + ": ";
  if (r.complete() && unsafe == 0) {
    text += "all there";
  } else {
    text += grouped(r.missing) + " missing, " + grouped(r.differs) + " of another size";
    if (unsafe > 0) text += ", " + count_of(unsafe, "location") + " not to be followed";
  }
  if (r.strays > 0) text += "; " + count_of(r.strays, "file") + " that nothing refers to";
  if (r.dangling > 0) {
    text +=
        "\nrelative handles lead nowhere: if their files lie in another directory (a savepoint "
        "that "
        "was claimed), 'convert' with handle.absolutize, that directory and 'where: {role: "
        "incremental-shared}' repairs the snapshot";
  }
  return text;
}

ExitCode verify(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores(registry, load_config(o.stores, registry), problems);
  const Snapshot snapshot = load_snapshot(o.snapshot, o.base_uri, stores, registry, problems);
  const References& references = snapshot.references;
  JsonText findings;
  findings.begin_array();
  const auto show = [&](const Finding& f) {
    if (f.mark == Mark::good && !o.all) return;
    if (o.json) {
      write_finding(findings, f, references);
    } else {
      print_finding(f, references);
    }
  };
  for (const std::string& location : references.unsafe) {
    show({Mark::error, location, nullptr, std::nullopt});
  }
  const VerifyReport report = verify_references(stores, references, true, show);
  findings.end_array();
  const bool found =
      !report.complete() || references.unsafe_count > 0 || (o.strict && report.strays > 0);
  if (o.json) {
    JsonText json;
    json.begin_object();
    json.member("schema", "stateferry/verify/1");
    json.member("snapshot", snapshot.pointer);
    json.member("ok", !found);
    json.member("files", report.files);
    json.member("bytes", report.bytes);
    json.member("good", report.good);
    json.member("missing", report.missing);
    json.member("dangling-relative", report.dangling);
    json.member("differs", report.differs);
    json.member("strays", report.strays);
    json.member("unsafe", references.unsafe_count);
    json.key("findings");
    json.raw(findings.text());
    json.end_object();
    print_json(json);
  } else {
    finish_stdout();
    say(summary(report, references.unsafe_count));
  }
  return found ? ExitCode::findings : ExitCode::ok;
}

}  // namespace

void declare_verify(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("SNAPSHOT", o->snapshot, "_metadata file or its directory, a path or URI")
      ->required()
      ->type_name("");
  app.add_option("--base-uri", o->base_uri, "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  app.add_flag("--strict", o->strict, "files that nothing refers to are findings, too");
  app.add_flag("--all", o->all, "show the files that are right, too");
  app.add_flag("--json", o->json, "one JSON document");
  add_store_options(app, o->stores, false);
  app.footer("Example:\n  stateferry verify s3://new/flink/job/chk-9 && echo complete");
  app.callback([&, o] { run = [&, o] { return verify(*o, context); }; });
}

}  // namespace stateferry::cli
