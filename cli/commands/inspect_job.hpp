// What lies in a job's directory: for `inspect`.
#pragma once

#include <string>
#include <vector>

#include "stateferry/transfer/job_directory.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {

/// Reads all snapshots of the directory that `argument` names, the newest first in `all`, and
/// prints them as a table or as one JSON document. Throws Error.
void inspect_job(const std::string& argument, const std::vector<JobSnapshot>& all, SnapshotRun& run,
                 bool json);

}  // namespace stateferry::cli
