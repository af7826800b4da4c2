// Proves that no two different locations become one text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stateferry {

/// Collects every location of a run before and after, as hashes (16 bytes each), and finds two
/// different ones with one result. A second pass over the same input with `watch` set then gives
/// their texts.
class CollisionCheck {
 public:
  /// Notes one location. `where` is only used while watching.
  void add(std::string_view before, std::string_view after, const std::string& where);
  /// Whether add() wants the place of this result spelled out.
  bool watches(std::string_view after) const;

  /// Hashes of results that different locations share; sorts what was collected.
  std::unordered_set<std::uint64_t> suspects();
  /// Collects texts for these hashes instead.
  void watch(std::unordered_set<std::uint64_t> hashes);
  /// The first real collision that was watched: a message with both locations. Empty: there is
  /// none, two hashes merely agreed.
  std::string verdict() const;

 private:
  struct Watched {
    std::string before;
    std::string after;
    std::string where;
  };
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs_;  // after, before
  std::unordered_set<std::uint64_t> watch_;
  std::vector<Watched> watched_;
};

}  // namespace stateferry
