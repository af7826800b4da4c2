#include "stateferry/transfer/restore_modes.hpp"

#include <string>

#include "stateferry/model/visit.hpp"

namespace stateferry {
namespace {

// What Flink does in a mode.
struct Behaviour {
  std::string_view name;
  bool before_modes;  // of Flink before 1.15; else of Flink since then
  bool reuses;        // the first checkpoint refers to files of the snapshot, if it is incremental
  bool full_first;    // the first checkpoint holds everything anew
};
constexpr Behaviour kBehaviours[] = {
    {"BEFORE-1.15", true, true, false},
    {"CLAIM", false, true, false},
    {"NO_CLAIM", false, false, true},
    // Deprecated since 1.19, and still there in 2.3.
    {"LEGACY", false, true, false},
};

constexpr std::string_view kNoFullCheckpoint =
    "a job with the changelog state backend can't take the full checkpoint that this mode begins "
    "with; restore it in CLAIM mode";
constexpr std::string_view kRelativeStays =
    "later checkpoints name shared files of this snapshot relative to their own directories, where "
    "these are not, and can't be restored (FLINK-39964); 'self-contain --anchor' prevents that";

// The first release that writes absolute handles of files that it has taken over. Some patch
// releases of older ones do, too, but the format does not tell them.
constexpr FlinkRelease kKeepsPlace{2, 4};

bool has_mode(const Dialect& dialect, const Behaviour& mode) {
  constexpr FlinkRelease kFirstWithModes{1, 15};
  // The body of 1.15 is that of 1.12 and 1.13, too, where there is no changelog.
  if (mode.before_modes) return dialect.release <= kFirstWithModes;
  return dialect.release >= kFirstWithModes;
}

RestoreMode judged(const Behaviour& mode, const RestoreTraits& traits) {
  RestoreMode result{mode.name, true, true, {}};
  if (mode.full_first && traits.changelog) result.why = kNoFullCheckpoint;
  if (mode.reuses && traits.relative_reused && traits.dialect.release < kKeepsPlace) {
    result.why = kRelativeStays;
  }
  result.goes_on = result.why.empty();
  return result;
}

constexpr std::string_view kKeyed = ".managed_keyed";
constexpr std::string_view kMaterialized = ".managed_keyed.materialized[";

class TraitFinder final : public TreeVisitor {
 public:
  explicit TraitFinder(RestoreTraits& traits) : traits_(traits) {}
  void handle(StreamStateHandle& handle, const Location& location) override {
    if (std::holds_alternative<RelativeFileStateHandle>(handle) && is_reused(location)) {
      traits_.relative_reused = true;
    }
  }

 private:
  RestoreTraits& traits_;
};

bool in_changelog(const KeyedStateHandle& handle) {
  return std::holds_alternative<ChangelogStateBackendHandle*>(handle) ||
         std::holds_alternative<InMemoryChangelogStateHandle>(handle) ||
         std::holds_alternative<ChangelogStreamStateHandle>(handle);
}

bool has_changelog(const CheckpointMetadata& root) {
  for (const OperatorState& op : root.operators) {
    for (const SubtaskEntry& subtask : op.subtasks) {
      if (in_changelog(subtask.state.managed_keyed)) return true;
    }
  }
  return false;
}

}  // namespace

RestoreTraits restore_traits(Document& document) {
  RestoreTraits traits;
  traits.dialect = document.source_dialect();
  traits.changelog = has_changelog(document.root());
  TraitFinder finder(traits);
  walk(document.root(), finder);
  return traits;
}

bool is_reused(const Location& location) {
  if (any(location.roles, Role::incremental_shared | Role::changelog)) return true;
  if (!any(location.roles, Role::managed_keyed)) return false;
  // What was materialized has no role of its own. Texts from the file come later in the path.
  const std::string path = location.path->text(false);
  return path.find(kMaterialized) == path.find(kKeyed);
}

std::vector<RestoreMode> restore_modes(const RestoreTraits& traits) {
  std::vector<RestoreMode> modes;
  for (const Behaviour& mode : kBehaviours) {
    if (has_mode(traits.dialect, mode)) modes.push_back(judged(mode, traits));
  }
  return modes;
}

}  // namespace stateferry
