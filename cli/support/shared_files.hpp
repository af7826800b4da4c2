// The files of several snapshots, each once, and which snapshots need it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "stateferry/transfer/references.hpp"
#include "support/inventory.hpp"
#include "support/snapshot_sets.hpp"

namespace stateferry::cli {

/// Takes snapshots one by one. Files are told apart by their canonical URI, whatever scheme of
/// their store a handle writes, and whether it writes it at all.
class SharedFiles {
 public:
  /// What counts for one file. Role and operator are those of the first snapshot that needs it.
  struct File {
    Reference reference;         ///< `handles` of all snapshots; the largest size
    const std::string* op;       ///< `uid:…` or `hash:…`; empty: none
    const std::string* op_name;  ///< empty: unknown
    std::uint32_t set = 0;       ///< the snapshots that need it
  };
  /// All files of one set.
  struct Share {
    std::vector<std::uint32_t> snapshots;  ///< by number, ascending
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;  ///< at least
  };
  /// Counts of one snapshot.
  struct Sum {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::uint64_t shared_bytes = 0;  ///< of those that another one needs, too
    bool exact = true;               ///< whether `bytes` is more than the least
  };

  /// Adds the next snapshot, the number of which is that of snapshots before it.
  void add(const Inventory& inventory, const References& references);
  /// How many snapshots there are.
  std::uint32_t snapshots() const noexcept { return snapshots_; }
  const ReferenceList& files() const noexcept { return files_; }
  /// A copy of file `i`; the texts live as long as this.
  File file(std::size_t i) const;
  std::vector<std::uint32_t> members(std::uint32_t set) const { return sets_.members(set); }
  /// Each set that some file has, those with most bytes first.
  std::vector<Share> shares() const;
  /// Of each snapshot, by number.
  std::vector<Sum> sums() const;

 private:
  struct Row {
    std::uint32_t set = 0;
    std::uint32_t last = UINT32_MAX;  // the snapshot that was added last
    std::uint32_t op = 0;
    bool relative = false;
  };
  struct Operator {
    std::string text;
    std::string name;
  };
  std::uint32_t operator_number(const Inventory& inventory, std::uint32_t index);

  ReferenceList files_;
  std::vector<Row> rows_;  // of each file
  std::vector<Operator> operators_{{}};
  std::map<std::string, std::uint32_t> operator_numbers_;
  SnapshotSets sets_;
  std::uint32_t snapshots_ = 0;
};

}  // namespace stateferry::cli
