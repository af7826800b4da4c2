#include "stateferry/transfer/job_directory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <set>
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

// The name of the directory in `root` that a file lies in, or that it is; empty where it is
// neither.
std::string directory_name(const std::string& uri, const std::string& root) {
  const auto below = below_prefix(uri, root);
  if (!below) return {};
  std::string_view rest = *below;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  const auto slash = rest.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(rest.substr(0, slash));
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

std::set<std::string> directories_in(Stores& stores, const std::string& root) {
  std::set<std::string> names;
  ListOptions options;
  options.directories = true;
  options.left_out = {join_uri(root, "shared"), join_uri(root, "taskowned")};
  const auto see = [&](const StoredFile& file) {
    std::string name = directory_name(file.uri, root);
    if (!name.empty()) names.insert(std::move(name));
  };
  options.flat = true;
  stores.list(root, options, see);
  if (!names.empty()) return names;
  options.flat = false;
  stores.list(root, options, see);
  return names;
}

std::vector<JobSnapshot> list_snapshots(Stores& stores, const std::string& directory) {
  const std::string root = without_slash(directory);
  std::vector<JobSnapshot> all;
  std::vector<std::string> pointers;
  for (const std::string& name : directories_in(stores, root)) {
    JobSnapshot& one = all.emplace_back();
    one.uri = join_uri(root, name);
    one.name = name;
    one.number = checkpoint_number(name);
    pointers.push_back(pointer_of(all.back()));
  }
  stores.stat_many(pointers, [&](std::size_t i, const std::optional<StoredFile>& file) {
    if (!file) return;
    all[i].has_metadata = true;
    all[i].written = time_of(*file);
  });
  std::erase_if(all, [](const JobSnapshot& one) {
    return !one.has_metadata && !one.number && !one.name.starts_with("savepoint-");
  });
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
