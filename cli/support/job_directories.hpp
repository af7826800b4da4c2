// Arguments that name a job's directory where a snapshot is needed: --latest, and what to say
// without it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/transfer/job_directory.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry::cli {

/// Declares --latest.
void add_latest_option(CLI::App& app, bool& latest);

/// The snapshot that --latest takes: the newest complete one in a job's directory, as the user
/// named that; the argument itself where it names a snapshot. Warns of newer ones that are damaged.
/// Throws Error: there is none, or it can't be told.
std::string latest_in(const std::string& argument, Stores& stores, PluginRegistry& registry,
                      DiagnosticSink& sink);

/// Whether an argument names a directory without `_metadata` that has snapshots in it; these, the
/// newest first, else none.
std::vector<JobSnapshot> job_snapshots(const std::string& argument, Stores& stores);

/// For a handler of an error that says that what an argument names isn't there: throws another one,
/// with the names of the snapshots that lie in the directory and with what --latest would take, or
/// where there are none the error in hand.
[[noreturn]] void throw_with_snapshots(const std::string& argument, Stores& stores,
                                       PluginRegistry& registry, DiagnosticSink& sink);

}  // namespace stateferry::cli
