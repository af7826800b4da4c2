// Where the directories lie now in which the files of a copied snapshot lay.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/transfer/adoption.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// So many files are shown by name.
inline constexpr std::size_t kShownFiles = 10;

/// The files that absolute handles name in one directory.
struct OldDirectory {
  std::string uri;                   ///< canonical
  const ReferenceList* all;          ///< of the snapshot, which outlives this
  std::vector<std::uint32_t> files;  ///< by their place in it
  std::string now = {};              ///< where they lie; empty: not known

  Reference file(std::size_t i) const { return (*all)[files[i]]; }
};
std::vector<OldDirectory> old_directories(const References& references);

/// Directories where an old one may lie now: it, or what is left of it without the names in front,
/// below each of `places`.
class Places {
 public:
  Places(std::vector<std::string> near, std::vector<std::string> above)
      : near_(std::move(near)), above_(std::move(above)) {}

  /// Around the snapshot.
  std::vector<std::string> near(const std::string& old) const { return below(near_, old, true); }
  /// Further away a directory counts only with a name that it had.
  std::vector<std::string> above(const std::string& old) const { return below(above_, old, false); }

 private:
  static std::vector<std::string> below(const std::vector<std::string>& places,
                                        const std::string& old, bool itself);

  std::vector<std::string> near_;
  std::vector<std::string> above_;
};

/// The snapshot's own directory, and the tree that it is of.
std::vector<std::string> own_places(const References& references);

/// Those of `places` that hold one of the directory's files; looks for a few of them.
std::vector<std::string> holding(Stores& stores, const OldDirectory& directory,
                                 const std::vector<std::string>& places);

/// The pair of what is above the names that both have in common at their end, as far up as neither
/// holds the other, and not above `top`.
Relocation above_common_names(Relocation pair, const std::string& top);

/// Where each old directory lies now. One search serves one snapshot, on one thread; all that it is
/// given outlives it.
class AdoptionSearch {
 public:
  AdoptionSearch(Stores& stores, const References& references, const AdoptRequest& request);

  /// Finds where it lies.
  void decide(OldDirectory& directory);
  /// Throws RuleError when something is not clear.
  void finish() const;
  /// Directories whose files lie nowhere.
  const std::set<std::string>& lost() const noexcept { return lost_; }
  std::uint64_t lost_files() const noexcept { return lost_files_; }
  /// The same as lines for people.
  const std::vector<std::string>& lost_in() const noexcept { return lost_in_; }
  /// The snapshot's own, canonical.
  const std::string& tree() const noexcept { return tree_; }

 private:
  bool can_look(const std::string& uri) const;
  bool take(OldDirectory& directory, const std::vector<std::string>& places);

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

}  // namespace stateferry
