#include "support/job_directories.hpp"

#include <algorithm>
#include <filesystem>

#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

constexpr std::size_t kNamed = 3;

// What an argument calls a snapshot that lies in it.
std::string named_in(const std::string& argument, const JobSnapshot& one) {
  return join_uri(without_slash(argument), one.name);
}

std::string names_text(const std::vector<JobSnapshot>& all) {
  std::string text = "snapshots in it, the newest first: ";
  for (std::size_t i = 0; i < std::min(all.size(), kNamed); ++i) {
    text += (i > 0 ? ", " : "") + shown(all[i].name);
    if (!all[i].has_metadata) text += " (no _metadata)";
  }
  if (all.size() > kNamed) text += " and " + grouped(all.size() - kNamed) + " more";
  return text;
}

Error nothing_complete(const std::string& argument, const std::vector<JobSnapshot>& all) {
  Diagnostic d;
  d.code = "E-IO-NOT-FOUND";
  d.message = all.empty() ? "there is no checkpoint or savepoint in this directory"
                          : "no checkpoint or savepoint in this directory is complete";
  d.subject = argument;
  if (!all.empty()) d.notes.push_back(names_text(all));
  d.hint = all.empty() ? "name a job's directory: the one that has chk-N in it"
                       : "'stateferry inspect' on the directory says why";
  return Error(std::move(d));
}

// Seen without a storage, none of which need be opened for a snapshot on a disk.
bool may_be_job(const std::filesystem::path& directory) {
  std::error_code error;
  return std::filesystem::is_directory(directory, error) &&
         !std::filesystem::exists(directory / "_metadata", error);
}

}  // namespace

void add_latest_option(CLI::App& app, bool& latest) {
  app.add_flag("--latest", latest,
               "of a job's directory, take the newest checkpoint or savepoint that is complete");
}

std::vector<JobSnapshot> job_snapshots(const std::string& argument, Stores& stores) {
  if (argument == "-") return {};
  const std::string uri = without_slash(uri_of_argument(argument));
  if (is_local_uri(uri) && !may_be_job(local_path_of(uri))) return {};
  if (uri.ends_with("/_metadata") || stores.stat(join_uri(uri, "_metadata"))) return {};
  try {
    return list_snapshots(stores, uri);
  } catch (const Error& error) {
    if (error.code() == "E-IO-NOT-FOUND" || error.code() == "E-IO-DIRECTORY") return {};
    if (stores.stat(uri)) return {};  // a file
    throw;
  }
}

std::string latest_in(const std::string& argument, Stores& stores, PluginRegistry& registry,
                      DiagnosticSink& sink) {
  if (argument == "-") {
    throw Error("E-ARG-USAGE", "--latest looks into a directory, and stdin is none",
                "name a job's directory, or leave --latest away");
  }
  const std::string uri = without_slash(uri_of_argument(argument));
  if (stores.stat(uri) || stores.stat(join_uri(uri, "_metadata"))) return argument;
  const std::vector<JobSnapshot> all = list_snapshots(stores, uri);
  const JobSnapshot* newest = newest_complete(
      all, stores, registry, sink, [&](const JobSnapshot& one, const std::string& why) {
        sink.report({.severity = Severity::warning,
                     .code = "W-LATEST-DAMAGED",
                     .message = "--latest passes over a newer snapshot that can't be read: " + why,
                     .subject = one.uri,
                     .hint = "look whether it is still being written or copied; what is taken "
                             "instead is older"});
      });
  if (newest == nullptr) throw nothing_complete(argument, all);
  std::string chosen = named_in(argument, *newest);
  debug("--latest takes " + shown(chosen));
  return chosen;
}

void throw_with_snapshots(const std::string& argument, Stores& stores, PluginRegistry& registry,
                          DiagnosticSink& sink) {
  constexpr std::string_view kPointer = "/_metadata";
  const std::string directory = argument.ends_with(kPointer)
                                    ? argument.substr(0, argument.size() - kPointer.size())
                                    : argument;
  std::vector<JobSnapshot> all;
  try {
    all = job_snapshots(directory, stores);
  } catch (const Error&) {  // the error in hand says more
  }
  if (all.empty()) throw;
  const JobSnapshot* newest =
      newest_complete(all, stores, registry, sink, [](const JobSnapshot&, const std::string&) {});
  if (newest == nullptr) throw nothing_complete(directory, all);
  throw Error({.code = "E-IO-NOT-FOUND",
               .message = "there is no _metadata in this directory",
               .subject = directory,
               .hint = "name one of them; --latest takes " + named_in(directory, *newest),
               .notes = {names_text(all)}});
}

}  // namespace stateferry::cli
