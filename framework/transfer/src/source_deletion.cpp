#include "stateferry/transfer/source_deletion.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <set>
#include <unordered_map>

#include "refusal.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/place.hpp"
#include "stateferry/transfer/place_proof.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

void refuse_one_place(Stores& stores, const std::string& from, const std::string& to) {
  const auto lies_in_place = [&](const std::string& inner, const std::string& outer) {
    const auto place = stores.identity(outer);
    if (!place || scheme_of(inner) != scheme_of(outer)) return false;
    const auto places = places_up_from(stores, inner);
    return std::find(places.begin(), places.end(), *place) != places.end();
  };
  if (!lies_in_place(to, from) && !lies_in_place(from, to)) return;
  refuse(
      "E-MOVE-NESTED",
      "source and target are one place, or lie in one another, by a link: " + from + " and " + to,
      {}, {}, "choose a target outside of " + from);
}

[[noreturn]] void refuse_copy(std::string message, const std::string& target,
                              std::vector<std::string> notes) {
  refuse("E-MOVE-INCOMPLETE", "nothing was deleted: " + std::move(message), target,
         std::move(notes), "look at both places, and copy again what is not a copy");
}

void refuse_other_content(Stores& stores, const std::string& source, const PlanRow& row) {
  if (stores.digest(source, row.range) == stores.digest(row.target)) return;
  refuse_copy("a file at the target has another content than the source's", row.target, {source});
}

// ------------------------------------------------------------------------------ proofs

// That each file has a copy at the target, which is another file. Returns the directories of files
// that are there and of their copies, where one of the two is local.
DirectoryPairs prove_copies(const SnapshotTransfer& m, const std::vector<std::string>& files) {
  std::unordered_map<std::string, std::vector<const PlanRow*>> rows;
  for (const PlanRow& row : m.rows) rows[canonical_uri(row.source)].push_back(&row);
  std::vector<std::optional<std::uint64_t>> sizes(files.size());
  m.stores.stat_many(files, [&](std::size_t i, const std::optional<StoredFile>& file) {
    if (file) sizes[i] = file->size;
  });
  std::vector<std::string> wrong;
  std::vector<std::string> targets;
  std::vector<std::pair<std::size_t, const PlanRow*>> pairs;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& copies = rows[canonical_uri(files[i])];
    if (copies.empty()) wrong.push_back(files[i]);
    for (const PlanRow* row : copies) {
      targets.push_back(row->target);
      pairs.emplace_back(i, row);
    }
  }
  m.stores.stat_many(targets, [&](std::size_t k, const std::optional<StoredFile>& file) {
    const auto& [i, row] = pairs[k];
    const auto size = row->range ? std::optional(row->range->size) : sizes[i];
    if (!file || (size && file->size != *size)) wrong.push_back(targets[k]);
  });
  if (!wrong.empty()) {
    refuse_copy(
        count_of(wrong.size(), "file") + " of the source can't be shown to be at the target",
        m.target, wrong);
  }
  DirectoryPairs directories;
  const bool copied_before = m.was_there || m.no_copy;
  for (const auto& [i, row] : pairs) {
    if (!sizes[i]) continue;  // an earlier run has deleted it
    const auto place = m.stores.identity(files[i]);
    if (place && place == m.stores.identity(row->target)) {
      refuse("E-MOVE-NESTED", "nothing was deleted: source and target are one file", files[i],
             {row->target}, "its only copy would be deleted: leave --delete-source away");
    }
    if (is_local_uri(files[i]) || is_local_uri(row->target)) {
      directories.emplace(directory_of(files[i]), directory_of(row->target));
    }
    // Whoever has copied it: reading both again costs nothing but time, where both are near.
    if (copied_before && is_local_uri(files[i]) && is_local_uri(row->target)) {
      refuse_other_content(m.stores, files[i], *row);
    }
  }
  return directories;
}

void prove_metadata(const SnapshotTransfer& m) {
  const std::string pointer = m.new_pointer();
  const auto place = m.stores.identity(pointer);
  if (place && place == m.stores.identity(m.snapshot.pointer)) {
    refuse("E-MOVE-NESTED", "nothing was deleted: source and target are one file", pointer,
           {m.snapshot.pointer}, "its only copy would be deleted: leave --delete-source away");
  }
  if (m.stores.digest(pointer) != sha256_hex(m.metadata)) {
    refuse_copy("the _metadata at the target is not the one that was made", pointer, {});
  }
}

}  // namespace

void prove_directories(const std::vector<std::string>& files, const std::string& source_root) {
  if (!is_local_uri(source_root)) return;
  const std::string root = physical_uri(source_root);
  std::string last;
  for (const std::string& file : files) {
    const std::string directory = directory_of(file);
    const std::string canonical = canonical_uri(directory);
    const auto rest = below_prefix(canonical, canonical_uri(source_root));
    std::error_code error;
    const bool link = fs::is_symlink(local_path_of(file), error);
    const bool moved = directory != last && physical_uri(directory) != join_prefix(root, *rest);
    last = directory;
    if (!link && !moved) continue;
    refuse("E-STORE-SYMLINK",
           "nothing was deleted: a file of the source lies behind a symbolic link", file, {},
           "replace the link by what it points to");
  }
}

void refuse_one_place(Stores& stores, const MovePlan& plan) {
  for (const Relocation& from : plan.relocations.entries()) {
    for (const Relocation& to : plan.relocations.entries()) {
      refuse_one_place(stores, from.from, to.to);
    }
  }
}

SourceDeletion::SourceDeletion(const SnapshotTransfer& transfer, const MovePlan& plan,
                               DeletionRequest request)
    : m_(transfer), plan_(plan), request_(std::move(request)) {
  for (const std::string& directory : request_.not_looked_at) {
    left_out_.insert(left_out_.end(), {directory, physical_uri(directory)});
  }
  std::set<std::string> seen;
  for (const Reference& file : m_.snapshot.references.files) {
    const std::string canonical = canonical_uri(file.uri);
    if (!seen.insert(canonical).second) continue;
    if (lies_in(canonical, plan_.root)) {
      files_.push_back(file.uri);
    } else {
      ++report_.other_roots;
    }
  }
}

void SourceDeletion::look() {
  refuse_risen_root();
  look_for_referrers(std::time(nullptr));
}

void SourceDeletion::refuse_risen_root() const {
  const std::string root = canonical_uri(plan_.root);
  if (!request_.root_said && root != canonical_uri(plan_.base) &&
      root != canonical_uri(job_directory(plan_.base))) {
    refuse("E-MOVE-ROOTS",
           "nothing is deleted below a root that rose above the job's directory by itself, since "
           "files lie in several",
           plan_.root, {"the snapshot's own directory is " + plan_.base},
           "say --root " + plan_.root + ", or leave --delete-source away");
  }
}

void SourceDeletion::look_for_referrers(std::int64_t now) {
  ReferrerSearch search(m_, files_, left_out_);
  search.run(directories_above(plan_.base, plan_.root, files_), now);
  report_.others = search.report();
  report_.needed = 0;
  needed_.assign(files_.size(), false);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    needed_[i] = search.needed(i);
    if (needed_[i]) ++report_.needed;
  }
}

// ------------------------------------------------------------------------------ deleting

// That no target is the source under another name: `pairs` are directories, each of which may be a
// link or a mount of its own. Returns the time by the source's clock.
std::int64_t SourceDeletion::prove_places(DirectoryPairs pairs) const {
  PlaceProof proof(m_.stores);
  pairs.emplace(plan_.base, m_.new_base);
  for (const Relocation& entry : plan_.relocations.entries()) {
    const bool used = std::any_of(m_.rows.begin(), m_.rows.end(), [&](const PlanRow& row) {
      return lies_in(row.target, entry.to);
    });
    if (used) pairs.emplace(entry.from, entry.to);
  }
  std::optional<std::int64_t> now;
  for (const auto& [from, to] : pairs) {
    proof.apart(to, from);
    if (lies_in(from, plan_.root)) now = proof.apart(from, to);
  }
  proof.none_below(plan_.root);
  proof.remove();
  return now.value_or(std::time(nullptr));
}

void SourceDeletion::carry_out() {
  refuse_risen_root();
  refuse_one_place(m_.stores, plan_);
  prove_directories(files_, plan_.root);
  DirectoryPairs directories = prove_copies(m_, files_);
  prove_metadata(m_);
  std::vector<std::string> targets{m_.new_pointer()};
  for (const PlanRow& row : m_.rows) targets.push_back(row.target);
  m_.stores.make_durable(targets);
  const std::int64_t now = prove_places(std::move(directories));
  look_for_referrers(now);
  remove_all();
}

void SourceDeletion::remove_all() {
  std::vector<std::string> uris;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!needed_[i]) uris.push_back(files_[i]);
  }
  std::vector<std::string> there;
  m_.stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    if (file) there.push_back(uris[i]);
  });
  // Last: as long as it is there, the same command finds what is left.
  if (lies_in(m_.snapshot.pointer, plan_.root)) there.push_back(m_.snapshot.pointer);
  for (const std::string& uri : there) {
    try {
      m_.stores.remove(uri, plan_.root);
    } catch (Error& error) {
      error.diagnostic().notes.push_back(
          grouped(report_.deleted) + " of " + count_of(there.size(), "file") +
          " were deleted; the target is complete, and the same command deletes the rest");
      throw;
    }
    ++report_.deleted;
  }
}

}  // namespace stateferry
