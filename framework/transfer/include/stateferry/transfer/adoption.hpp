// A snapshot that something else has copied as it is, `_metadata` included: where its files lie
// now, and how `_metadata` is told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// What the user has said of a copied snapshot.
struct AdoptRequest {
  /// --root: where to look for its files; empty: in tree_of() the snapshot, and above it.
  std::vector<std::string> roots;
  std::vector<Relocation> maps;  ///< --map: where what lay in an old directory lies now
  std::string from;              ///< --from: the directory where `_metadata` lay; may be empty
};

/// What lay below one directory and lies below another now.
struct AdoptedRoot {
  Relocation root;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  ///< at least
  /// Some of it is one directory under two names, by a link or a mount, and no second copy.
  bool same_place = false;
};

/// Where all files of a copied snapshot lie now. Each was seen there in full size.
struct Adoption {
  Relocations relocations;         ///< what is to be done to the handles; empty: nothing
  std::vector<AdoptedRoot> roots;  ///< the same with figures, for people
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;     ///< at least
  std::uint64_t relative = 0;  ///< of the files: their handles need nothing wherever they lie
};

/// Finds them: an old directory is where all files lie that handles name in it, under the same
/// names. What lies in the snapshot's own tree stays. Nothing is guessed: throws RuleError with
/// E-ADOPT-UNCLEAR when they lie in several directories, or in none but the old one;
/// E-ADOPT-MISSING when a file is missing or has another size; E-MOVE-UNSAFE for relative paths
/// that lead upwards.
Adoption find_adoption(Stores& stores, const References& references, const AdoptRequest& request);

/// Whether some files that handles name outside of the snapshot's own tree lie in it under the same
/// names: then it was copied as it is. Looks at a few of them.
bool looks_copied(Stores& stores, const References& references);

/// The rule file that does to the metadata what was found.
std::string rules_of(const References& references, const Adoption& adoption);

/// Throws Error (E-ADOPT-UNCLEAR) unless each handle of `transfer.metadata` names its file where
/// the adoption has found it.
void check_adopted(const SnapshotTransfer& transfer, const Adoption& adoption);

/// Puts `transfer.metadata` in the place of the file `pointer`, which was read, and is kept as
/// `backup` (a URI beside it) first. A backup with the same content is what a stopped run has left;
/// another one is an error (E-IO-EXISTS). The file must still be what was read (E-STORE-CONFLICT);
/// see Storage::replace() for what is not promised. Where it was the backup that was read, a
/// stopped run has left only that, and `pointer` is made.
void put_adopted(SnapshotTransfer& transfer, const std::string& pointer, const std::string& backup);

}  // namespace stateferry
