// What is different in two snapshots: operators, handles, files, and where growth comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/model/snapshot_kind.hpp"
#include "stateferry/transfer/fingerprint.hpp"
#include "stateferry/transfer/references.hpp"

namespace stateferry {

/// A handle, or inline state that stands behind none.
struct HandleMark {
  Fingerprint what;
  std::uint64_t bytes = 0;  ///< of state, as Flink's getStateSize counts them
};

/// What a comparison needs of an operator. All text is UTF-8.
struct OperatorMarks {
  std::string name;  ///< empty: unknown
  std::string uid;   ///< the same
  std::string hash;
  std::int32_t parallelism = 0;
  std::int32_t max_parallelism = 0;
  std::uint64_t state_bytes = 0;    ///< of all handles, coordinator included
  std::vector<HandleMark> handles;  ///< sorted
  Fingerprint all;                  ///< of all that the file says of it

  /// `uid:…` where it is known, else `hash:…`.
  std::string text() const;
};

/// What a comparison needs of a snapshot: no handles and no tree.
struct SnapshotMarks {
  std::int64_t checkpoint_id = 0;
  Dialect dialect;
  SnapshotKind kind;
  References references;
  std::vector<OperatorMarks> operators;  ///< in file order
  Fingerprint rest;  ///< of master states, properties and all else that is no operator's
};

/// Reads a snapshot twice, part by part. `base` is the directory of its _metadata, `file_system`
/// what stands in front of locations without a scheme, `names` may be null. Throws as
/// PartReader::read().
SnapshotMarks read_marks(PartReader& snapshot, const std::string& base,
                         std::string_view file_system, const OperatorNames* names);

/// A number of things, and their bytes.
struct CountedBytes {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  void add(std::uint64_t more) {
    ++count;
    bytes += more;
  }
};
/// What only the second has, what only the first has, and what both have.
struct Exchange {
  CountedBytes added;
  CountedBytes gone;
  CountedBytes shared;
};

/// An operator that one of two snapshots has, or both.
struct OperatorDifference {
  std::optional<std::uint32_t> before;  ///< index in the first
  std::optional<std::uint32_t> after;   ///< index in the second
  bool renamed = false;                 ///< of both: name, uid or id are others
  bool rescaled = false;                ///< of both: parallelism or its bound are others
  bool resized = false;                 ///< of both: another size of state
  bool otherwise = false;               ///< of both: what is different is nothing of all that
  Exchange handles;
  Exchange files;  ///< those that it is the first operator to need

  bool changed() const noexcept;
};

/// See the head of this file.
struct SnapshotDifference {
  /// Those with most bytes in new files first, then those with most new state.
  std::vector<OperatorDifference> operators;
  Exchange handles;
  Exchange files;
  std::vector<std::uint32_t> new_files;   ///< indexes in the second's list
  std::vector<std::uint32_t> gone_files;  ///< indexes in the first's list
  bool checkpoint = false;                ///< another number of the checkpoint
  bool format = false;                    ///< another dialect
  bool rest = false;                      ///< master states, properties: what is no operator's

  /// Whether both say the same, but for the order of their operators.
  bool same() const noexcept;
};

/// Compares. An operator of one is that of the other by its id, else by its uid, else by its
/// handles, where no other has the same.
SnapshotDifference compare(const SnapshotMarks& before, const SnapshotMarks& after);

}  // namespace stateferry
