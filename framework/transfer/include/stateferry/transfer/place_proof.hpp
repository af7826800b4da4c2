// Proves that two directories are different places, whatever their names: a file written to one
// must not appear in the other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// Writes markers, files with random names, and removes them when it goes, as far as it can.
class PlaceProof {
 public:
  explicit PlaceProof(Stores& stores) : stores_(stores) {}
  ~PlaceProof();
  PlaceProof(const PlaceProof&) = delete;
  PlaceProof& operator=(const PlaceProof&) = delete;

  /// Throws unless a marker can be written to `a`, is seen there, and is not seen in `b`
  /// (E-MOVE-NESTED). Both are directories. Returns when it was written, in seconds since 1970 by
  /// the clock of the store of `a`, where it tells.
  std::optional<std::int64_t> apart(const std::string& a, const std::string& b);
  /// Throws (E-MOVE-NESTED) when one of the markers so far is found below `directory` at any depth.
  /// Only those that were written to a directory outside of it by its name.
  void none_below(const std::string& directory);
  /// Removes the markers. Throws IoError when that fails.
  void remove();

 private:
  Stores& stores_;
  std::map<std::string, std::string> markers_;  // name → directory
};

}  // namespace stateferry
