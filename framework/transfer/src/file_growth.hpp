// Files whose writers may still write on them (file merging, since Flink 1.20): their old bytes
// never change, so a target that is a beginning of the source needs the rest alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "file_copying.hpp"

namespace stateferry {

/// What was seen of a source and a target, the shorter of which is the beginning of the longer one.
struct SameBeginning {
  std::uint64_t source = 0;  ///< bytes of the source
  std::uint64_t target = 0;  ///< bytes of the target
  std::string digest;        ///< SHA-256, in hex, of all bytes of the shorter one
};

/// Compares a source with its target, which has `there` bytes: as many bytes as the shorter one has
/// are read of both. Nothing where they differ, and where one of the two is empty and the other is
/// not. Throws IoError, E-IO-NOT-FOUND where there is no source.
std::optional<SameBeginning> compare_beginning(const Route& route, const CopyItem& item,
                                               const CopyOptions& options, std::uint64_t there);

/// Gets how many bytes have arrived in all. Fewer than before when they are read again.
using Arrived = std::function<void(std::uint64_t bytes)>;

/// Brings what the source has behind the end of a target that is its beginning. Where the target's
/// storage can't write on in place, and where a local target has several names, all of the source
/// is read into a nameless temporary file and put in the place of the target, if that still is what
/// was seen. In place, what was killed leaves a longer beginning. Returns how many bytes of the
/// target were kept. Throws IoError.
std::uint64_t bring_rest(const Route& route, const CopyItem& item, const CopyOptions& options,
                         const SameBeginning& seen, const Arrived& arrived);

}  // namespace stateferry
