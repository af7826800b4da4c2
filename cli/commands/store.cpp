// store check: how a store is reached, and whether it can be listed and read. Writes nothing.
#include <algorithm>
#include <chrono>
#include <optional>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

// Bytes that are read of a file: enough to know that it can be.
constexpr std::uint64_t kBytesRead = std::uint64_t{64} << 10;
// Directories that are entered in search of a file.
constexpr int kDeepest = 16;

struct Options {
  std::string uri;
  bool json = false;
  StoreOptions stores;
};

// A thing that was tried.
struct Step {
  std::string uri;
  bool done = false;
  double seconds = 0;
  std::optional<Diagnostic> failure;
};

struct Listed : Step {
  std::uint64_t files = 0;
  std::uint64_t directories = 0;
  std::optional<StoredFile> file;  // the first by name
  std::string directory;           // likewise
};

struct Report {
  std::string uri;
  StoreAccess access;
  Listed listed;
  Step read;
  std::uint64_t bytes = 0;  // of the file that was read
  std::uint64_t got = 0;    // what was read of them

  const std::optional<Diagnostic>& failure() const {
    return listed.failure ? listed.failure : read.failure;
  }
};

// Every failure says what to do.
Diagnostic helpful(Diagnostic d) {
  const CodeInfo* const info = find_code(d.code);
  if (d.hint.empty() && info != nullptr) d.hint = info->advice;
  return d;
}

template <class F>
void attempt(Step& step, F&& f) {
  const auto start = std::chrono::steady_clock::now();
  try {
    f();
    step.done = true;
  } catch (const Error& error) {
    step.failure = helpful(error.diagnostic());
  }
  step.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void see(Listed& listed, const StoredFile& file) {
  if (file.uri.ends_with('/')) {
    ++listed.directories;
    if (listed.directory.empty() || file.uri < listed.directory) listed.directory = file.uri;
  } else {
    ++listed.files;
    if (!listed.file || file.uri < listed.file->uri) listed.file = file;
  }
}

// What lies in the directory itself.
Listed list(Stores& stores, const std::string& directory) {
  Listed listed;
  listed.uri = directory;
  ListOptions options;
  options.directories = true;
  options.flat = true;
  attempt(listed, [&] {
    stores.list(directory, options, [&](const StoredFile& file) { see(listed, file); });
  });
  return listed;
}

// A file to read: the first of the directory, or of the first directory in it, and so on.
std::optional<StoredFile> file_below(Stores& stores, const Listed& top) {
  std::optional<StoredFile> file = top.file;
  std::string next = top.directory;
  for (int depth = 0; !file && !next.empty() && depth < kDeepest; ++depth) {
    const Listed listed = list(stores, without_slash(next));
    if (listed.failure) throw Error(*listed.failure);
    file = listed.file;
    next = listed.directory;
  }
  return file;
}

void read(Stores& stores, const StoredFile& file, Report& report) {
  report.read.uri = file.uri;
  report.bytes = file.size;
  const std::uint64_t part = std::min(file.size, kBytesRead);
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  stores.read(file.uri, ByteRange{0, part}, *sink);
  report.got = part;
}

Report check(Stores& stores, const std::string& uri) {
  Report report;
  report.uri = uri;
  report.access = stores.access(uri);
  std::optional<StoredFile> file;
  if (!is_store_root(uri)) {
    attempt(report.read, [&] { file = stores.stat(uri); });
    report.read.uri = uri;
    report.read.done = false;
  }
  // Who doesn't answer a look at one file doesn't answer more.
  const auto& failure = report.read.failure;
  if (failure && failure->code != "E-IO-DENIED") return report;
  report.listed = list(stores, file ? directory_of(uri) : without_slash(uri));
  if (failure || report.listed.failure) {
    if (file) attempt(report.read, [&] { read(stores, *file, report); });
    return report;
  }
  attempt(report.read, [&] {
    if (!file) file = file_below(stores, report.listed);
    report.read.uri.clear();
    if (file) read(stores, *file, report);
  });
  return report;
}

// ------------------------------------------------------------------------------ telling

std::string line(const char* name, const std::string& value) {
  return value.empty() ? std::string() : std::string(name) + shown(value) + "\n";
}

std::string listed_text(const Listed& listed) {
  if (listed.failure) return "could not be listed: " + listed.failure->message;
  if (!listed.done) return "not tried";
  return count_of(listed.files, "file") + " and " +
         (listed.directories == 1 ? "1 directory" : grouped(listed.directories) + " directories") +
         " in " + listed.uri;
}

std::string read_text(const Report& report) {
  if (report.read.failure) return "could not be read: " + report.read.failure->message;
  if (!report.read.done) return "not tried";
  if (report.read.uri.empty() || report.got + report.bytes == 0) {
    return report.read.uri.empty() ? "nothing: no file lies there" : report.read.uri + ", empty";
  }
  return report.read.uri + ", " + human_size(report.got) +
         (report.got < report.bytes ? " of " + human_size(report.bytes) : std::string());
}

void print_text(const Report& report) {
  const StoreAccess& access = report.access;
  const std::string engine =
      access.engine.empty()
          ? std::string()
          : access.engine + (access.engine_version.empty() ? "" : ", " + access.engine_version);
  print(line("uri          ", report.uri) + line("engine       ", engine) +
        line("remote       ", access.remote) + line("endpoint     ", access.endpoint) +
        line("region       ", access.region) + line("credentials  ", access.credentials) +
        line("listed       ", listed_text(report.listed)) +
        line("read         ", read_text(report)));
}

void write_step(JsonText& json, const Step& step) {
  json.member("ok", step.done && !step.failure);
  json.member("uri", step.uri);
  if (step.failure) json.object("failure", [&] { write_diagnostic_members(json, *step.failure); });
}

void print_json_report(const Report& report) {
  print_document("stateferry/store-check/1", [&](JsonText& json) {
    json.member("uri", report.uri);
    json.member("ok", !report.failure());
    const StoreAccess& access = report.access;
    json.object("access", [&] {
      json.member("engine", access.engine);
      json.member("engine-version", access.engine_version);
      json.member("remote", access.remote);
      json.member("endpoint", access.endpoint);
      json.member("region", access.region);
      json.member("credentials", access.credentials);
    });
    json.object("listed", [&] {
      write_step(json, report.listed);
      json.member("files", report.listed.files);
      json.member("directories", report.listed.directories);
    });
    json.object("read", [&] {
      write_step(json, report.read);
      json.member("bytes", report.bytes);
      json.member("bytes-read", report.got);
    });
  });
}

ExitCode check_store(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  Stores stores = open_stores(o.stores, registry);
  const Report report = check(stores, without_slash(uri_of_argument(o.uri)));
  if (o.json) {
    print_json_report(report);
  } else {
    print_text(report);
  }
  if (report.failure()) throw Error(*report.failure());
  if (!o.json) {
    finish_stdout();
    say("it can be listed and read; what may be written is seen by writing only");
  }
  return ExitCode::ok;
}

}  // namespace

void declare_store(CLI::App& app, Context& context, Run& run) {
  app.require_subcommand(1);
  app.footer("Example:\n  stateferry store check s3://bucket/flink");
  const auto o = std::make_shared<Options>();
  CLI::App* check_app = app.add_subcommand(
      "check", "how a store is reached, and whether it can be listed and read; writes nothing");
  check_app->add_option("URI", o->uri, "a file, a directory or a bucket")
      ->required()
      ->type_name("");
  check_app->add_flag("--json", o->json, "one JSON document");
  add_store_options(*check_app, o->stores, false);
  check_app->footer("Example:\n  stateferry store check s3://bucket/flink");
  check_app->callback([&, o] { run = [&, o] { return check_store(*o, context); }; });
}

}  // namespace stateferry::cli
