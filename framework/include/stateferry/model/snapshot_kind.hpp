// What kind of snapshot a file says it is: read from CheckpointProperties (V4+), a Java
// serialization stream (org.apache.flink.runtime.checkpoint.CheckpointProperties, 1.16 … 2.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/model/state_handles.hpp"

namespace stateferry {

/// Coarse kind, as rule files name it.
enum class SnapshotType : std::uint8_t { unknown, checkpoint, savepoint };
/// `unknown`, `checkpoint`, `savepoint`.
STATEFERRY_API std::string_view snapshot_type_name(SnapshotType type) noexcept;

/// What the properties say.
struct STATEFERRY_API SnapshotKind {
  SnapshotType type = SnapshotType::unknown;
  std::string name;    ///< "Checkpoint", "Savepoint", "Terminate Savepoint", …
  std::string format;  ///< savepoints: "CANONICAL" or "NATIVE"
};

/// Walks one Java serialization stream and returns its length in bytes. `bytes` may be longer.
/// Throws FormatError whose offset is `base` plus the place in `bytes`: cut short, or not a stream.
STATEFERRY_API std::uint64_t java_stream_length(Bytes bytes, std::uint64_t base);

/// The kind that `properties` (as in CheckpointMetadata) says; unknown for none, for the null
/// object and for other classes. Never throws for what java_stream_length accepts.
STATEFERRY_API SnapshotKind snapshot_kind(Bytes properties);

}  // namespace stateferry
