#include "stateferry/transfer/source_roots.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "refusal.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/place.hpp"
#include "stateferry/transfer/shell_word.hpp"
#include "stateferry/transfer/snapshot_files.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

// Whether Flink puts such a directory into that of a job.
bool is_jobs_own(std::string_view name) {
  return name == "shared" || name == "taskowned" || name == "dstl" ||
         checkpoint_number(name).has_value();
}

// Whether a file, canonical, belongs to the snapshot whose directory is `base`.
bool in_tree(const std::string& file, const std::string& base) {
  if (below_prefix(file, base)) return true;
  if (!checkpoint_number(last_name(base))) return false;
  const auto rest = below_prefix(file, directory_of(base));
  if (!rest || rest->size() < 2) return false;
  const std::string_view inner = rest->substr(1);
  const auto slash = inner.find('/');
  return slash != std::string_view::npos && is_jobs_own(inner.substr(0, slash));
}

constexpr std::size_t kShown = 10;

// Files elsewhere, by what is enough to tell them apart: store and first directory.
class Elsewhere {
 public:
  void add(const std::string& file, std::uint64_t bytes) {
    const std::string directory = directory_of(file);
    const FlinkPathParts parts = split_flink_path(directory);
    const auto slash = parts.path.find('/', 1);
    const std::size_t head = directory.size() - parts.path.size();
    const std::string group =
        directory.substr(0, slash == std::string_view::npos ? directory.size() : head + slash);
    SourceRoot& root = groups_.try_emplace(group, SourceRoot{directory}).first->second;
    root.uri = common_directory(root.uri, directory);
    ++root.files;
    root.bytes += bytes;
  }
  bool empty() const { return groups_.empty(); }

  [[noreturn]] void refuse(const std::string& base) const {
    std::vector<std::string> notes;
    std::string switches;
    for (const auto& [group, root] : groups_) {
      if (notes.size() == kShown) {
        notes.push_back("… and " + count_of(groups_.size() - kShown, "more root"));
        break;
      }
      notes.push_back(root.uri + "  " + count_of(root.files, "file"));
      switches += " --take-from " + shell_word(root.uri);
    }
    stateferry::refuse("E-MOVE-ROOTS",
                       "the metadata names files outside of the snapshot's own tree " +
                           tree_of(base) + ", and nobody has said that they belong to it",
                       base, std::move(notes),
                       "if all that lies there may be copied, add" + switches);
  }

 private:
  std::map<std::string, SourceRoot> groups_;
};

void count(SourceRoot& root, const Reference& file) {
  ++root.files;
  root.bytes += file.size.value_or(file.at_least);
}

[[noreturn]] void refuse_target(const std::string& what, const std::string& target) {
  refuse("E-MOVE-NESTED", what, target, {},
         "choose a directory that neither Flink nor a clean-up knows");
}

// Where the target is: by name, and by what it and the directories above it are.
class TargetPlace {
 public:
  TargetPlace(Stores& stores, const std::string& target)
      : stores_(stores),
        target_(canonical_uri(target)),
        own_(stores.identity(target)),
        above_(places_up_from(stores, target)) {}

  bool lies_in(const std::string& directory) {
    if (below_prefix(target_, canonical_uri(directory))) return true;
    if (!comparable(directory)) return false;
    const auto place = stores_.identity(directory);
    return place && has(above_, *place);
  }
  bool holds(const std::string& directory) {
    if (below_prefix(canonical_uri(directory), target_)) return true;
    return own_ && comparable(directory) && has(places_up_from(stores_, directory), *own_);
  }
  // Whether a directory further below is mounted where the target lies.
  bool lies_in_part_of(const std::string& directory) {
    if (!is_reached_by_mount(target_, directory) || !stores_.identity(directory)) return false;
    bool found = false;
    ListOptions options;
    options.directories = true;
    stores_.list(directory, options, [&](const StoredFile& file) {
      if (found || !file.uri.ends_with('/')) return;
      const auto place = stores_.identity(file.uri);
      found = place && has(above_, *place);
    });
    return found;
  }

 private:
  // Identities are those of one storage.
  bool comparable(const std::string& directory) const {
    return scheme_of(target_) == scheme_of(canonical_uri(directory));
  }
  static bool has(const std::vector<std::string>& places, const std::string& place) {
    return std::find(places.begin(), places.end(), place) != places.end();
  }

  Stores& stores_;
  const std::string target_;
  const std::optional<std::string> own_;  // nothing: there is no such directory yet
  const std::vector<std::string> above_;
};

}  // namespace

std::string tree_of(const std::string& base) {
  return checkpoint_number(last_name(base)) ? directory_of(base) : base;
}

std::string root_of(const std::string& uri, const std::string& base) {
  if (in_tree(canonical_uri(uri), canonical_uri(base))) return tree_of(base);
  const std::string own = directory_of(uri);
  for (std::string at = own; !is_store_root(at); at = directory_of(at)) {
    if (is_jobs_own(last_name(at))) return directory_of(at);
  }
  return own;
}

std::vector<SourceRoot> source_roots(const References& references,
                                     const std::vector<std::string>& more) {
  std::vector<SourceRoot> roots{{tree_of(references.base)}};
  for (const std::string& uri : more) roots.push_back({uri});
  const std::string base = canonical_uri(references.base);
  Elsewhere elsewhere;
  for (const Reference& file : references.files) {
    const std::string canonical = canonical_uri(file.uri);
    if (in_tree(canonical, base)) {
      count(roots.front(), file);
      continue;
    }
    const auto root = std::find_if(roots.begin() + 1, roots.end(), [&](const SourceRoot& r) {
      return below_prefix(canonical, canonical_uri(r.uri)).has_value();
    });
    if (root == roots.end()) {
      elsewhere.add(canonical, file.size.value_or(file.at_least));
    } else {
      count(*root, file);
    }
  }
  if (!elsewhere.empty()) elsewhere.refuse(references.base);
  return roots;
}

void refuse_target_inside(const References& references, const std::string& target, Stores& stores) {
  const std::string tree = tree_of(references.base);
  TargetPlace place(stores, target);
  if (place.lies_in(tree) || place.lies_in_part_of(tree)) {
    refuse_target("the target lies in the directory " + tree + " that the snapshot belongs to",
                  target);
  }
  if (place.holds(references.base)) {
    refuse_target("the target holds the snapshot " + references.base, target);
  }
  std::set<std::string> directories;
  for (const Reference& file : references.files) directories.insert(directory_of(file.uri));
  for (const std::string& directory : directories) {
    if (place.lies_in(directory)) {
      refuse_target("the target lies in the directory " + directory + " that files are taken from",
                    target);
    }
  }
}

}  // namespace stateferry
