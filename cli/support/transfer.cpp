#include "support/transfer.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/config.hpp"
#include "support/files.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {

namespace fs = std::filesystem;

// ------------------------------------------------------------------------------ options

namespace {

// `50M` in bytes; nothing for what is no rate, and for none at all.
std::optional<std::uint64_t> bytes_of_rate(std::string_view text) {
  static constexpr std::string_view kUnits = "BKMG";
  const auto unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
  if (unit == std::string_view::npos) return std::nullopt;
  const auto number = number_from_text<std::uint64_t>(text.substr(0, text.size() - 1));
  const auto shift = 10 * unit;
  if (!number || *number == 0 || *number > (std::uint64_t{1} << (62 - shift))) return std::nullopt;
  return *number << shift;
}

}  // namespace

void add_store_options(CLI::App& app, StoreOptions& o, bool copying) {
  app.add_option("--config", o.config,
                 "the configuration (default ~/.config/stateferry/config.yaml)")
      ->type_name("FILE");
  if (!copying) return;
  app.add_option("-j,--jobs", o.jobs, "files to copy at once (default 8)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--progress", o.progress, "auto: a line on a terminal, none elsewhere")
      ->check(CLI::IsMember({"auto", "none", "json"}))
      ->type_name("auto|none|json");
  app.add_flag("--no-sync", o.no_sync, "don't wait for the disk");
  app.add_option("--bwlimit", o.bwlimit,
                 "bytes per second that copies from and to stores may move in all: a number and B, "
                 "K, M or G, such as 50M")
      ->check([](const std::string& text) -> std::string {
        return bytes_of_rate(text) ? "" : "'" + text + "' is no rate: write it as 50M";
      })
      ->type_name("RATE");
}

namespace {

// Told by -v and -vv alone.
StorageRun run_of(const StoreOptions& options) {
  StorageRun run;
  if (!options.bwlimit.empty()) run.bytes_per_second = bytes_of_rate(options.bwlimit).value_or(0);
  if (verbosity() == 0) return run;
  const bool all = verbosity() > 1;
  run.log = all ? EngineLog::all : EngineLog::retries;
  run.tell = [all](const std::string& line) {
    debug((all ? "rclone: " : "trying again: ") + shown(line));
  };
  return run;
}

}  // namespace

Stores open_stores(const StoreOptions& options, PluginRegistry& registry) {
  Stores stores(registry, load_config(config_path(options.config), registry));
  // Names in it come from the metadata: none may make a line of its own.
  stores.tell_waits([](const std::string& line) { say(shown(line)); });
  stores.work_as(run_of(options));
  return stores;
}

void add_as_option(CLI::App& app, std::string& name) {
  const auto check = [](const std::string& text) -> std::string {
    const bool good =
        !text.empty() && text != ".." && text.find('/') == std::string::npos && !has_control(text);
    return good ? "" : "'" + text + "' is no name of a directory";
  };
  app.add_option("--as", name,
                 "the name of the snapshot's own directory below DST (default: the one that it "
                 "has); '.': it becomes DST itself")
      ->check(check)
      ->type_name("NAME");
}

void add_scheme_option(CLI::App& app, std::string& scheme) {
  app.add_option(
         "--scheme", scheme,
         "the scheme of all new locations in DST's store, such as s3a (default: each handle "
         "keeps the one that it has)")
      ->check([](const std::string& text) -> std::string {
        return text.empty() || !has_scheme(text + ":/") ? "'" + text + "' is no scheme" : "";
      })
      ->type_name("SCHEME");
}

std::string schemes_text(const std::vector<std::string>& kept, const MovePlan& plan,
                         const std::string& head) {
  if (kept.empty()) return {};
  std::string names;
  for (const std::string& scheme : kept) names += (names.empty() ? "" : ", ") + shown(scheme);
  return head + "handles keep " + names + "; --scheme " + std::string(scheme_of(plan.target)) +
         " gives them the target's\n";
}

std::vector<Relocation> parse_maps(const std::vector<std::string>& maps) {
  std::vector<Relocation> relocations;
  for (const std::string& map : maps) {
    const auto equals = map.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == map.size()) {
      throw Error("E-ARG-USAGE", "--map takes FROM=TO, not '" + map + "'",
                  "both are directories, such as s3://old/claimed=s3://new/claimed");
    }
    const std::string to = map.substr(equals + 1);
    relocations.push_back({without_slash(uri_of_argument(map.substr(0, equals))),
                           without_slash(uri_of_argument(to)), !has_scheme(to)});
  }
  return relocations;
}

void add_default_scheme_option(CLI::App& app, std::string& value) {
  app.add_option("--default-scheme", value,
                 "where locations without a scheme lie, as Flink's fs.default-scheme says it "
                 "(default file:///)")
      ->type_name("URI");
}

std::string default_file_system(const std::string& value) {
  if (value.empty()) return std::string(kLocalFileSystem);
  auto root = file_system_from_text(value);
  if (root) return std::move(*root);
  throw Error("E-ARG-USAGE", "--default-scheme takes a file system, not '" + value + "'",
              "write it as hdfs://namenode:8020, s3://bucket or file:///, without a path");
}

CopyOptions copy_options(const StoreOptions& o) {
  CopyOptions options;
  options.jobs = o.jobs;
  options.sync = !o.no_sync;
  return options;
}

// ------------------------------------------------------------------------------ snapshots

std::string uri_of_argument(const std::string& argument) {
  std::string text = argument;
  if (scheme_of(argument) == "file") {
    std::error_code error;
    const fs::path path = fs::absolute(local_path(argument), error).lexically_normal();
    text = "file:" + path.string();
  }
  auto normal = normalize_flink_path(text);
  if (!normal) {
    throw Error("E-ARG-USAGE", "'" + argument + "' is no path or URI",
                "write it as /path or scheme://authority/path");
  }
  return std::move(*normal);
}

std::string pointer_uri(const std::string& argument) {
  if (scheme_of(argument) == "file") return uri_of_argument(metadata_path(argument));
  const std::string uri = uri_of_argument(argument);
  // Also a backup of it, such as _metadata.bak.
  return last_name(uri).starts_with("_metadata") ? uri : join_uri(uri, "_metadata");
}

std::unique_ptr<ByteSource> open_anywhere(const std::string& argument, Stores& stores) {
  if (argument == "-" || scheme_of(argument) == "file") return open_input(argument);
  return open_metadata(pointer_uri(argument), stores);
}

std::string directory_anywhere(const std::string& argument) {
  if (argument == "-" || scheme_of(argument) == "file") return base_uri_of(argument);
  return directory_of(pointer_uri(argument));
}

namespace {

// The URI of the snapshot that a run reads.
std::string pointer_to_read(const std::string& argument) {
  std::string pointer = pointer_uri(argument);
  if (scheme_of(pointer) == "file") run_files().reads(kTheSnapshot, local_path(pointer));
  return pointer;
}
std::string base_from(const std::string& base_uri) {
  return base_uri.empty() ? std::string() : uri_of_argument(base_uri);
}

}  // namespace

Snapshot load_snapshot(const std::string& argument, const std::string& base_uri, Stores& stores,
                       PluginRegistry& registry, DiagnosticSink& sink) {
  std::string pointer = pointer_to_read(argument);
  return read_snapshot(std::move(pointer), base_from(base_uri), stores, registry, sink);
}

SnapshotReferences load_references(const std::string& argument, const std::string& base_uri,
                                   Stores& stores, PluginRegistry& registry, DiagnosticSink& sink) {
  std::string pointer = pointer_to_read(argument);
  return read_references(std::move(pointer), base_from(base_uri), stores, registry, sink);
}

std::string local_root(const std::vector<PlanRow>& rows, std::string PlanRow::*member) {
  std::string all;
  for (const PlanRow& row : rows) {
    const std::string directory = directory_of(canonical_uri(row.*member));
    all = all.empty() ? directory : common_directory(all, directory);
    if (all.empty()) return {};
  }
  return !all.empty() && scheme_of(all) == "file" ? all : std::string();
}

// ------------------------------------------------------------------------------ reports

namespace {
constexpr double kToldFrom = 3;
}

void write_copy_members(JsonText& json, const CopyReport& report) {
  json.member("copied", report.copied);
  json.member("grown", report.grown);
  json.member("bytes-copied", report.bytes);
  json.member("existed", report.existed);
  json.member("resumed", report.resumed);
  json.member("access-not-kept", report.access_not_kept);
  json.key("seconds");
  json.raw(fmt::format("{:.3f}", report.seconds));
}

void write_roots(JsonText& json, const std::vector<SourceRoot>& roots) {
  json.objects("roots", roots, [&](const SourceRoot& root) {
    json.member("uri", root.uri);
    json.member("files", root.files);
    json.member("bytes", root.bytes);
  });
}

std::string copy_text(const CopyReport& report) {
  std::string text = count_of(report.copied, "file") + " copied (" + human_size(report.bytes) + ")";
  if (report.grown > 0) text += ", " + grouped(report.grown) + " of them had grown";
  // A rate says nothing of a moment.
  if (report.seconds >= kToldFrom) {
    text += fmt::format(
        " in {:.0f} s, {}/s", report.seconds,
        human_size(static_cast<std::uint64_t>(static_cast<double>(report.bytes) / report.seconds)));
  }
  const std::uint64_t before = report.existed + report.resumed;
  if (before > 0) text += ", " + grouped(before) + (before == 1 ? " was" : " were") + " there";
  if (report.access_not_kept > 0) {
    text += "; " + count_of(report.access_not_kept, "file") +
            " could not get the owner, group or mode of the source: run as root to keep them";
  }
  return text;
}

// ------------------------------------------------------------------------------ progress

struct ProgressDisplay::State {
  using Clock = std::chrono::steady_clock;

  State(const CopyProgress& p, bool j) : progress(p), json(j) {
    thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~State() {
    thread.request_stop();
    thread.join();
  }

  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    const auto interval = std::chrono::milliseconds(json ? 1000 : 200);
    while (!stop.stop_requested()) {
      changed.wait_for(lock, stop, interval, [] { return false; });
      show(stop.stop_requested());
    }
  }

  void show(bool last) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const std::uint64_t bytes = progress.bytes;
    const double rate = seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
    const std::uint64_t left =
        progress.bytes_total > bytes ? progress.bytes_total - bytes : std::uint64_t{0};
    const double eta = rate > 0 ? static_cast<double>(left) / rate : 0;
    std::string text;
    if (json) {
      text = fmt::format(
          "{{\"progress\":\"copy\",\"files\":{},\"files-total\":{},\"bytes\":{},\"bytes-total\":{},"
          "\"bytes-per-second\":{:.0f},\"eta-seconds\":{:.0f}}}\n",
          progress.files.load(), progress.files_total, bytes, progress.bytes_total, rate, eta);
    } else {
      text = fmt::format("\r\x1b[K{} of {} files, {} of {}, {}/s", grouped(progress.files),
                         grouped(progress.files_total), human_size(bytes),
                         human_size(progress.bytes_total),
                         human_size(static_cast<std::uint64_t>(rate)));
      const auto whole = static_cast<std::uint64_t>(eta);
      if (left > 0) text += fmt::format(", {}:{:02} left", whole / 60, whole % 60);
      if (last) text = "\r\x1b[K";
    }
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;  // nobody is listening
  }

  const CopyProgress& progress;
  const bool json;
  const Clock::time_point start = Clock::now();
  std::mutex mutex;
  std::condition_variable_any changed;
  std::jthread thread;
};

ProgressDisplay::ProgressDisplay(const StoreOptions& options, const GlobalOptions& global)
    : json_(options.progress == "json"),
      line_(options.progress == "auto" && ::isatty(STDERR_FILENO) == 1 && !global.quiet) {}
ProgressDisplay::~ProgressDisplay() {
  copied();
}

namespace {

std::atomic<const CopyProgress*> g_copying = nullptr;
std::array<struct sigaction, 3> g_next;
constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

// A number for write(2): nothing else may be called when a signal comes.
class Words {
 public:
  Words& operator<<(std::string_view text) noexcept {
    for (const char c : text) {
      if (size_ < text_.size()) text_[size_++] = c;
    }
    return *this;
  }
  Words& operator<<(std::uint64_t number) noexcept {
    std::array<char, 20> digits;
    std::size_t first = digits.size();
    do digits[--first] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    return *this << std::string_view(digits.data() + first, digits.size() - first);
  }
  void tell() const noexcept {
    if (::write(STDERR_FILENO, text_.data(), size_) < 0) return;  // nobody is listening
  }

 private:
  std::array<char, 200> text_;
  std::size_t size_ = 0;
};

extern "C" void tell_how_far(int signal) {
  if (const CopyProgress* const at = g_copying.load()) {
    (Words() << "\nstopped: " << at->files.load() << " of " << at->files_total << " files, "
             << at->bytes.load() << " bytes are copied; the same command goes on from there\n")
        .tell();
  } else {
    (Words() << "stopped by signal " << static_cast<std::uint64_t>(signal)
             << "; the same command can be run again\n")
        .tell();
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal) g_next[i].sa_handler(signal);
  }
  // The first process of a container outlives a signal that it doesn't handle.
  ::_exit(128 + signal);
}

}  // namespace

void tell_how_far_on_signal() {
  struct sigaction action {};
  action.sa_handler = tell_how_far;
  ::sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &g_next[i]);
    const auto next = g_next[i].sa_handler;
    if (next != SIG_IGN && next != SIG_DFL) ::sigaction(kSignals[i], &action, nullptr);
  }
}

void ProgressDisplay::copying(const CopyProgress& progress) {
  g_copying = &progress;
  set_line_open(line_ && !json_);
  if (json_ || line_) state_ = std::make_unique<State>(progress, json_);
}

void ProgressDisplay::copied() noexcept {
  g_copying = nullptr;
  state_.reset();
  set_line_open(false);
}

}  // namespace stateferry::cli
