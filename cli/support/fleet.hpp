// What commands have in common that work on a list of snapshots.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/fleet.hpp"
#include "support/console.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// Their options.
struct FleetArgs {
  std::string snapshots;  ///< --snapshots: a file, or `-`
  std::string shard;      ///< --shard

  /// Whether there is a list.
  bool given() const noexcept { return !snapshots.empty(); }
  /// What stands where one snapshot is named otherwise is the target of all of a list. Throws Error
  /// (E-ARG-USAGE).
  void take_target(std::string& snapshot, std::string& target) const;
};

/// Declares --snapshots and --shard. With a list the two arguments need not be there.
void add_fleet_options(CLI::App& app, FleetArgs& args, CLI::Option* snapshot, CLI::Option* target);

/// Refuses an option that says something of one snapshot only, where it `was_given`. Throws Error
/// (E-ARG-USAGE).
void refuse_with_fleet(const char* option, bool was_given);

/// A snapshot of a list.
struct FleetSnapshot {
  std::string argument;    ///< as it is written there
  std::string target;      ///< the directory that it is to go below; empty: nowhere
  std::string pointer;     ///< URI of its `_metadata`, by name
  std::uint64_t line = 0;  ///< in the list
  std::optional<Diagnostic> failure = std::nullopt;  ///< why it was not done
};

/// Reads the list, and says which of it is the shard's. `target` is that of all lines without one.
/// Throws Error, also where some have a target and some have none, or, if `needs_target`, one has
/// none.
std::vector<FleetSnapshot> read_fleet(const FleetArgs& args, const std::string& target,
                                      bool needs_target);

/// Calls f(), a run of one snapshot; what it throws is its failure. Not E-MOVE-COLLISION, which is
/// one of the list. Returns whether it threw nothing.
bool run_one(FleetSnapshot& snapshot, const std::function<void()>& f);

/// Says every five seconds how far a long look at a fleet is.
class FleetProgress {
 public:
  explicit FleetProgress(std::size_t count) : count_(count) {}
  /// One more snapshot is done.
  void step();

 private:
  const std::size_t count_;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

/// The exit code of a fleet: that of the first failure, in the order of the list.
ExitCode exit_of(const std::vector<FleetSnapshot>& snapshots);
/// How many have failed.
std::uint64_t failed_of(const std::vector<FleetSnapshot>& snapshots);
/// Says why a snapshot was not done, and which it is.
void say_failure(const FleetSnapshot& snapshot);
/// The members of a snapshot that was not done: `snapshot`, `line`, `error`.
void write_failure(JsonText& json, const FleetSnapshot& snapshot);

}  // namespace stateferry::cli
