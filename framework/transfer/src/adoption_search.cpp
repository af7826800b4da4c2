#include "adoption_search.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "refusal.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/shell_word.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry {
namespace {

// Of files that are looked for in one directory: when so many are nowhere, the others are not, too.
constexpr std::size_t kProbes = 8;

std::vector<std::string> directories_above(std::string at) {
  std::vector<std::string> all;
  while (!is_store_root(at)) {
    std::string parent = directory_of(at);
    if (parent.size() >= at.size()) break;
    all.push_back(parent);
    at = std::move(parent);
  }
  return all;
}

Places places_of(const References& references, const AdoptRequest& request) {
  if (!request.roots.empty()) return {request.roots, {}};
  return {own_places(references), directories_above(tree_of(references.base))};
}

std::uint64_t good_files(Stores& stores, const OldDirectory& directory, const std::string& place) {
  std::vector<std::string> uris;
  for (std::size_t i = 0; i < directory.files.size(); ++i) {
    uris.push_back(join_uri(place, last_name(directory.file(i).uri)));
  }
  std::uint64_t good = 0;
  stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& there) {
    if (judge(directory.file(i), there) == Mark::good) ++good;
  });
  return good;
}

bool nested(const std::string& a, const std::string& b) {
  const std::string one = canonical_uri(a);
  const std::string other = canonical_uri(b);
  return below_prefix(one, other) || below_prefix(other, one);
}

// --map, and --from as the pair of what is above the names that both have in common at their end.
Relocations said_by(const References& references, const AdoptRequest& request) {
  std::vector<Relocation> entries = request.maps;
  if (!request.from.empty()) {
    Relocation whole = above_common_names({request.from, references.base}, {});
    const bool again = std::any_of(entries.begin(), entries.end(), [&](const Relocation& entry) {
      return canonical_uri(entry.from) == canonical_uri(whole.from);
    });
    if (!again) entries.push_back(std::move(whole));
  }
  return Relocations(std::move(entries));
}

}  // namespace

std::vector<OldDirectory> old_directories(const References& references) {
  std::vector<OldDirectory> directories;
  std::unordered_map<std::string, std::size_t> index;
  std::uint32_t number = 0;
  for (const Reference& file : references.files) {
    const std::uint32_t place = number++;
    if (file.relative) continue;
    std::string uri = directory_of(canonical_uri(file.uri));
    const auto [at, added] = index.try_emplace(uri, directories.size());
    if (added) directories.push_back({std::move(uri), &references.files, {}});
    directories[at->second].files.push_back(place);
  }
  return directories;
}

std::vector<std::string> Places::below(const std::vector<std::string>& places,
                                       const std::string& old, bool itself) {
  std::vector<std::string> all;
  std::set<std::string> seen{old};
  const auto add = [&](std::string uri) {
    if (seen.insert(canonical_uri(uri)).second) all.push_back(std::move(uri));
  };
  const std::string path(split_flink_path(old).path);
  for (const std::string& place : places) {
    if (itself) add(place);
    for (auto slash = path.rfind('/'); slash != std::string::npos;) {
      if (slash + 1 < path.size()) add(join_uri(place, path.substr(slash + 1)));
      if (slash == 0) break;
      slash = path.rfind('/', slash - 1);
    }
  }
  return all;
}

std::vector<std::string> own_places(const References& references) {
  std::vector<std::string> places{tree_of(references.base)};
  if (places.front() != references.base) places.push_back(references.base);
  return places;
}

std::vector<std::string> holding(Stores& stores, const OldDirectory& directory,
                                 const std::vector<std::string>& places) {
  const std::size_t probes = std::min(directory.files.size(), kProbes);
  for (std::size_t k = 0; k < probes; ++k) {
    const Reference file = directory.file(k * directory.files.size() / probes);
    std::vector<std::string> uris;
    for (const std::string& place : places) uris.push_back(join_uri(place, last_name(file.uri)));
    std::vector<std::string> found;
    stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& there) {
      if (there) found.push_back(places[i]);
    });
    if (!found.empty()) return found;
  }
  return {};
}

Relocation above_common_names(Relocation pair, const std::string& top) {
  while (canonical_uri(pair.to) != top && !is_store_root(pair.from) && !is_store_root(pair.to) &&
         last_name(pair.from) == last_name(pair.to)) {
    Relocation above{directory_of(pair.from), directory_of(pair.to)};
    if (nested(above.from, above.to) || is_store_root(above.from) != is_store_root(above.to)) break;
    pair = std::move(above);
  }
  return pair;
}

AdoptionSearch::AdoptionSearch(Stores& stores, const References& references,
                               const AdoptRequest& request)
    : stores_(stores),
      references_(references),
      tree_(canonical_uri(tree_of(references.base))),
      places_(places_of(references, request)),
      said_(said_by(references, request)) {}

void AdoptionSearch::decide(OldDirectory& directory) {
  if (const auto target = said_.target_of(directory.uri)) {
    directory.now = *target;
    return;
  }
  const std::uint64_t files = directory.files.size();
  const bool own = below_prefix(directory.uri, tree_).has_value();
  if (own && good_files(stores_, directory, directory.uri) == files) {
    directory.now = directory.uri;
    return;
  }
  if (take(directory, places_.near(directory.uri))) return;
  if (take(directory, places_.above(directory.uri))) return;
  if (own) {
    directory.now = directory.uri;  // its files are missing there
  } else if (can_look(directory.uri) && good_files(stores_, directory, directory.uri) == files) {
    outside_.push_back(directory);
  } else {
    lost_.insert(directory.uri);
    lost_files_ += files;
    lost_in_.push_back(directory.uri + "  " + count_of(files, "file") +
                       ": nowhere around the snapshot");
  }
}

void AdoptionSearch::finish() const {
  if (!several_.empty()) {
    refuse("E-ADOPT-UNCLEAR", "the same names lie in several directories, and nothing is guessed",
           references_.base, several_,
           "say which are meant with --map OLD=NEW; 'convert --in-place' rewrites by rules of your "
           "own, and looks at no files");
  }
  if (outside_.empty()) return;
  std::vector<std::string> lines;
  std::string stay;
  for (const OldDirectory& directory : outside_) {
    lines.push_back(directory.uri + "  " + count_of(directory.files.size(), "file"));
    if (lines.size() <= kShownFiles)
      stay += " --map " + shell_word(directory.uri + "=" + directory.uri);
  }
  refuse("E-ADOPT-UNCLEAR",
         "files lie at the old place only, and nowhere around the snapshot: whether they were to "
         "be copied, too, can't be told",
         references_.base, std::move(lines),
         "copy them beside the snapshot, or let 'stateferry move' or 'self-contain' copy all; if "
         "they are to stay where they are, add" +
             stay);
}

// A remote snapshot may name any local file: whether it is there is nobody's business.
bool AdoptionSearch::can_look(const std::string& uri) const {
  return scheme_of(uri) != "file" || scheme_of(references_.base) == "file";
}

// Whether the files lie in one of the places, or in several; then that is said.
bool AdoptionSearch::take(OldDirectory& directory, const std::vector<std::string>& places) {
  std::vector<std::string> whole;
  std::uint64_t most = 0;
  std::string best;
  for (const std::string& place : holding(stores_, directory, places)) {
    const std::uint64_t good = good_files(stores_, directory, place);
    if (good == directory.files.size()) whole.push_back(place);
    if (best.empty() || good > most) best = place;
    most = std::max(most, good);
  }
  if (best.empty()) return false;
  directory.now = best;
  if (whole.size() < 2) return true;
  std::string line = directory.uri + "  " + count_of(directory.files.size(), "file") + ": in";
  for (const std::string& place : whole) line += " " + place;
  several_.push_back(std::move(line));
  return true;
}

}  // namespace stateferry
