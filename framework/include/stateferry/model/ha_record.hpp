// What Flink's high availability keeps of a checkpoint: no snapshot, but a note of where one lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "stateferry/export.hpp"
#include "stateferry/model/state_handles.hpp"

namespace stateferry {

/// A record of high availability services, as far as it tells where a snapshot lies.
struct STATEFERRY_API HaRecord {
  enum class Kind : std::uint8_t {
    /// A file `completedCheckpoint…` below high-availability.storageDir: a CompletedCheckpoint
    /// object (org.apache.flink.runtime.checkpoint, 1.0 … 2.3).
    completed_checkpoint,
    /// What ZooKeeper or a ConfigMap keeps, as bytes or in base64: a RetrievableStreamStateHandle
    /// (org.apache.flink.runtime.state) of such a file.
    pointer,
  };
  Kind kind = Kind::completed_checkpoint;
  /// The checkpoint's externalPointer, or the path of the file that a pointer leads to. UTF-8, as
  /// the record says it, which may be anything; empty when it isn't found.
  std::string location;
};

/// So many bytes of a file are enough for ha_record().
inline constexpr std::size_t kHaRecordBytes = std::size_t{64} << 10;

/// The record whose first bytes are `head`; nothing when it is none. Reads at most kHaRecordBytes,
/// and never throws for what stands in them.
STATEFERRY_API std::optional<HaRecord> ha_record(Bytes head);

}  // namespace stateferry
