#include "stateferry/transfer/adoption.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "refusal.hpp"
#include "shell_word.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kShown = 10;
// Of files that are looked for in one directory: when so many are nowhere, the others are not, too.
constexpr std::size_t kProbes = 8;
// Directories that looks_copied() looks at.
constexpr std::size_t kGlances = 4;

// The files that absolute handles name in one directory.
struct OldDirectory {
  std::string uri;  // canonical
  std::vector<const Reference*> files;
  std::string now = {};  // where they lie; empty: not known
};

std::vector<OldDirectory> old_directories(const References& references) {
  std::vector<OldDirectory> directories;
  std::unordered_map<std::string, std::size_t> index;
  for (const Reference& file : references.files) {
    if (file.relative) continue;
    std::string uri = directory_of(canonical_uri(file.uri));
    const auto [at, added] = index.try_emplace(uri, directories.size());
    if (added) directories.push_back({std::move(uri), {}});
    directories[at->second].files.push_back(&file);
  }
  return directories;
}

// Directories where an old one may lie now: it, or what is left of it without the names in front,
// below each of `places`.
class Places {
 public:
  Places(std::vector<std::string> near, std::vector<std::string> above)
      : near_(std::move(near)), above_(std::move(above)) {}

  std::vector<std::string> near(const std::string& old) const { return below(near_, old, true); }
  // Further away a directory counts only with a name that it had.
  std::vector<std::string> above(const std::string& old) const { return below(above_, old, false); }

 private:
  static std::vector<std::string> below(const std::vector<std::string>& places,
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

  std::vector<std::string> near_;
  std::vector<std::string> above_;
};

std::vector<std::string> own_places(const References& references) {
  std::vector<std::string> places{tree_of(references.base)};
  if (places.front() != references.base) places.push_back(references.base);
  return places;
}

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

// Those of `places` that hold one of the directory's files.
std::vector<std::string> holding(Stores& stores, const OldDirectory& directory,
                                 const std::vector<std::string>& places) {
  const std::size_t probes = std::min(directory.files.size(), kProbes);
  for (std::size_t k = 0; k < probes; ++k) {
    const Reference& file = *directory.files[k * directory.files.size() / probes];
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

std::uint64_t good_files(Stores& stores, const OldDirectory& directory, const std::string& place) {
  std::vector<std::string> uris;
  for (const Reference* file : directory.files) {
    uris.push_back(join_uri(place, last_name(file->uri)));
  }
  std::uint64_t good = 0;
  stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& there) {
    if (judge(*directory.files[i], there) == Mark::good) ++good;
  });
  return good;
}

// ------------------------------------------------------------------------------ deciding

class Finder {
 public:
  Finder(Stores& stores, const References& references, const AdoptRequest& request)
      : stores_(stores),
        references_(references),
        tree_(canonical_uri(tree_of(references.base))),
        places_(places_of(references, request)),
        said_(said(references, request)) {}

  void decide(OldDirectory& directory) {
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

  // Throws when something is not clear.
  void finish() const {
    if (!several_.empty()) {
      refuse(
          "E-ADOPT-UNCLEAR", "the same names lie in several directories, and nothing is guessed",
          references_.base, several_,
          "say which are meant with --map OLD=NEW; 'convert --in-place' rewrites by rules of your "
          "own, and looks at no files");
    }
    if (outside_.empty()) return;
    std::vector<std::string> lines;
    std::string stay;
    for (const OldDirectory& directory : outside_) {
      lines.push_back(directory.uri + "  " + count_of(directory.files.size(), "file"));
      if (lines.size() <= kShown)
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
  // Directories whose files lie nowhere.
  const std::set<std::string>& lost() const noexcept { return lost_; }
  std::uint64_t lost_files() const noexcept { return lost_files_; }
  const std::vector<std::string>& lost_in() const noexcept { return lost_in_; }
  const std::string& tree() const noexcept { return tree_; }

 private:
  // --map, and --from as the pair of what is above the names that both have in common at their end.
  static Relocations said(const References& references, const AdoptRequest& request);

  // A remote snapshot may name any local file: whether it is there is nobody's business.
  bool can_look(const std::string& uri) const {
    return scheme_of(uri) != "file" || scheme_of(references_.base) == "file";
  }

  // Whether the files lie in one of the places, or in several; then that is said.
  bool take(OldDirectory& directory, const std::vector<std::string>& places) {
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

  Stores& stores_;
  const References& references_;
  const std::string tree_;
  const Places places_;
  const Relocations said_;
  std::vector<std::string> several_;
  std::vector<OldDirectory> outside_;
  std::set<std::string> lost_;
  std::uint64_t lost_files_ = 0;
  std::vector<std::string> lost_in_;
};

bool nested(const std::string& a, const std::string& b) {
  const std::string one = canonical_uri(a);
  const std::string other = canonical_uri(b);
  return below_prefix(one, other) || below_prefix(other, one);
}

// The pair of what is above the names that both have in common at their end, as far up as neither
// holds the other, and not above `top`.
Relocation above_common_names(Relocation pair, const std::string& top) {
  while (canonical_uri(pair.to) != top && !is_store_root(pair.from) && !is_store_root(pair.to) &&
         last_name(pair.from) == last_name(pair.to)) {
    Relocation above{directory_of(pair.from), directory_of(pair.to)};
    if (nested(above.from, above.to) || is_store_root(above.from) != is_store_root(above.to)) break;
    pair = std::move(above);
  }
  return pair;
}

Relocations Finder::said(const References& references, const AdoptRequest& request) {
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

bool moves(const OldDirectory& directory) {
  return canonical_uri(directory.now) != directory.uri;
}

bool says(const Relocations& relocations, const std::vector<OldDirectory>& directories) {
  return std::all_of(directories.begin(), directories.end(), [&](const OldDirectory& d) {
    const auto target = relocations.target_of(d.uri);
    return target ? canonical_uri(*target) == canonical_uri(d.now) : !moves(d);
  });
}

// Few pairs that move what has moved and leave the rest.
Relocations pairs_for(const std::vector<OldDirectory>& directories, const std::string& tree) {
  std::map<std::string, Relocation> few;  // by canonical source
  std::vector<Relocation> exact;
  bool apart = true;
  for (const OldDirectory& directory : directories) {
    exact.push_back({directory.uri, directory.now});
    if (!moves(directory)) continue;
    Relocation pair = above_common_names(exact.back(), tree);
    const std::string from = pair.from;
    pair.from = in_scheme(from, scheme_of(directory.files.front()->uri));
    const auto [at, added] = few.try_emplace(from, pair);
    apart &= added || at->second.to == pair.to;
  }
  std::vector<Relocation> entries;
  for (auto& [from, pair] : few) entries.push_back(pair);
  Relocations relocations(std::move(entries));
  if (apart && says(relocations, directories)) return relocations;
  return Relocations(std::move(exact));
}

// ------------------------------------------------------------------------------ directories

// Where a directory of file merging goes, which holds no files that are named: with what lay beside
// it. Nothing when that is not clear.
std::optional<Relocation> beside(const std::string& directory,
                                 const std::vector<OldDirectory>& directories) {
  std::set<std::string> targets;
  for (const OldDirectory& known : directories) {
    if (!moves(known)) continue;
    Relocation pair{known.uri, known.now};
    while (!below_prefix(directory, pair.from) && !is_store_root(pair.from) &&
           !is_store_root(pair.to) && last_name(pair.from) == last_name(pair.to)) {
      pair = {directory_of(pair.from), directory_of(pair.to)};
    }
    const auto rest = below_prefix(directory, pair.from);
    if (rest && !is_store_root(pair.from)) targets.insert(join_prefix(pair.to, *rest));
  }
  if (targets.size() != 1) return std::nullopt;
  return Relocation{directory, *targets.begin()};
}

void add_directories(Relocations& relocations, const References& references,
                     const std::vector<OldDirectory>& directories, const std::string& tree) {
  std::vector<Relocation> entries = relocations.entries();
  std::vector<std::string> unclear;
  for (const std::string& text : references.directories) {
    const std::string directory = canonical_uri(text);
    if (below_prefix(directory, tree) || relocations.target_of(directory)) continue;
    const auto pair = beside(directory, directories);
    if (pair) {
      entries.push_back(*pair);
    } else {
      unclear.push_back(directory);
    }
  }
  if (!unclear.empty()) {
    refuse("E-ADOPT-UNCLEAR", "where directories of merged files lie now can't be told",
           references.base, std::move(unclear),
           "say it with --map OLD=NEW, or where _metadata lay with --from OLD_DIRECTORY");
  }
  relocations = Relocations(std::move(entries));
}

// ------------------------------------------------------------------------------ looking

std::string place_now(const Reference& file, const Relocations& relocations) {
  if (file.relative) return file.uri;
  return relocations.target_of(file.uri).value_or(file.uri);
}

// Looks at every file where it should be. Throws when one is not.
void look_at_all(Stores& stores, const References& references, const Relocations& relocations,
                 const Finder& finder) {
  std::vector<std::string> uris;
  std::vector<const Reference*> files;
  for (const Reference& file : references.files) {
    // What was found nowhere is counted already, and a local name in it is not to be followed.
    if (!file.relative && finder.lost().contains(directory_of(canonical_uri(file.uri)))) continue;
    uris.push_back(place_now(file, relocations));
    files.push_back(&file);
  }
  std::vector<std::string> notes = finder.lost_in();
  std::uint64_t wrong = finder.lost_files();
  stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& there) {
    const Mark mark = judge(*files[i], there);
    if (mark == Mark::good) return;
    ++wrong;
    if (notes.size() <= kShown) {
      notes.push_back(uris[i] + (mark == Mark::differs ? " has another size" : " is missing"));
    }
  });
  if (wrong == 0) return;
  refuse("E-ADOPT-MISSING",
         count_of(wrong, "file") + " that the snapshot needs " + (wrong == 1 ? "is" : "are") +
             " not there in full, so nothing was changed",
         references.base, std::move(notes),
         "finish the copy, or say where the files lie with --root DIR or --map OLD=NEW; while the "
         "old place is whole, 'stateferry move' copies from there what is missing");
}

std::vector<AdoptedRoot> figures_of(Stores& stores, const References& references,
                                    const std::vector<OldDirectory>& directories,
                                    const Relocations& relocations) {
  std::vector<AdoptedRoot> roots;
  for (const Relocation& entry : relocations.entries()) {
    if (canonical_uri(entry.from) == canonical_uri(entry.to)) continue;
    roots.push_back({entry});
  }
  for (const Reference& file : references.files) {
    if (file.relative) continue;
    const std::string canonical = canonical_uri(file.uri);
    for (AdoptedRoot& root : roots) {  // the longest source comes first, and wins
      if (!below_prefix(canonical, canonical_uri(root.root.from))) continue;
      ++root.files;
      root.bytes += file.size.value_or(file.at_least);
      break;
    }
  }
  for (const OldDirectory& directory : directories) {
    // No other store tells places apart.
    if (!moves(directory) || scheme_of(directory.uri) != "file") continue;
    if (scheme_of(directory.now) != "file") continue;
    const auto place = stores.identity(directory.uri);
    if (!place || place != stores.identity(directory.now)) continue;
    for (AdoptedRoot& root : roots) {
      if (!below_prefix(directory.uri, canonical_uri(root.root.from))) continue;
      root.same_place = true;
      break;
    }
  }
  return roots;
}

}  // namespace

// ------------------------------------------------------------------------------ the whole

Adoption find_adoption(Stores& stores, const References& references, const AdoptRequest& request) {
  refuse_unsafe(references, LocalFiles::allowed);
  Finder finder(stores, references, request);
  std::vector<OldDirectory> directories = old_directories(references);
  for (OldDirectory& directory : directories) finder.decide(directory);
  finder.finish();
  std::erase_if(directories, [](const OldDirectory& directory) { return directory.now.empty(); });
  Adoption adoption;
  adoption.relocations = pairs_for(directories, finder.tree());
  look_at_all(stores, references, adoption.relocations, finder);
  add_directories(adoption.relocations, references, directories, finder.tree());
  adoption.roots = figures_of(stores, references, directories, adoption.relocations);
  for (const Reference& file : references.files) {
    ++adoption.files;
    adoption.bytes += file.size.value_or(file.at_least);
    if (file.relative) ++adoption.relative;
  }
  if (adoption.roots.empty()) adoption.relocations = {};
  return adoption;
}

bool looks_copied(Stores& stores, const References& references) {
  const Places places(own_places(references), {});
  const std::string tree = canonical_uri(tree_of(references.base));
  std::size_t looked_at = 0;
  for (const OldDirectory& directory : old_directories(references)) {
    if (below_prefix(directory.uri, tree)) continue;
    if (!holding(stores, directory, places.near(directory.uri)).empty()) return true;
    if (++looked_at == kGlances) return false;
  }
  return false;
}

std::string rules_of(const References& references, const Adoption& adoption) {
  // What stays has to be named, or it would pass for forgotten.
  std::vector<Relocation> entries = adoption.relocations.entries();
  std::set<std::string> named;
  const auto name = [&](const std::string& directory) {
    const bool target = std::any_of(entries.begin(), entries.end(), [&](const Relocation& entry) {
      return below_prefix(directory, canonical_uri(entry.to)).has_value();
    });
    if (target || adoption.relocations.target_of(directory)) return;
    if (named.insert(directory).second) entries.push_back({directory, directory});
  };
  for (const Reference& file : references.files) {
    if (!file.relative) name(directory_of(canonical_uri(file.uri)));
  }
  for (const std::string& directory : references.directories) name(canonical_uri(directory));
  const bool accept = std::any_of(entries.begin(), entries.end(), [&](const Relocation& target) {
    return std::any_of(entries.begin(), entries.end(), [&](const Relocation& source) {
      const std::string to = canonical_uri(target.to);
      return below_prefix(to, canonical_uri(source.from)) && to != canonical_uri(target.from);
    });
  });
  return rules_of(references, Relocations(std::move(entries)), "adopt", accept);
}

void check_adopted(const SnapshotTransfer& m, const Adoption& adoption) {
  DiagnosticList said;
  Document made = decode_document(memory_source(m.metadata, m.new_pointer()), m.registry, said);
  const References now = collect_references(made, m.snapshot.base);
  std::multiset<std::string> wanted;
  for (const Reference& file : m.snapshot.references.files) {
    wanted.insert(canonical_uri(place_now(file, adoption.relocations)));
  }
  for (const Reference& file : now.files) {
    const auto at = wanted.find(canonical_uri(file.uri));
    if (at == wanted.end()) {
      refuse("E-ADOPT-UNCLEAR", "a handle can't be made to name its file where it lies",
             m.snapshot.pointer, {file.uri}, "say with --map OLD=NEW where the files lie");
    }
    wanted.erase(at);
  }
}

void put_adopted(SnapshotTransfer& m, const std::string& pointer, const std::string& backup) {
  const std::span<const std::byte> old = m.snapshot.document.input().bytes();
  const std::string before = sha256_hex(old);
  const auto made = memory_source(m.metadata, pointer);
  if (!m.stores.stat(backup)) {
    m.stores.write_new(backup, *memory_source(old, backup), {pointer, m.copying.sync});
  } else if (sha256_hex(*m.stores.open(backup)) != before) {
    throw IoError("E-IO-EXISTS", "another file has the name of the backup", backup,
                  "choose another one with --backup SUFFIX");
  }
  if (m.snapshot.pointer == backup) {
    m.stores.write_new(pointer, *made, {backup, m.copying.sync});
  } else {
    m.stores.replace(pointer, *made, {before, m.copying.sync});
  }
  if (sha256_hex(*m.stores.open(pointer)) == sha256_hex(m.metadata)) return;
  throw IoError("E-VERIFY", "what was read back differs from what was written", pointer,
                "suspect the store; what stood there before is " + backup);
}

}  // namespace stateferry
