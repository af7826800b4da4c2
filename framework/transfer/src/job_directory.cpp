#include "stateferry/transfer/job_directory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "refusal.hpp"
#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/snapshot_files.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

// Of a local file the time that copies keep; a listing has the later of that and of the last change
// of its owner or name.
std::optional<std::int64_t> time_of(const StoredFile& file) {
  struct stat status {};
  if (is_local_uri(file.uri) && ::stat(local_path_of(file.uri).c_str(), &status) == 0) {
    return std::int64_t{status.st_mtim.tv_sec} * kNanoseconds + status.st_mtim.tv_nsec;
  }
  if (!file.modified) return std::nullopt;
  return *file.modified * kNanoseconds;
}

bool is_newer(const JobSnapshot& a, const JobSnapshot& b) {
  const auto key = [](const JobSnapshot& one) {
    return std::tie(one.has_metadata, one.written, one.number, one.name);
  };
  return key(a) > key(b);
}

// Whether a failure says that there is no whole snapshot, rather than that nobody knows.
bool is_no_snapshot(const Error& error) {
  const CodeInfo* info = find_code(error.code());
  return info != nullptr && info->exit == ExitCode::bad_input;
}

std::string pointer_of(const JobSnapshot& snapshot) {
  return join_uri(snapshot.uri, "_metadata");
}

// Calls f(); returns why there is no whole snapshot, nothing where there is.
template <class F>
std::optional<std::string> failure_of(const JobSnapshot& snapshot, Stores& stores, F&& f) {
  constexpr const char* kNone = "no _metadata";
  if (!snapshot.has_metadata) return kNone;
  try {
    f();
    return std::nullopt;
  } catch (const Error& error) {
    if (is_no_snapshot(error)) return error.diagnostic().message;
    // Flink has deleted it since it was listed.
    if (error.code() == "E-IO-NOT-FOUND" && !stores.stat(pointer_of(snapshot))) return kNone;
    throw;
  }
}

}  // namespace

std::vector<JobSnapshot> list_snapshots(Stores& stores, const std::string& directory) {
  const std::string root = without_slash(directory);
  std::map<std::string, JobSnapshot> found;
  ListOptions options;
  options.directories = true;
  options.left_out = {join_uri(root, "shared"), join_uri(root, "taskowned")};
  stores.list(root, options, [&](const StoredFile& file) {
    const auto below = below_prefix(file.uri, root);
    if (!below) return;
    std::string_view rest = *below;
    while (rest.starts_with('/')) rest.remove_prefix(1);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return;
    const std::string name(rest.substr(0, slash));
    const bool metadata = rest.substr(slash + 1) == "_metadata";
    const auto number = checkpoint_number(name);
    if (!metadata && !number && !name.starts_with("savepoint-")) return;
    JobSnapshot& one = found[name];
    one.name = name;
    one.number = number;
    one.uri = join_uri(root, name);
    if (!metadata) return;
    one.has_metadata = true;
    one.written = time_of(file);
  });
  std::vector<JobSnapshot> all;
  for (auto& entry : found) all.push_back(std::move(entry.second));
  std::sort(all.begin(), all.end(), is_newer);
  return all;
}

JobSnapshotFacts read_facts(const JobSnapshot& snapshot, Stores& stores, PluginRegistry& registry,
                            DiagnosticSink& sink) {
  struct Head final : PartVisitor {
    void begin(CheckpointMetadata& root) override { facts->checkpoint_id = root.checkpoint_id; }
    void end(CheckpointMetadata& root) override { facts->kind = snapshot_kind(root.properties); }
    JobSnapshotFacts* facts = nullptr;
  };
  JobSnapshotFacts facts;
  const auto why = failure_of(snapshot, stores, [&] {
    PartReader reader(open_metadata(pointer_of(snapshot), stores), registry, sink);
    Head head;
    head.facts = &facts;
    reader.read(head);
    const References references =
        collect_references(reader, snapshot.uri, stores.default_file_system());
    facts.operators = references.operators.size();
    for (const Reference& file : references.files) facts.exact &= file.size.has_value();
    facts.files = marks_of(references.files);
  });
  if (why) {
    JobSnapshotFacts none;
    none.why = *why;
    return none;
  }
  facts.complete = true;
  for (const FileMark& file : facts.files) facts.bytes += file.bytes;
  return facts;
}

std::optional<std::string> why_incomplete(const JobSnapshot& snapshot, Stores& stores,
                                          PluginRegistry& registry, DiagnosticSink& sink) {
  return failure_of(snapshot, stores, [&] {
    PartReader(open_metadata(pointer_of(snapshot), stores), registry, sink).check();
  });
}

const JobSnapshot* newest_complete(
    const std::vector<JobSnapshot>& snapshots, Stores& stores, PluginRegistry& registry,
    DiagnosticSink& sink,
    const std::function<void(const JobSnapshot&, const std::string& why)>& passed_over) {
  for (const JobSnapshot& one : snapshots) {
    const auto why = why_incomplete(one, stores, registry, sink);
    if (!why) return &one;
    if (one.has_metadata) passed_over(one, *why);
  }
  return nullptr;
}

NewFiles new_files(const std::vector<FileMark>& one, const std::vector<FileMark>& before) {
  NewFiles all;
  auto at = before.begin();
  for (const FileMark& file : one) {
    while (at != before.end() && at->place < file.place) ++at;
    if (at != before.end() && at->place == file.place) continue;
    ++all.files;
    all.bytes += file.bytes;
  }
  return all;
}

}  // namespace stateferry
