// What a mirror has noted at its target: `_mirror.json` of a job, and the lease on the whole
// target.
//
// Both are files that anybody may have written: what is read of them is checked, and what is not
// understood is an error, never a guess. Forms: docs/schemas/mirror-state-1.schema.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stateferry {

/// The file of a job's directory at the target that says what the mirror has done there.
inline constexpr std::string_view kMirrorState = "_mirror.json";
/// The file of the target that says who mirrors there.
inline constexpr std::string_view kMirrorLease = "_mirror-lease.json";
/// The directory of the target for files from outside of the source.
inline constexpr std::string_view kMirrorOutside = "_outside";

/// A checkpoint of the source: what tells it from all others of its job. The number alone doesn't:
/// a job that is started afresh under the same id begins with 1 again.
struct SourceCheckpoint {
  std::string name;  ///< `chk-7`
  /// When its `_metadata` was written, in nanoseconds since 1970 by the source's clock; 0: the
  /// store doesn't say it.
  std::int64_t written = 0;
  friend bool operator==(const SourceCheckpoint&, const SourceCheckpoint&) = default;
};

/// A checkpoint that stands at the target.
struct MirroredCheckpoint {
  SourceCheckpoint source;
  std::string directory;           ///< its name in the job's directory at the target
  std::string digest;              ///< SHA-256, in hex, of `_metadata` at the target
  std::int64_t mirrored = 0;       ///< when it was put in place, in seconds since 1970
  std::uint64_t files = 0;         ///< that it needs
  std::uint64_t bytes = 0;         ///< in them, at least
  std::uint64_t copied_files = 0;  ///< of these, copied for it
  std::uint64_t copied_bytes = 0;
  double seconds = 0;  ///< that copying took
};

/// A checkpoint that could not be mirrored.
struct GivenUp {
  SourceCheckpoint source;
  std::string directory;     ///< where some of its files may lie at the target
  std::string why;           ///< one line
  std::int64_t at = 0;       ///< seconds since 1970
  std::uint64_t bytes = 0;   ///< that were to be copied
  std::uint64_t copied = 0;  ///< bytes that were
  double seconds = 0;        ///< that it took
};

/// That a job was failed over to the target: nobody writes there any more.
struct FailoverNote {
  std::int64_t at = 0;     ///< seconds since 1970
  std::string checkpoint;  ///< name of the directory that was taken
  std::string by;          ///< host that has noted it
};

/// What is noted of one job.
struct MirrorState {
  std::string mirror;                           ///< name of the mirror that writes there
  std::string source;                           ///< URI of the job's directory at the source
  std::vector<MirroredCheckpoint> checkpoints;  ///< the newest first: by the source's time
  /// The one whose `_metadata` is about to be put in place: it may stand there or not.
  std::optional<MirroredCheckpoint> pending;
  std::vector<GivenUp> given_up;         ///< the last ones, the newest first
  std::uint64_t given_up_in_a_row = 0;   ///< since the last that was mirrored
  std::uint64_t behind = 0;              ///< checkpoints of the source not mirrored when last seen
  std::int64_t lag = 0;                  ///< seconds that the target was behind when last seen
  std::uint64_t lag_bytes = 0;           ///< bytes that were to be copied yet, as far as known
  std::int64_t looked = 0;               ///< when the source was last seen, seconds since 1970
  std::string broken;                    ///< why the source is broken; empty: it isn't
  std::optional<FailoverNote> failover;  ///< see there
};

/// Who mirrors to a target, and until when nobody else does.
struct MirrorLease {
  std::string name;        ///< of the mirror
  std::string holder;      ///< of the process: host, number, and a random part
  std::int64_t until = 0;  ///< seconds since 1970
};

/// As text, to be read by parse_mirror_state().
std::string text_of(const MirrorState& state);
std::string text_of(const MirrorLease& lease);

/// Throws Error (E-MIRROR-STATE): the text, which `subject` holds, is none that text_of() writes,
/// or has names that lead elsewhere.
MirrorState parse_mirror_state(std::string_view text, const std::string& subject);
MirrorLease parse_mirror_lease(std::string_view text, const std::string& subject);

}  // namespace stateferry
