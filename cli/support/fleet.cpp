#include "support/fleet.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/transfer/counted.hpp"
#include "support/console.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/run_files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

// What a list may have: several million lines.
constexpr std::uint64_t kListBytes = std::uint64_t{1} << 30;
constexpr std::chrono::seconds kTellEvery{5};

std::string read_list(const FleetArgs& args) {
  const bool is_stdin = args.snapshots == "-";
  if (!is_stdin) run_files().reads("--snapshots", local_path(args.snapshots));
  return read_text_file(is_stdin ? "/dev/stdin" : local_path(args.snapshots),
                        is_stdin ? "<stdin>" : args.snapshots, {.bytes = kListBytes});
}

// The file that an argument means by its name: whether it is there is seen when its turn comes.
std::string pointer_by_name(const std::string& argument) {
  if (is_remote(argument)) return pointer_uri(argument);
  std::string path = local_path(argument);
  try {
    path = metadata_path(argument);
  } catch (const IoError&) {  // a failure of its run
  }
  return uri_of_argument(path);
}

}  // namespace

void FleetArgs::take_target(std::string& snapshot, std::string& target) const {
  if (!given()) {
    if (!shard.empty()) {
      throw Error("E-ARG-USAGE", "--shard is for a list of snapshots", "add --snapshots FILE");
    }
    return;
  }
  if (!target.empty()) {
    throw Error("E-ARG-USAGE", "with --snapshots there is one argument: DST",
                "put the snapshot into the list");
  }
  target.swap(snapshot);
}

void add_fleet_options(CLI::App& app, FleetArgs& args, CLI::Option* snapshot, CLI::Option* target) {
  const bool needs_target = target->get_required();
  app.add_option("--snapshots", args.snapshots,
                 "many snapshots: a list with one a line, behind a tab its own DST; - for stdin")
      ->check([=](const std::string& text) {
        snapshot->required(text.empty());
        target->required(needs_target && text.empty());
        return text.empty() ? std::string("it names no file") : std::string();
      })
      ->type_name("FILE");
  app.add_option("--shard", args.shard,
                 "only part I (from 0 on) of N parts of the list, chosen by the snapshots' URIs")
      ->check([](const std::string& text) {
        return shard_from_text(text) ? std::string()
                                     : "'" + text + "' is no I/N with I from 0 to N-1";
      })
      ->type_name("I/N");
}

void refuse_with_fleet(const char* option, bool was_given) {
  if (!was_given) return;
  throw Error("E-ARG-USAGE", std::string(option) + " is for one snapshot, and there is a list",
              "leave it away, or name one snapshot without --snapshots");
}

std::vector<FleetSnapshot> read_fleet(const FleetArgs& args, const std::string& target,
                                      bool needs_target) {
  const std::string text = read_list(args);
  const auto shard = shard_from_text(args.shard);
  std::vector<FleetSnapshot> snapshots;
  const std::vector<FleetEntry> entries = read_snapshot_list(text, args.snapshots);
  bool some_have = false;
  std::uint64_t without = 0;  // line of the first
  for (const FleetEntry& entry : entries) {
    const std::string& own = entry.target.empty() ? target : entry.target;
    some_have |= !own.empty();
    if (own.empty() && without == 0) without = entry.line;
    std::string pointer = pointer_by_name(entry.snapshot);
    if (shard && !in_shard(pointer, *shard)) continue;
    snapshots.push_back({entry.snapshot, own, std::move(pointer), entry.line});
  }
  if (without != 0 && (needs_target || some_have)) {
    throw Error({.code = "E-ARG-USAGE",
                 .message = "line " + std::to_string(without) + ": nothing says where it goes",
                 .subject = args.snapshots,
                 .hint = "name DST behind the options for all, or behind a tab in the line"});
  }
  if (shard) {
    say("shard " + args.shard + ": " + grouped(snapshots.size()) + " of " +
        count_of(entries.size(), "snapshot"));
  }
  return snapshots;
}

bool run_one(FleetSnapshot& snapshot, const std::function<void()>& f) {
  const RunFiles::Scope scope(run_files());
  try {
    f();
    return true;
  } catch (const Error& error) {
    if (error.code() == "E-MOVE-COLLISION") throw;
    snapshot.failure = error.diagnostic();
  } catch (const std::exception& error) {
    snapshot.failure = diagnostic_of(error);
  }
  return false;
}

void FleetProgress::step() {
  ++done_;
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < kTellEvery) return;
  told_ = now;
  say("looked at " + grouped(done_) + " of " + count_of(count_, "snapshot"));
}

ExitCode exit_of(const std::vector<FleetSnapshot>& snapshots) {
  const auto first = std::find_if(snapshots.begin(), snapshots.end(),
                                  [](const FleetSnapshot& one) { return one.failure.has_value(); });
  return first == snapshots.end() ? ExitCode::ok : exit_of(first->failure->code);
}

std::uint64_t failed_of(const std::vector<FleetSnapshot>& snapshots) {
  return static_cast<std::uint64_t>(
      std::count_if(snapshots.begin(), snapshots.end(),
                    [](const FleetSnapshot& one) { return one.failure.has_value(); }));
}

void say_failure(const FleetSnapshot& snapshot) {
  Diagnostic d = *snapshot.failure;
  if (d.subject.empty()) d.subject = snapshot.argument;
  d.notes.push_back("line " + std::to_string(snapshot.line) + " of the list: " + snapshot.argument);
  say(d);
}

void write_failure(JsonText& json, const FleetSnapshot& snapshot) {
  json.member("snapshot", snapshot.pointer);
  json.member("line", snapshot.line);
  json.object("error", [&] { write_diagnostic_members(json, *snapshot.failure); });
}

}  // namespace stateferry::cli
