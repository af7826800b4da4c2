// Sets of snapshots that need a file: each such set once, since there are few of them and many
// files.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace stateferry::cli {

/// Sets by number; 0 is the empty one.
class SnapshotSets {
 public:
  /// The set with one snapshot more, which the other one hasn't.
  std::uint32_t with(std::uint32_t set, std::uint32_t snapshot) {
    const auto number = static_cast<std::uint32_t>(rows_.size());
    const auto [at, added] = with_.try_emplace({set, snapshot}, number);
    if (added) rows_.push_back({set, snapshot});
    return at->second;
  }
  /// Its snapshots, in the order in which they were added.
  std::vector<std::uint32_t> members(std::uint32_t set) const {
    std::vector<std::uint32_t> all;
    for (; set != 0; set = rows_[set].others) all.push_back(rows_[set].snapshot);
    return {all.rbegin(), all.rend()};
  }
  /// How many there are, those on the way to others included.
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(rows_.size()); }

 private:
  // Those of another set, and one more.
  struct Row {
    std::uint32_t others = 0;
    std::uint32_t snapshot = 0;
  };
  std::vector<Row> rows_{{}};
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> with_;
};

}  // namespace stateferry::cli
