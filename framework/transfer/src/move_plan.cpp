#include "stateferry/transfer/move_plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "refusal.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kShown = 10;

bool inside(const std::string& canonical, const std::string& root) {
  return below_prefix(canonical, root).has_value();
}

// Calls `f` with the first absolute file of each directory.
template <class F>
void for_each_directory_of_files(const References& references, F&& f) {
  std::vector<bool> seen(references.files.directories().size());
  for (const Reference& file : references.files) {
    if (file.relative || seen[file.directory]) continue;  // below the snapshot's own directory
    seen[file.directory] = true;
    f(file);
  }
}

// Calls `f` with each place that must follow: the directory of each file, and directories.
template <class F>
void for_each_directory(const References& references, F&& f) {
  for_each_directory_of_files(
      references, [&](const Reference& file) { f(directory_of(canonical_uri(file.uri))); });
  for (const std::string& directory : references.directories) f(canonical_uri(directory));
}

// `s3://bucket/first`: what is enough to tell groups of files apart.
std::string group_of(const std::string& directory) {
  const FlinkPathParts parts = split_flink_path(directory);
  const auto slash = parts.path.find('/', 1);
  const std::size_t head = directory.size() - parts.path.size();
  return directory.substr(0, slash == std::string_view::npos ? directory.size() : head + slash);
}

// The roots of what lies outside of `root`, as lines for people.
std::vector<std::string> roots_outside(const References& references, const std::string& root,
                                       const Relocations& maps) {
  struct Group {
    std::string directory;
    std::uint64_t files = 0;
  };
  std::map<std::string, Group> groups;
  for (const Reference& file : references.files) {
    const std::string canonical = canonical_uri(file.uri);
    if (file.relative || maps.target_of(file.uri)) continue;
    if (!root.empty() && inside(canonical, root)) continue;
    const std::string directory = directory_of(canonical);
    auto [at, added] = groups.try_emplace(group_of(directory), Group{directory, 0});
    if (!added) at->second.directory = common_directory(at->second.directory, directory);
    ++at->second.files;
  }
  for (const std::string& text : references.directories) {
    const std::string directory = canonical_uri(text);
    if (maps.target_of(directory) || (!root.empty() && inside(directory, root))) continue;
    groups.try_emplace(group_of(directory), Group{directory, 0});
  }
  std::vector<std::string> lines;
  for (const auto& [name, group] : groups) {
    if (lines.size() == kShown) {
      lines.push_back("… and " + std::to_string(groups.size() - kShown) + " more roots");
      break;
    }
    lines.push_back(group.directory + "  " + std::to_string(group.files) +
                    (group.files == 1 ? " file" : " files"));
  }
  return lines;
}

// A file in no directory would have the whole store for its place.
void refuse_stores_as_files(const References& references) {
  for (const Reference& file : references.files) {
    // Nothing that has a name is a root.
    if (!references.files.name_of(file).empty() || !is_store_root(file.uri)) continue;
    refuse("E-MOVE-ROOTS", "a handle names a whole store as if it were a file", file.uri, {},
           "no Flink writes such a handle: find out who wrote the metadata");
  }
}

// The store that holds all of a snapshot, where that can be the root of a move to `target`; else
// empty.
std::string common_store(const References& references, const Relocations& maps,
                         const std::string& target) {
  const std::string base = canonical_uri(references.base);
  std::string store(store_root_of(base));
  if (scheme_of(store) == "file" || inside(canonical_uri(target), store)) return {};
  for_each_directory(references, [&](const std::string& directory) {
    if (!maps.target_of(directory) && store_root_of(directory) != store) store.clear();
  });
  return store.empty() ? store : in_scheme(store, scheme_of(references.base));
}

[[noreturn]] void refuse_roots(const References& references, const std::string& root,
                               const Relocations& maps, const std::string& target) {
  const bool found = !root.empty();
  const std::string store = found ? std::string() : common_store(references, maps, target);
  refuse("E-MOVE-ROOTS",
         found ? "some files lie outside of the root " + root
               : "the files lie in no common directory that could be moved as a whole",
         references.base, roots_outside(references, root, maps),
         (store.empty() ? "" : "move all of it with --root " + store + ", or ") +
             "say where each root goes with --map FROM=TO, or make one directory of it all with "
             "'stateferry self-contain'");
}

std::string found_root(const References& references, const Relocations& maps,
                       const std::string& target) {
  const std::string base = canonical_uri(references.base);
  std::string root = base;
  for_each_directory(references, [&](const std::string& directory) {
    if (!root.empty() && !maps.target_of(directory)) root = common_directory(root, directory);
  });
  if (root.empty() || (is_store_root(root) && !is_store_root(base))) {
    refuse_roots(references, {}, maps, target);
  }
  return root;
}

// No place goes to two.
void refuse_twice(const std::vector<Relocation>& entries) {
  std::set<std::string> seen;
  for (auto at = entries.rbegin(); at != entries.rend(); ++at) {
    if (seen.insert(canonical_uri(at->from)).second) continue;
    throw Error("E-ARG-USAGE",
                canonical_uri(at->from) == canonical_uri(entries.back().from)
                    ? "--map names the root itself, which goes below DST: " + at->from
                    : "--map names one directory twice: " + at->from,
                "give each directory one target");
  }
}

std::string in_wanted_scheme(const std::string& target, const std::string& scheme) {
  if (scheme.empty()) return target;
  if (store_of_scheme(scheme) != store_of_scheme(scheme_of(target))) {
    throw Error("E-ARG-USAGE",
                "--scheme " + scheme + " is no scheme of the store that DST is in: " + target,
                "it chooses among schemes of one store, such as s3, s3a and s3p");
  }
  return in_scheme(target, scheme);
}

void check_nesting(const std::string& from, const std::string& to, bool found) {
  const std::string source = canonical_uri(from);
  const std::string target = canonical_uri(to);
  if (!inside(source, target) && !inside(target, source)) return;
  refuse("E-MOVE-NESTED",
         source == target
             ? "source and target are the same: " + to
             : "source and target lie in one another: " + from +
                   (found ? ", the deepest directory that holds all files," : "") + " and " + to,
         {}, {},
         "choose a target outside of " + from +
             (found ? ", or say where each directory goes with --map FROM=TO; 'stateferry "
                      "self-contain' makes one directory of all files; if all was copied already, "
                      "'stateferry adopt' makes it right where it lies"
                    : ""));
}

// Text for a YAML file: in double quotes, with nothing that interpolates.
std::string yaml_text(const std::string& text) {
  std::string quoted = json_string(text);
  for (auto at = quoted.find("${"); at != std::string::npos; at = quoted.find("${", at + 3)) {
    quoted.insert(at, 1, '$');
  }
  return quoted;
}

}  // namespace

// ------------------------------------------------------------------------------ the plan

namespace {

bool has_local_files(const ReferenceList& files) {
  const DirectoryTable& directories = files.directories();
  for (std::uint32_t n = 0; n < directories.size(); ++n) {
    if (scheme_of(directories.uri(n)) == "file") return true;
  }
  return false;
}

}  // namespace

void refuse_unsafe(const References& references, LocalFiles local) {
  std::vector<std::string> notes = references.unsafe;
  std::uint64_t count = references.unsafe_count;
  if (local == LocalFiles::refused && scheme_of(references.base) != "file") {
    const auto refuse_local = [&](const std::string& uri) {
      if (scheme_of(uri) != "file") return;
      if (++count <= kShown) notes.push_back(uri);
    };
    if (has_local_files(references.files)) {
      for (const Reference& file : references.files) refuse_local(file.uri);
    }
    for (const std::string& directory : references.directories) refuse_local(directory);
  }
  if (count == 0) return;
  const bool has_bare =
      references.store_roots.contains("") && references.default_file_system == kLocalFileSystem;
  if (count > notes.size()) {
    notes.push_back("… and " + std::to_string(count - notes.size()) + " more");
  }
  refuse("E-MOVE-UNSAFE",
         "the metadata names places that nobody should follow: relative paths that lead out of its "
         "directory, or local files of this machine for a snapshot in a remote store",
         references.base, std::move(notes),
         has_bare ? "some have no scheme: --default-scheme says where they are, as Flink's "
                    "fs.default-scheme does; else the file may be forged: find out who wrote it"
                  : "the file may be forged: find out who wrote it");
}

MovePlan plan_move(const References& references, const MoveRequest& request) {
  refuse_unsafe(references);
  refuse_stores_as_files(references);
  const Relocations maps(request.maps);
  MovePlan plan;
  plan.base = references.base;
  plan.target = in_wanted_scheme(without_slash(request.target), request.scheme);
  const std::string base = canonical_uri(references.base);
  if (request.root.empty()) {
    plan.root = found_root(references, maps, request.target);
  } else {
    plan.root = canonical_uri(without_slash(request.root));
    if (!inside(base, plan.root)) {
      refuse("E-MOVE-ROOTS", "the snapshot's own directory lies outside of the root " + plan.root,
             references.base, {}, "give a root that holds it with --root");
    }
  }
  bool outside = false;
  for_each_directory(references, [&](const std::string& directory) {
    outside |= !inside(directory, plan.root) && !maps.target_of(directory);
  });
  if (outside) refuse_roots(references, plan.root, maps, request.target);
  if (plan.root == base) {
    plan.target = place_below(plan.target, base, request.name);
  } else if (!request.name.empty() && request.name != ".") {
    throw Error("E-ARG-USAGE",
                "--as names the snapshot's own directory, but what moves is " + plan.root +
                    ", and all below it keeps its layout",
                "leave --as away, or name another DST");
  }
  // With the scheme that the snapshot's own directory has.
  plan.root = in_scheme(plan.root, scheme_of(plan.base));
  std::vector<Relocation> entries = request.maps;
  entries.push_back({plan.root, plan.target, request.bare});
  refuse_twice(entries);
  for (const Relocation& from : entries) {
    for (const Relocation& to : entries) {
      check_nesting(from.from, to.to, request.root.empty() && from.from == plan.root);
    }
  }
  plan.relocations = Relocations(std::move(entries), request.scheme);
  // The root's target keeps the scheme that the user has given.
  plan.new_base =
      without_slash(join_prefix(plan.target, below_prefix(base, canonical_uri(plan.root)).value()));
  return plan;
}

std::string place_below(const std::string& target, const std::string& base,
                        const std::string& name) {
  if (name == "." || (name.empty() && is_store_root(base))) return target;
  return join_uri(target, name.empty() ? last_name(base) : name);
}

std::vector<std::string> store_roots_of(const References& references) {
  std::set<std::string> roots = references.store_roots;
  for_each_directory_of_files(references, [&](const Reference& file) {
    if (has_scheme(file.uri)) roots.emplace(store_root_of(file.uri));
  });
  for (const std::string& directory : references.directories) {
    if (has_scheme(directory)) roots.emplace(store_root_of(directory));
  }
  return {roots.begin(), roots.end()};
}

std::vector<std::string> schemes_kept(const References& references, const MovePlan& plan) {
  const std::string_view own = scheme_of(plan.target);
  std::set<std::string> kept;
  const auto look = [&](const std::string& uri) {
    const std::string scheme(scheme_of(plan.relocations.target_of(uri).value_or(plan.target)));
    if (scheme != own && store_of_scheme(scheme) == store_of_scheme(own)) kept.insert(scheme);
  };
  const DirectoryTable& directories = references.files.directories();
  std::vector<bool> known(directories.size());
  for (const Reference& file : references.files) {
    if (file.relative || known[file.directory]) continue;
    look(file.uri);
    // Where all files of a directory go one way, one says it.
    const auto target = plan.relocations.directory_target(directories.uri(file.directory));
    known[file.directory] = target.has_value();
  }
  for (const std::string& directory : references.directories) look(directory);
  return {kept.begin(), kept.end()};
}

void refuse_unsayable(const Relocations& relocations) {
  for (const Relocation& entry : relocations.entries()) {
    for (const std::string& directory : {entry.from, entry.to}) {
      if (!has_control(directory)) continue;
      throw IoError("E-MOVE-UNSAFE", "the name of this directory holds a control character",
                    directory,
                    "'self-contain' takes the files to a directory with another name; 'plan' lists "
                    "them");
    }
  }
}

std::string rules_of(const References& references, const MovePlan& plan) {
  return rules_of(references, plan.relocations, "move", false);
}

std::string rules_of(const References& references, const Relocations& relocations,
                     const std::string& command, bool nested) {
  std::string text =
      "rules: \"v1\"\n"
      "name: " +
      command +
      "\n"
      "description: What 'stateferry " +
      command +
      "' does to the metadata\n"
      "steps:\n"
      "  - id: move-files\n"
      "    uses: uri.map-prefix\n"
      "    with:\n"
      "      map:\n";
  for (const Relocation& entry :
       relocations.spelled_as(store_roots_of(references), references.default_file_system)) {
    text += "        " + yaml_text(entry.from) + ": " + yaml_text(entry.to) + "\n";
  }
  if (nested) text += "    accept: [nested-target]\n";
  text +=
      "    expect: {unmatched: 0}\n"
      "output:\n"
      "  untouched-uris: fail\n";
  return text;
}

}  // namespace stateferry
