#include "stateferry/transfer/orphans.hpp"

#include <algorithm>
#include <charconv>

#include "stateferry/transfer/snapshot_files.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

std::optional<std::int64_t> parse_age(std::string_view text) noexcept {
  // A century: nobody means more, and nothing overflows.
  constexpr std::int64_t kMost = std::int64_t{100} * 366 * 86'400;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > kMost) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  std::int64_t seconds = 0;
  if (unit == "s") seconds = 1;
  if (unit == "m") seconds = 60;
  if (unit == "h") seconds = 3'600;
  if (unit == "d") seconds = 86'400;
  if (unit.empty() && number == 0) return 0;
  if (seconds == 0 || number > kMost / seconds) return std::nullopt;
  return number * seconds;
}

// ------------------------------------------------------------------------------ what is needed

// One text for all names of a directory: its identity, where the store tells it.
std::string NeededFiles::place_of(Stores& stores, const std::string& uri) {
  const std::string name = without_slash(canonical_uri(uri));
  const auto identity = stores.identity(uri);
  return identity ? std::string(store_root_of(name)) + "\n" + *identity : name;
}

void NeededFiles::add(Stores& stores, const Snapshot& snapshot) {
  names_.insert(broad_uri(snapshot.pointer));
  for (const Reference& file : snapshot.references.files) {
    names_.insert(broad_uri(file.uri));
    const std::string own = snapshot.references.in_own_store(file);
    if (!own.empty()) names_.insert(broad_uri(own));
  }
  places_.reset();
  if (const auto file = stores.stat(snapshot.pointer); file && file->modified) {
    newest_ = std::max(newest_.value_or(*file->modified), *file->modified);
  }
  if (const auto own = checkpoint_directory_of(snapshot.pointer)) {
    std::uint64_t& last = last_[place_of(stores, std::string(parent_of(own->uri)))];
    last = std::max(last, own->number);
  }
}

bool NeededFiles::contains(Stores& stores, const std::string& uri) {
  if (names_.contains(broad_uri(uri))) return true;
  const auto identity = stores.identity(uri);
  if (!identity) return false;
  if (!places_) {
    places_.emplace();
    for (const std::string& name : names_) {
      if (scheme_of(name) != scheme_of(uri)) continue;
      if (auto place = stores.identity(name)) places_->insert(std::move(*place));
    }
  }
  return places_->contains(*identity);
}

bool NeededFiles::is_newer(Stores& stores, std::string_view job, std::uint64_t number) const {
  const auto last = last_.find(place_of(stores, std::string(job)));
  return last == last_.end() || number > last->second;
}

// ------------------------------------------------------------------------------ what is there

namespace {

// A directory chk-N: whether it is one of a checkpoint that Flink may be writing is known only when
// all of it was seen.
struct SeenCheckpoint {
  std::uint64_t number = 0;
  bool finished = false;
  bool candidates = false;
  std::optional<std::int64_t> newest;  // of its files
};

class Search {
 public:
  Search(Stores& stores, NeededFiles& needed, const OrphanRequest& request,
         const std::function<void(const StoredFile&)>& each)
      : stores_(stores), needed_(needed), request_(request), each_(each) {}

  OrphanReport run() {
    stores_.list(request_.root, [&](const StoredFile& file) { see(file); });
    for (const auto& [directory, checkpoint] : checkpoints_) look_into(directory, checkpoint);
    return std::move(report_);
  }

 private:
  void see(const StoredFile& file) {
    ++report_.files;
    const auto directory = checkpoint_directory_of(file.uri);
    SeenCheckpoint* checkpoint = nullptr;
    if (directory) {
      checkpoint = &checkpoints_[std::string(directory->uri)];
      checkpoint->number = directory->number;
      if (file.uri == join_uri(directory->uri, "_metadata")) checkpoint->finished = true;
      if (file.modified) {
        checkpoint->newest = std::max(checkpoint->newest.value_or(*file.modified), *file.modified);
      }
    }
    if (needed_.contains(stores_, file.uri)) return;
    if (snapshot_name(file.uri) != SnapshotName::other) {
      report_.not_given.push_back(file.uri);
    } else if (checkpoint != nullptr) {
      checkpoint->candidates = true;
    } else {
      judge(file);
    }
  }

  // Its files are listed once more rather than kept: given up checkpoints may hold any number.
  void look_into(const std::string& directory, const SeenCheckpoint& checkpoint) {
    if (!checkpoint.candidates) return;
    if (may_be_going_on(directory, checkpoint)) {
      report_.incomplete.push_back(directory);
      if (!request_.include_incomplete) return;
    }
    stores_.list(directory, [&](const StoredFile& file) {
      const auto own = checkpoint_directory_of(file.uri);
      if (!own || own->uri != directory) return;
      if (snapshot_name(file.uri) != SnapshotName::other) return;
      if (!needed_.contains(stores_, file.uri)) judge(file);
    });
  }

  bool may_be_going_on(const std::string& directory, const SeenCheckpoint& checkpoint) const {
    if (checkpoint.finished) return false;
    if (needed_.is_newer(stores_, parent_of(directory), checkpoint.number)) return true;
    // A job that was restored counts on from what it was restored from, which may be old.
    return !checkpoint.newest || !needed_.newest() || *checkpoint.newest > *needed_.newest();
  }

  void judge(const StoredFile& file) {
    if (scheme_of(file.uri) == "file" && begins_as_snapshot(stores_, file.uri)) {
      report_.not_given.push_back(file.uri);
    } else if (is_too_young(file)) {
      ++report_.too_young;
    } else {
      ++report_.candidates;
      report_.bytes += file.size;
      each_(file);
    }
  }

  bool is_too_young(const StoredFile& file) const {
    if (request_.older_than == 0) return false;
    return !file.modified || request_.now - *file.modified < request_.older_than;
  }

  Stores& stores_;
  NeededFiles& needed_;
  const OrphanRequest& request_;
  const std::function<void(const StoredFile&)>& each_;
  std::map<std::string, SeenCheckpoint> checkpoints_;
  OrphanReport report_;
};

}  // namespace

OrphanReport find_orphans(Stores& stores, NeededFiles& needed, const OrphanRequest& request,
                          const std::function<void(const StoredFile&)>& each) {
  return Search(stores, needed, request, each).run();
}

}  // namespace stateferry
