#include "stateferry/transfer/adoption.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "adoption_search.hpp"
#include "refusal.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/stored_output.hpp"
#include "stateferry/transfer/verify.hpp"
#include "stateferry/uri/prefix_index.hpp"

namespace stateferry {
namespace {

// Directories that looks_copied() looks at.
constexpr std::size_t kGlances = 4;

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
    pair.from = in_scheme(from, scheme_of(directory.file(0).uri));
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

// What has moved, as high up as it went under the same names, each pair once: directories together
// have few of them.
std::vector<Relocation> moved_trees(const std::vector<OldDirectory>& directories) {
  std::vector<Relocation> trees;
  std::set<std::pair<std::string, std::string>> seen;
  for (const OldDirectory& known : directories) {
    if (!moves(known)) continue;
    Relocation pair{known.uri, known.now};
    while (!is_store_root(directory_of(pair.from)) && !is_store_root(pair.to) &&
           last_name(pair.from) == last_name(pair.to)) {
      pair = {directory_of(pair.from), directory_of(pair.to)};
    }
    if (!is_store_root(pair.from) && seen.emplace(pair.from, pair.to).second) trees.push_back(pair);
  }
  return trees;
}

// Where a directory of file merging goes, which holds no files that are named: with what lay beside
// it. Nothing when that is not clear.
std::optional<Relocation> beside(const std::string& directory,
                                 const std::vector<Relocation>& trees) {
  std::set<std::string> targets;
  for (const Relocation& pair : trees) {
    const auto rest = below_prefix(directory, pair.from);
    if (rest) targets.insert(join_prefix(pair.to, *rest));
  }
  if (targets.size() != 1) return std::nullopt;
  return Relocation{directory, *targets.begin()};
}

void add_directories(Relocations& relocations, const References& references,
                     const std::vector<OldDirectory>& directories, const std::string& tree) {
  std::vector<Relocation> entries = relocations.entries();
  std::vector<std::string> unclear;
  const std::vector<Relocation> trees = moved_trees(directories);
  for (const std::string& text : references.directories) {
    const std::string directory = canonical_uri(text);
    if (below_prefix(directory, tree) || relocations.target_of(directory)) continue;
    const auto pair = beside(directory, trees);
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
                 const AdoptionSearch& search) {
  std::vector<std::string> uris;
  std::vector<std::uint32_t> files;  // by their place in the list
  std::uint32_t number = 0;
  for (const Reference& file : references.files) {
    const std::uint32_t place = number++;
    // What was found nowhere is counted already, and a local name in it is not to be followed.
    if (!file.relative && search.lost().contains(directory_of(canonical_uri(file.uri)))) continue;
    uris.push_back(place_now(file, relocations));
    files.push_back(place);
  }
  std::vector<std::string> notes = search.lost_in();
  std::uint64_t wrong = search.lost_files();
  stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& there) {
    const Mark mark = judge(references.files[files[i]], there);
    if (mark == Mark::good) return;
    ++wrong;
    if (notes.size() <= kShownFiles) {
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
  PrefixIndex sources;  // of roots
  for (const Relocation& entry : relocations.entries()) {
    if (canonical_uri(entry.from) == canonical_uri(entry.to)) continue;
    roots.push_back({entry});
    sources.add(canonical_uri(entry.from));
  }
  for (const Reference& file : references.files) {
    if (file.relative) continue;
    const auto root = sources.find(canonical_uri(file.uri));
    if (!root) continue;
    ++roots[*root].files;
    roots[*root].bytes += file.size.value_or(file.at_least);
  }
  for (const OldDirectory& directory : directories) {
    // No other store tells places apart.
    if (!moves(directory) || scheme_of(directory.uri) != "file") continue;
    if (scheme_of(directory.now) != "file") continue;
    const auto place = stores.identity(directory.uri);
    if (!place || place != stores.identity(directory.now)) continue;
    if (const auto root = sources.find(directory.uri)) roots[*root].same_place = true;
  }
  return roots;
}

}  // namespace

// ------------------------------------------------------------------------------ the whole

Adoption find_adoption(Stores& stores, const References& references, const AdoptRequest& request) {
  refuse_unsafe(references, LocalFiles::allowed);
  AdoptionSearch search(stores, references, request);
  std::vector<OldDirectory> directories = old_directories(references);
  for (OldDirectory& directory : directories) search.decide(directory);
  search.finish();
  std::erase_if(directories, [](const OldDirectory& directory) { return directory.now.empty(); });
  Adoption adoption;
  adoption.relocations = pairs_for(directories, search.tree());
  look_at_all(stores, references, adoption.relocations, search);
  add_directories(adoption.relocations, references, directories, search.tree());
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
  PrefixIndex targets;
  for (const Relocation& entry : entries) targets.add(canonical_uri(entry.to));
  const auto name = [&](const std::string& directory) {
    if (targets.find(directory) || adoption.relocations.target_of(directory)) return;
    entries.push_back({directory, directory});
    targets.add(canonical_uri(directory));
  };
  for (const Reference& file : references.files) {
    if (!file.relative) name(directory_of(canonical_uri(file.uri)));
  }
  for (const std::string& directory : references.directories) name(canonical_uri(directory));
  PrefixIndex sources;
  for (const Relocation& entry : entries) sources.add(canonical_uri(entry.from));
  const bool accept = std::any_of(entries.begin(), entries.end(), [&](const Relocation& entry) {
    const std::string to = canonical_uri(entry.to);
    return to != canonical_uri(entry.from) && sources.find(to);
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
  const auto old = memory_source(m.snapshot.document.input().bytes(), backup);
  StoredOutput output{.backup = backup, .kept = old.get(), .sync = m.copying.sync};
  if (m.snapshot.pointer == backup) {
    output.like = backup;
  } else {
    output.before = sha256_hex(*old);
  }
  put_stored(m.stores, pointer, *memory_source(m.metadata, pointer), output);
}

}  // namespace stateferry
