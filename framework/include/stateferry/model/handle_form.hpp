// One handle in the place of another that says the same: relative and absolute files, segments of
// merged files and files of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// The absolute handle of the file that `relative` names, seen from `directory` (in Flink's form,
/// UTF-8): Path(directory, relative path), as Flink's reader resolves it. New text goes to `arena`.
/// Throws RuleError (E-RULE-NOT-PATH) where Flink's Path can't hold the result.
STATEFERRY_API FileStateHandle absolute_handle(const RelativeFileStateHandle& relative,
                                               std::string_view directory, Arena& arena);

/// The relative handle of a file that lies directly in `directory` (in Flink's form, UTF-8), as
/// those do that Flink names relatively. Nothing for other files, and for a name with a colon, in
/// which Flink would see a scheme. `file_system`: of a path without a scheme, see
/// with_default_file_system(). New text goes to `arena`.
STATEFERRY_API std::optional<RelativeFileStateHandle> relative_handle(
    const FileStateHandle& file, std::string_view directory, Arena& arena,
    std::string_view file_system = kLocalFileSystem);

/// An inline handle without bytes: what stands for an empty segment where older readers know none
/// and a handle must be.
STATEFERRY_API ByteStreamStateHandle empty_inline_handle() noexcept;

/// A part of a merged file that is to become a file of its own.
struct SegmentCopy {
  std::string source;                ///< the merged file: URI in UTF-8
  std::uint64_t offset = 0;          ///< first byte of the part
  std::uint64_t length = 0;          ///< bytes; 0 for an empty file
  std::string name;                  ///< of the new file, in the directory asked for
  std::string target;                ///< the new file: URI in UTF-8
  Role role = Role::none;            ///< of the first handle that names the part
  std::uint32_t operator_index = 0;  ///< of that handle's operator
};

/// Where the segments of a snapshot go.
struct UnmergeOptions {
  /// Directory of the new files, in Flink's form, UTF-8, without a slash at its end.
  std::string directory;
  /// Whether the handles become relative; `directory` must then be that of the new _metadata.
  bool relative = true;
};

/// Gives every segment of a merged file (SegmentFileStateHandle, since 1.20) a file of its own, so
/// that Flink before 1.20, and everything that copies whole files, can deal with it. Offsets in the
/// handles around stay valid: they count from the start of the segment.
///
/// In `root`, each segment handle becomes a relative or absolute file handle; equal ones, by what
/// Flink compares, share one file, and no others do. FileMergingOperatorStreamStateHandle becomes
/// OperatorStreamStateHandle. A placeholder without data becomes an absent handle, or an inline
/// handle without bytes where a handle must be. The directories that Flink would delete are no
/// longer named.
///
/// Returns what is to be copied, in file order, once for each file; nothing has been copied. Names
/// are the segments' own ids where these can be file names, never those of other files of the
/// snapshot, and the same in every run. New text goes to `arena`. Throws CapabilityError
/// (E-CAPABILITY-FIELD) for a segment of unknown size; `root` may then be changed in part.
STATEFERRY_API std::vector<SegmentCopy> unmerge_segments(CheckpointMetadata& root, Arena& arena,
                                                         const UnmergeOptions& options);

}  // namespace stateferry
