#include "stateferry/host/restores_seen.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry {
namespace {

// What tells one kind of snapshot from another. A set, one bit each.
using Traits = std::uint32_t;
constexpr Traits kKeyGroups = 1;  // keyed state of the heap, or in the canonical form
constexpr Traits kIncremental = 2;
constexpr Traits kChangelog = 4;
constexpr Traits kChannels = 8;
constexpr Traits kFinished = 16;
constexpr Traits kSegments = 32;

// The kinds of tests/e2e/matrix.py. The checkpoint after a CLAIM isn't one here: what is in its
// files is what is in any incremental one's.
struct Kind {
  std::string_view name;
  std::string_view title;
  SnapshotType type;
  std::string_view format;  // of savepoints
  Traits traits;
};
constexpr auto kSavepoint = SnapshotType::savepoint;
constexpr auto kCheckpoint = SnapshotType::checkpoint;
constexpr Kind kKinds[] = {
    {"savepoint", "canonical savepoint, heap", kSavepoint, "CANONICAL", kKeyGroups},
    {"savepoint-rocksdb", "canonical savepoint, RocksDB", kSavepoint, "CANONICAL", kKeyGroups},
    {"native", "native savepoint, heap", kSavepoint, "NATIVE", kKeyGroups},
    {"native-rocksdb", "native savepoint, RocksDB", kSavepoint, "NATIVE", kIncremental},
    {"checkpoint", "checkpoint, heap", kCheckpoint, "", kKeyGroups},
    {"incremental", "checkpoint, RocksDB incremental", kCheckpoint, "", kIncremental},
    {"changelog", "checkpoint, changelog over RocksDB", kCheckpoint, "", kChangelog},
    {"unaligned", "unaligned checkpoint, in-flight records", kCheckpoint, "",
     kKeyGroups | kChannels},
    {"finished", "checkpoint, finished operators", kCheckpoint, "", kKeyGroups | kFinished},
    {"merged", "checkpoint, file merging, heap", kCheckpoint, "", kKeyGroups | kSegments},
    {"merged-incremental", "checkpoint, file merging, RocksDB incremental", kCheckpoint, "",
     kIncremental | kSegments},
};

struct Trial {
  std::string_view kind;
  std::string_view writer;
  std::string_view reader;
  bool restored;
  std::string_view reason;
};
const std::vector<Trial> kTrials = {
#include "conversion/restores_seen.inc"
};

const Kind& kind_named(std::string_view name) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds),
                       [&](const Kind& kind) { return kind.name == name; });
}
FlinkRelease release_of(std::string_view text) {
  return release_from_text(text).value();
}

// ---------------------------------------------------------------------------- a snapshot

// What a snapshot shows of itself.
struct Features {
  Traits traits = 0;
  SnapshotType type = SnapshotType::unknown;
  std::string format;
};

// Looks through a whole snapshot for them.
class FeatureScan {
 public:
  explicit FeatureScan(const CheckpointMetadata& root) {
    const SnapshotKind said = snapshot_kind(root.properties);
    features_.type = said.type;
    features_.format = said.format;
    for (const OperatorState& op : root.operators) {
      if (op.fully_finished) features_.traits |= kFinished;
      for (const SubtaskEntry& entry : op.subtasks) subtask(entry);
    }
  }
  const Features& features() const noexcept { return features_; }

 private:
  void subtask(const SubtaskEntry& entry) {
    if (entry.finished) features_.traits |= kFinished;
    const OperatorSubtaskState& state = entry.state;
    if (!state.input_channels.empty() || !state.output_channels.empty()) {
      features_.traits |= kChannels;
    }
    keyed(state.managed_keyed);
  }
  void keyed(const KeyedStateHandle& handle) {
    if (const auto* groups = std::get_if<KeyGroupsStateHandle>(&handle)) {
      features_.traits |= kKeyGroups;
      stream(groups->delegate);
    } else if (const auto* canonical = std::get_if<KeyGroupsSavepointStateHandle>(&handle)) {
      features_.traits |= kKeyGroups;
      features_.type = SnapshotType::savepoint;
      features_.format = "CANONICAL";
      stream(canonical->delegate);
    } else if (const auto* files = std::get_if<IncrementalRemoteKeyedStateHandle>(&handle)) {
      features_.traits |= kIncremental;
      stream(files->meta_handle);
      for (const HandleAndLocalPath& file : files->shared_state) stream(file.handle);
      for (const HandleAndLocalPath& file : files->private_state) stream(file.handle);
    } else if (!std::holds_alternative<NoHandle>(handle)) {
      features_.traits |= kChangelog;  // whatever it is over
    }
  }
  void stream(const StreamStateHandle& handle) {
    if (std::holds_alternative<SegmentFileStateHandle>(handle)) features_.traits |= kSegments;
  }

  Features features_;
};

bool contradicts(const Features& features, const Kind& kind) {
  if (features.type != SnapshotType::unknown && features.type != kind.type) return true;
  return !features.format.empty() && features.format != kind.format;
}

bool includes(Traits all, Traits some) {
  return (all & some) == some;
}

// The kinds that the snapshot may be of; where one has all traits of another and more, that one.
std::vector<std::string_view> kinds_like(const Features& features) {
  std::vector<const Kind*> fitting;
  for (const Kind& kind : kKinds) {
    if (!contradicts(features, kind) && includes(features.traits, kind.traits)) {
      fitting.push_back(&kind);
    }
  }
  std::vector<std::string_view> names;
  for (const Kind* kind : fitting) {
    const bool outdone = std::any_of(fitting.begin(), fitting.end(), [&](const Kind* other) {
      return other->traits != kind->traits && includes(other->traits, kind->traits);
    });
    if (!outdone) names.push_back(kind->name);
  }
  return names;
}

// Whether each canonical savepoint of that writer was restored by that reader.
bool canonical_restored(const RestoreSeen& refused) {
  bool any = false;
  for (const Trial& t : kTrials) {
    if (t.writer != refused.writer || t.reader != refused.reader) continue;
    if (kind_named(t.kind).format != "CANONICAL") continue;
    if (!t.restored) return false;
    any = true;
  }
  return any;
}

}  // namespace

RestoresSeen restores_seen(const CheckpointMetadata& root, const DialectInfo& source,
                           FlinkRelease reader) {
  RestoresSeen seen;
  const auto releases = all_releases();
  seen.to_older = std::any_of(releases.begin(), releases.end(), [&](const ReleaseInfo& info) {
    return reader < info.release && source.written_by.holds(info.release);
  });
  if (!seen.to_older) return seen;
  const auto kinds = kinds_like(FeatureScan(root).features());
  for (const Trial& trial : kTrials) {
    if (std::find(kinds.begin(), kinds.end(), trial.kind) == kinds.end()) continue;
    if (!source.written_by.holds(release_of(trial.writer))) continue;
    seen.trials.push_back(
        {kind_named(trial.kind).title, trial.writer, trial.reader, trial.restored, trial.reason});
  }
  const auto other = [&](const RestoreSeen& t) { return release_of(t.reader) != reader; };
  seen.reader_tried = !std::all_of(seen.trials.begin(), seen.trials.end(), other);
  if (seen.reader_tried) std::erase_if(seen.trials, other);
  seen.canonical_savepoint_helps =
      std::any_of(seen.trials.begin(), seen.trials.end(),
                  [](const RestoreSeen& t) { return !t.restored && canonical_restored(t); });
  return seen;
}

}  // namespace stateferry
