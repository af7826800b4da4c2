// Where the files of a snapshot go.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/uri/prefix_index.hpp"

namespace stateferry {

/// Everything below `from` goes below `to`, in the same layout.
struct Relocation {
  std::string from;  ///< in Flink's form, without a slash at the end
  std::string to;
  /// Whether `to`, a local directory, was named without a scheme: then locations without one stay
  /// so, where Flink's default file system is the local one.
  bool bare = false;
};

/// What a move is to do.
struct MoveRequest {
  std::string target;            ///< DST: what lies below the root goes below it
  std::string root;              ///< --root; empty: found from the files
  std::vector<Relocation> maps;  ///< --map
  /// --as: what the snapshot's own directory is called below the target, where it is the root; `.`:
  /// it becomes the target itself. Empty: it keeps its name.
  std::string name = {};
  bool bare = false;  ///< of `target`; see Relocation
  /// --scheme: the one that all gets whose target's store has several, such as s3a. Empty: each
  /// handle keeps its own.
  std::string scheme = {};
};

/// One file to be copied, or, without a target, one that is needed.
struct PlanRow {
  std::string source;
  std::string target;
  std::optional<std::uint64_t> bytes;  ///< size, where the metadata says it
  std::uint64_t at_least = 0;          ///< bytes that it must have
  std::optional<ByteRange> range;      ///< only a part of the source is copied
  std::string role;                    ///< word of the first handle's role; empty: unknown
  std::string op;                      ///< operator of the first handle; empty outside operators
  std::uint32_t handles = 1;           ///< handles that share it
};
/// Takes rows one by one; each is valid during the call.
using RowSink = std::function<void(const PlanRow&)>;

/// From prefixes to prefixes; the longest source wins. A URI keeps its scheme when it goes from one
/// of a store's schemes (store_of_scheme()) to another, unless all get one.
class Relocations {
 public:
  Relocations() = default;
  /// `scheme`: the one that targets get whose store has it; empty: see above.
  explicit Relocations(std::vector<Relocation> entries, std::string scheme = {});
  /// Where `uri` goes; nothing when it is below no source.
  std::optional<std::string> target_of(const std::string& uri) const;
  /// Where the files of a directory (with its slash) go that have plain names (uri/plain_name.hpp):
  /// a directory, with its slash, in which they keep these. Nothing when they don't all go one way,
  /// or when they have to be asked for one by one.
  std::optional<std::string> directory_target(std::string_view directory) const;
  /// The entries for uri.map-prefix: each source as each of `roots` (`scheme://authority`, or ""
  /// for locations without a scheme, which are of `file_system`) spells its store, and its target
  /// under the scheme that target_of() gives.
  std::vector<Relocation> spelled_as(const std::vector<std::string>& roots,
                                     const std::string& file_system) const;
  const std::vector<Relocation>& entries() const noexcept { return entries_; }

 private:
  std::string_view scheme_for(std::string_view own) const noexcept;

  std::vector<Relocation> entries_;     // longest source first
  std::vector<std::string> canonical_;  // their sources
  PrefixIndex sources_;                 // the same, to be looked up
  std::string scheme_;                  // see the constructor
};

/// A move, decided.
struct MovePlan {
  std::string root;    ///< what keeps its layout
  std::string target;  ///< where that goes: below DST, where the root is the snapshot's own
                       ///< directory, else DST
  std::string base;    ///< directory of the old _metadata
  std::string new_base;
  Relocations relocations;
};

/// Decides where everything goes. The root is the snapshot's own directory when all its files and
/// directories are there, else the deepest directory that holds them all, but never a whole store.
/// Throws RuleError, naming the files: outside of the root (E-MOVE-ROOTS), not to be followed
/// (E-MOVE-UNSAFE); E-MOVE-NESTED when a target and a root lie in one another; Error (E-ARG-USAGE)
/// for a name that nothing gets, and for a scheme that the target's store doesn't have.
MovePlan plan_move(const References& references, const MoveRequest& request);

/// Where the directory `base` of a snapshot goes when it goes below `target` as a whole: it keeps
/// its name, or gets `name` (see MoveRequest). A whole store has no name.
std::string place_below(const std::string& target, const std::string& base,
                        const std::string& name);

/// Throws RuleError (E-RULE-COLLISION) when a file would get the place of the `_metadata` in
/// `new_base`.
void refuse_metadata_target(const PlanRow& row, const std::string& new_base);

/// How many bytes of each file snapshots need, by canonical URI.
using NeededBytes = std::unordered_map<std::string, std::uint64_t>;
/// Adds what `references` need.
void add_needed(const References& references, NeededBytes& needed);
/// The files of `references` that whoever has what `had` says has: canonical URIs. A merged file
/// that later checkpoints write on is not there as long as it is too short.
std::unordered_set<std::string> files_within(const References& references, const NeededBytes& had);

/// The rows of a plan, one per file and target. Files in `skip` (canonical URIs) are left out.
/// Throws RuleError (E-RULE-COLLISION) when two files would become one, or one `_metadata`.
void for_each_row(const References& references, const MovePlan& plan,
                  const std::unordered_set<std::string>& skip, const RowSink& row);
/// The same without targets.
void for_each_row(const References& references, const std::unordered_set<std::string>& skip,
                  const RowSink& row);

/// What refuse_unsafe() says of local paths in a snapshot that lies in a remote store.
enum class LocalFiles : bool { refused, allowed };
/// Throws RuleError (E-MOVE-UNSAFE) when some locations are not to be followed: relative ones that
/// lead out of the snapshot's directory and, for a snapshot in a remote store, local paths, which
/// would take files of this machine with them; `allowed` where nothing is read from those.
void refuse_unsafe(const References& references, LocalFiles local = LocalFiles::refused);

/// `scheme://authority` of all URIs in the snapshot, as they are written; "" where some have no
/// scheme. Sorted.
std::vector<std::string> store_roots_of(const References& references);

/// The schemes, other than the target's own, that handles keep in the target's store; sorted. A job
/// that can open the target by its scheme may lack the plugin for those.
std::vector<std::string> schemes_kept(const References& references, const MovePlan& plan);

/// Throws RuleError (E-MOVE-UNSAFE) when the row's target has a name that only the snapshot's own
/// file may have, in any case of letters: `_metadata`, or that of one being written.
void refuse_metadata_name(const PlanRow& row);

/// Throws IoError (E-MOVE-UNSAFE) when a directory has a name that no rule file can hold: none that
/// its owner has given it.
void refuse_unsayable(const Relocations& relocations);

/// The rule file that does to the metadata what the plan does to the files.
std::string rules_of(const References& references, const MovePlan& plan);
/// The same for any pairs: the rules of what `command` does. `nested`: a target may lie below a
/// source.
std::string rules_of(const References& references, const Relocations& relocations,
                     const std::string& command, bool nested);

/// A row as what a storage copies.
CopyItem copy_item(const PlanRow& row);

}  // namespace stateferry
