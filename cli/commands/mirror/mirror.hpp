// What `mirror` was asked to do, and what it says of its rounds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stateferry/transfer/mirror.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {

/// The command line of `mirror`, as parsed.
struct MirrorArguments {
  SnapshotArgs in;  ///< its snapshot is SRC
  std::string target;
  std::string name;
  std::string scheme;
  std::string rules;
  std::vector<std::string> set;
  std::vector<std::string> take_from;
  std::string every = "30s";
  std::string max_lag;
  std::string metrics;
  std::uint64_t keep = 0;
  bool once = false;
  bool savepoints = false;
  bool resume = false;
  bool json = false;
};

/// A duration such as `30s` in seconds, of the option `what`. Throws Error.
std::int64_t seconds_of(const std::string& what, const std::string& text);

/// A round of all jobs, and when it was.
struct RoundReport {
  std::vector<JobRound> jobs;
  std::int64_t at = 0;  ///< when it ended, in seconds since 1970
  double seconds = 0;   ///< that it took
  bool failed = false;  ///< as a whole: the jobs could not even be listed
};

/// What a job is called: by its directory.
std::string name_of(const JobRound& round);

/// The text form of Prometheus.
std::string metrics_text(const RoundReport& report);

/// Members of a job's state that `mirror` and `mirror status` have in common.
void write_state_members(JsonText& json, const MirrorState& state);

/// Adds `status` to the sub-commands of `mirror`.
void declare_mirror_status(CLI::App& mirror, Context& context, Run& run);

}  // namespace stateferry::cli
