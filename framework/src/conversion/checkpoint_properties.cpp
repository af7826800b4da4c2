// The CheckpointProperties of snapshots that Flink 1.16 … 2.3 write, as Java serialization streams.
//
// These releases write the same bytes for the same content. They are copied from what Flink's
// CheckpointProperties.forSavepoint(false, CANONICAL | NATIVE) and forCheckpoint(
// RETAIN_ON_CANCELLATION) become; tests compare them with snapshots of real jobs. (Those that users
// take are `forced`, which has no meaning any more once they are there.)
#include <span>
#include <string_view>

#include "stateferry/host/conversion.hpp"

namespace stateferry {
namespace {

using namespace std::string_view_literals;

// clang-format off
constexpr std::string_view kNullObject =
    "\xAC\xED\x00\x05p"sv;
constexpr std::string_view kCanonicalSavepoint =
    "\xAC\xED\x00\x05sr\x00" "8org.apache.flink.runtime.checkpoint.CheckpointProperties"
    "\x00\x00\x00\x00\x00\x00\x00\x02\x02\x00\x08Z\x00\x10" "discardCancelledZ\x00\x0D"
    "discardFailedZ\x00\x0F" "discardFinishedZ\x00\x0F" "discardSubsumedZ\x00\x10" "disca"
    "rdSuspendedZ\x00\x06" "forcedZ\x00\x09unclaimedL\x00\x0E" "checkpointTypet\x00" "2Lo"
    "rg/apache/flink/runtime/checkpoint/SnapshotType;xp\x00\x00\x00\x00\x00\x00\x00sr\x00"
    "1org.apache.flink.runtime.checkpoint.SavepointType\xA0\x87\xD3\x08\xA4X\x14\xB8\x02"
    "\x00\x03L\x00\x0A" "formatTypet\x00" "5Lorg/apache/flink/core/execution/SavepointFor"
    "matType;L\x00\x04namet\x00\x12Ljava/lang/String;L\x00\x14postCheckpointActiont\x00HL"
    "org/apache/flink/runtime/checkpoint/SavepointType$PostCheckpointAction;xp~r\x00" "3o"
    "rg.apache.flink.core.execution.SavepointFormatType\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x12\x00\x00xr\x00\x0Ejava.lang.Enum\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00xpt"
    "\x00\x09" "CANONICALt\x00\x09Savepoint~r\x00" "Forg.apache.flink.runtime.checkpoint."
    "SavepointType$PostCheckpointAction\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00xq\x00"
    "~\x00\x09t\x00\x04NONE"sv;
constexpr std::string_view kNativeSavepoint =
    "\xAC\xED\x00\x05sr\x00" "8org.apache.flink.runtime.checkpoint.CheckpointProperties"
    "\x00\x00\x00\x00\x00\x00\x00\x02\x02\x00\x08Z\x00\x10" "discardCancelledZ\x00\x0D"
    "discardFailedZ\x00\x0F" "discardFinishedZ\x00\x0F" "discardSubsumedZ\x00\x10" "disca"
    "rdSuspendedZ\x00\x06" "forcedZ\x00\x09unclaimedL\x00\x0E" "checkpointTypet\x00" "2Lo"
    "rg/apache/flink/runtime/checkpoint/SnapshotType;xp\x00\x00\x00\x00\x00\x00\x00sr\x00"
    "1org.apache.flink.runtime.checkpoint.SavepointType\xA0\x87\xD3\x08\xA4X\x14\xB8\x02"
    "\x00\x03L\x00\x0A" "formatTypet\x00" "5Lorg/apache/flink/core/execution/SavepointFor"
    "matType;L\x00\x04namet\x00\x12Ljava/lang/String;L\x00\x14postCheckpointActiont\x00HL"
    "org/apache/flink/runtime/checkpoint/SavepointType$PostCheckpointAction;xp~r\x00" "3o"
    "rg.apache.flink.core.execution.SavepointFormatType\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x12\x00\x00xr\x00\x0Ejava.lang.Enum\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00xpt"
    "\x00\x06NATIVEt\x00\x09Savepoint~r\x00" "Forg.apache.flink.runtime.checkpoint.Savepo"
    "intType$PostCheckpointAction\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00xq\x00~\x00"
    "\x09t\x00\x04NONE"sv;
constexpr std::string_view kRetainedCheckpoint =
    "\xAC\xED\x00\x05sr\x00" "8org.apache.flink.runtime.checkpoint.CheckpointProperties"
    "\x00\x00\x00\x00\x00\x00\x00\x02\x02\x00\x08Z\x00\x10" "discardCancelledZ\x00\x0D"
    "discardFailedZ\x00\x0F" "discardFinishedZ\x00\x0F" "discardSubsumedZ\x00\x10" "disca"
    "rdSuspendedZ\x00\x06" "forcedZ\x00\x09unclaimedL\x00\x0E" "checkpointTypet\x00" "2Lo"
    "rg/apache/flink/runtime/checkpoint/SnapshotType;xp\x00\x00\x01\x01\x00\x00\x00sr\x00"
    "2org.apache.flink.runtime.checkpoint.CheckpointType\xD6\xDEO\x03\x05\xAE\x1D:\x02"
    "\x00\x02L\x00\x04namet\x00\x12Ljava/lang/String;L\x00\x14sharingFilesStrategyt\x00GL"
    "org/apache/flink/runtime/checkpoint/SnapshotType$SharingFilesStrategy;xpt\x00\x0A"
    "Checkpoint~r\x00" "Eorg.apache.flink.runtime.checkpoint.SnapshotType$SharingFilesStr"
    "ategy\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00xr\x00\x0Ejava.lang.Enum\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x12\x00\x00xpt\x00\x10" "FORWARD_BACKWARD"sv;
// clang-format on
static_assert(kNullObject.size() == 5 && kCanonicalSavepoint.size() == 745 &&
              kNativeSavepoint.size() == 742 && kRetainedCheckpoint.size() == 604);

}  // namespace

Bytes checkpoint_properties(DeclaredKind kind) noexcept {
  std::string_view text = kNullObject;
  switch (kind) {
    case DeclaredKind::unknown:
      break;
    case DeclaredKind::savepoint_canonical:
      text = kCanonicalSavepoint;
      break;
    case DeclaredKind::savepoint_native:
      text = kNativeSavepoint;
      break;
    case DeclaredKind::checkpoint:
      text = kRetainedCheckpoint;
      break;
  }
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace stateferry
