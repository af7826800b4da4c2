#include "stateferry/transfer/referrers.hpp"

#include <algorithm>
#include <set>

#include "refusal.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/place.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/prefix_index.hpp"

namespace stateferry {
namespace {

// On remote stores, where each look is a request.
constexpr std::size_t kMostFirstBytes = 1000;
// A checkpoint that nobody has written to for so long is not being written.
constexpr std::int64_t kAbandonedSeconds = 24 * 60 * 60;
constexpr std::uint64_t kMagicBytes = 4;

constexpr const char* kAccept =
    "--not-looked-at DIR leaves a directory out, at the risk that something in it needs the files";

// With buckets without a slash at their end.
std::string bare_directory_of(std::string_view uri) {
  std::string directory = directory_of(uri);
  if (directory.ends_with('/') && !split_flink_path(directory).authority.empty()) {
    directory.pop_back();
  }
  return directory;
}

// The directory that owns what lies in a directory below `root`: that which has it in its `shared`,
// `taskowned` or `chk-N`, else the directory itself. Above the root such names have no meaning.
std::string owner_of(const std::string& directory, const std::string& root) {
  for (std::string at = directory; lies_in(at, root) && !lies_in(root, at);
       at = bare_directory_of(at)) {
    if (at.ends_with("/shared") || at.ends_with("/taskowned") || job_directory(at) != at) {
      return bare_directory_of(at);
    }
  }
  return directory;
}

// Those that lie in no other one, in their order, each once.
std::vector<std::string> outermost(const std::vector<std::string>& directories) {
  PrefixIndex index;
  for (const std::string& directory : directories) index.add(canonical_uri(directory));
  std::set<std::string> seen;
  std::vector<std::string> all;
  for (const std::string& directory : directories) {
    std::string canonical = canonical_uri(directory);
    if (index.find_above(canonical)) continue;
    if (seen.insert(without_slash(canonical)).second) all.push_back(directory);
  }
  return all;
}

}  // namespace

std::string job_directory(const std::string& base) {
  const std::string directory = base + "/";
  const auto checkpoint = checkpoint_directory_of(directory);
  return checkpoint && checkpoint->uri == base ? bare_directory_of(base) : base;
}

std::vector<std::string> directories_above(const std::string& base, const std::string& root,
                                           const std::vector<std::string>& files) {
  std::set<std::string> owners{root, job_directory(base)};
  std::string last;
  for (const std::string& file : files) {
    std::string directory = bare_directory_of(file);
    if (directory != last) owners.insert(owner_of(directory, root));
    last = std::move(directory);
  }
  std::vector<std::string> all;
  for (const std::string& owner : owners) {
    for (const std::string& name : {owner, physical_uri(owner)}) {
      all.push_back(is_store_root(name) ? name : bare_directory_of(name));
    }
  }
  return outermost(all);
}

// ------------------------------------------------------------------------------ the files

NeededOnes::NeededOnes(Stores& stores, const std::vector<std::string>& files)
    : stores_(stores), needed_(files.size(), false) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    by_uri_.emplace(broad_uri(files[i]), i);
    if (const auto identity = stores_.identity(files[i])) by_identity_.emplace(*identity, i);
  }
}

std::uint64_t NeededOnes::need(const std::string& uri) {
  if (!met_.insert(canonical_uri(uri)).second) return 0;
  const std::string broad = broad_uri(uri);
  const std::uint64_t by_uri = mark(by_uri_, broad);
  if (by_identity_.empty()) return by_uri;
  // Flink doesn't look at the host of a local file.
  const auto identity = stores_.identity(scheme_of(uri) == "file" ? broad : uri);
  return by_uri + (identity ? mark(by_identity_, *identity) : 0);
}

std::uint64_t NeededOnes::mark(const Files& files, const std::string& key) {
  std::uint64_t marked = 0;
  const auto [begin, end] = files.equal_range(key);
  for (auto at = begin; at != end; ++at) {
    if (needed_[at->second]) continue;
    needed_[at->second] = true;
    ++marked;
  }
  return marked;
}

// ------------------------------------------------------------------------------ the search

ReferrerSearch::ReferrerSearch(PluginRegistry& registry, Stores& stores, DiagnosticSink& problems,
                               const OwnSnapshots& own, const std::vector<std::string>& files,
                               const std::vector<std::string>& left_out)
    : registry_(registry),
      stores_(stores),
      problems_(problems),
      left_out_(left_out),
      files_(stores, files) {
  for (const std::string& pointer : own.pointers) own_.insert(physical_uri(pointer));
  for (const std::string& directory : own.unfinished) unfinished_.insert(canonical_uri(directory));
}

ReferrerSearch::ReferrerSearch(const SnapshotTransfer& transfer,
                               const std::vector<std::string>& files,
                               const std::vector<std::string>& left_out)
    : ReferrerSearch(transfer.registry, transfer.stores, transfer.problems,
                     {{transfer.snapshot.pointer, transfer.new_pointer()}, {transfer.new_base}},
                     files, left_out) {
  for (const Reference& file : transfer.snapshot.references.files) knows(file.uri);
  for (const PlanRow& row : transfer.rows) knows(row.target);
}

void ReferrerSearch::knows(const std::string& uri) {
  known_.insert(canonical_uri(uri));
}

void ReferrerSearch::run(const std::vector<std::string>& directories, std::int64_t now) {
  for (const std::string& directory : directories) {
    if (!is_left_out(directory)) look_through(directory);
  }
  refuse_completed();
  for (const std::string& pointer : snapshots_) read(pointer);
  look_at_first_bytes();
  judge_unfinished(now);
}

bool ReferrerSearch::is_left_out(const std::string& uri) const {
  return std::any_of(left_out_.begin(), left_out_.end(),
                     [&](const std::string& directory) { return lies_in(uri, directory); });
}

void ReferrerSearch::look_through(const std::string& directory) {
  if (scheme_of(directory) == "file" && is_store_root(directory)) {
    refuse(
        "E-MOVE-REFERRERS",
        "the directory above the source is the root of this machine's files, which is not looked "
        "through for snapshots that need them",
        directory, {}, kAccept);
  }
  report_.looked_at.push_back(directory);
  ListOptions options;
  options.left_out = left_out_;
  options.directories = options.follow_links = true;
  try {
    stores_.list(directory, options, [&](const StoredFile& file) { see(file, directory); });
  } catch (Error& error) {
    error.diagnostic().notes.push_back("nothing was deleted: a snapshot below " + directory +
                                       " may need the files");
    error.diagnostic().hint = kAccept;
    throw;
  }
}

void ReferrerSearch::see(const StoredFile& file, const std::string& directory) {
  if (is_left_out(file.uri)) return;
  checkpoints_.see(file);
  if (file.uri.ends_with('/')) return;
  SnapshotName name = snapshot_name(file.uri);
  if (name == SnapshotName::other && file.size >= kMagicBytes) {
    if (scheme_of(file.uri) == "file") {
      if (begins_as_snapshot(stores_, file.uri)) name = SnapshotName::snapshot;
    } else if (!in_state_directory(file.uri, directory)) {
      unknown_.emplace(canonical_uri(file.uri), file.uri);
    }
  }
  if (name == SnapshotName::completed_checkpoint) completed_.push_back(file.uri);
  if (name != SnapshotName::snapshot) return;
  const std::string place = physical_uri(file.uri);
  if (!own_.contains(place)) snapshots_.push_back(file.uri);
}

void ReferrerSearch::refuse_completed() const {
  if (completed_.empty()) return;
  refuse("E-MOVE-REFERRERS",
         "a file for high availability lies beside the source, and which checkpoint it names can't "
         "be told",
         completed_.front(), completed_,
         "stop the job and remove what it has left for high availability; " + std::string(kAccept));
}

void ReferrerSearch::read(const std::string& pointer) {
  try {
    const SnapshotReferences other = read_references(pointer, {}, stores_, registry_, problems_);
    const References& references = other.references;
    if (references.unsafe_count > 0) {
      refuse("E-MOVE-REFERRERS", "a snapshot beside the source names places that are not followed",
             pointer, references.unsafe, kAccept);
    }
    ++report_.snapshots;
    report_.referrers.push_back({pointer, 0});
    for (const Reference& file : references.files) {
      need(file.uri);
      if (const std::string own = references.in_own_store(file); !own.empty()) need(own);
    }
    if (report_.referrers.back().files == 0) report_.referrers.pop_back();
  } catch (Error& error) {
    // One that has gone since it was listed needs nothing.
    if (error.code() == "E-IO-NOT-FOUND" && !stores_.stat(pointer)) return;
    error.diagnostic().notes.emplace_back(
        "nothing was deleted: what this snapshot needs can't be told");
    throw;
  }
}

void ReferrerSearch::need(const std::string& uri) {
  known_.insert(canonical_uri(uri));
  report_.referrers.back().files += files_.need(uri);
}

void ReferrerSearch::look_at_first_bytes() {
  for (const std::string& uri : known_) unknown_.erase(uri);
  std::vector<std::string> uris;
  for (const auto& [canonical, uri] : unknown_) uris.push_back(uri);
  if (uris.size() > kMostFirstBytes) {
    refuse(
        "E-MOVE-REFERRERS",
        grouped(uris.size()) +
            " files beside the source may be snapshots of old Flink releases under any name, too "
            "many to look at each",
        report_.looked_at.front(), uris, kAccept);
  }
  for (const std::string& uri : uris) {
    if (begins_as_snapshot(stores_, uri)) read(uri);
  }
}

void ReferrerSearch::judge_unfinished(std::int64_t now) {
  std::vector<std::string> young;
  for (const auto& [directory, checkpoint] : checkpoints_.unfinished()) {
    if (unfinished_.contains(canonical_uri(directory))) continue;
    bool unknown = checkpoint.files.empty();
    // What has no time may be new.
    std::int64_t newest = unknown ? checkpoint.modified.value_or(now) : INT64_MIN;
    for (const StoredFile& file : checkpoint.files) {
      if (known_.contains(canonical_uri(file.uri))) continue;
      unknown = true;
      newest = std::max(newest, file.modified.value_or(now));
    }
    if (!unknown) continue;  // of a snapshot whose metadata lies elsewhere, as before Flink 1.5
    (newest > now - kAbandonedSeconds ? young : report_.abandoned).push_back(directory);
  }
  if (young.empty()) return;
  refuse("E-MOVE-REFERRERS",
         count_of(young.size(), "checkpoint") +
             " beside the source without _metadata, younger than a day: if it is being written, it "
             "may need the files",
         young.front(), young,
         "stop the job and wait a day, or remove what it has given up; " + std::string(kAccept));
}

}  // namespace stateferry
