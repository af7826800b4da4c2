#include "stateferry/model/snapshot_kind.hpp"

#include <algorithm>
#include <vector>

#include "model/java_stream.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kTypeNames[] = {"unknown", "checkpoint", "savepoint"};
constexpr char kPropertiesClass[] = "org.apache.flink.runtime.checkpoint.CheckpointProperties";
constexpr char kCheckpointClass[] = "org.apache.flink.runtime.checkpoint.CheckpointType";
constexpr char kSavepointClass[] = "org.apache.flink.runtime.checkpoint.SavepointType";

bool has_text(const std::vector<std::string_view>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

std::string_view snapshot_type_name(SnapshotType type) noexcept {
  return kTypeNames[static_cast<std::size_t>(type)];
}

std::uint64_t java_stream_length(Bytes bytes, std::uint64_t base) {
  JavaStream stream(bytes, base);
  try {
    return stream.walk();
  } catch (FormatError& error) {
    if (error.code() == "E-FORMAT-PROPERTIES") throw;
    // The inner reader counts from the start of the properties.
    throw FormatError("E-FORMAT-TRUNCATED",
                      "the file ends in the middle of the checkpoint properties",
                      base + error.diagnostic().place->offset.value_or(0),
                      "the copy of this file is incomplete; fetch it again from the source");
  }
}

SnapshotKind snapshot_kind(Bytes properties) {
  SnapshotKind kind;
  if (properties.empty()) return kind;
  JavaStream stream(properties, 0);
  try {
    stream.walk();
  } catch (const FormatError&) {
    return kind;
  }
  const auto& texts = stream.texts();
  if (texts.empty() || texts.front() != kPropertiesClass) return kind;
  if (has_text(texts, kSavepointClass)) {
    kind.type = SnapshotType::savepoint;
    kind.format = has_text(texts, "NATIVE") ? "NATIVE" : "CANONICAL";
    for (const char* name : {"Savepoint", "Suspend Savepoint", "Terminate Savepoint"}) {
      if (has_text(texts, name)) kind.name = name;
    }
  } else if (has_text(texts, kCheckpointClass)) {
    kind.type = SnapshotType::checkpoint;
    for (const char* name : {"Checkpoint", "Full Checkpoint"}) {
      if (has_text(texts, name)) kind.name = name;
    }
  }
  return kind;
}

}  // namespace stateferry
