#include "stateferry/host/trial.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "run/format.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/plugin/codec.hpp"

namespace stateferry {
namespace {

constexpr Role kOperatorRoles = Role::managed_operator | Role::raw_operator;
constexpr Role kKeyedRoles = Role::managed_keyed | Role::raw_keyed | Role::incremental_meta |
                             Role::incremental_shared | Role::incremental_private | Role::changelog;
/// A Java stream that holds null, as the State Processor API writes it.
constexpr std::byte kNullProperties[] = {std::byte{0xAC}, std::byte{0xED}, std::byte{0x00},
                                         std::byte{0x05}, std::byte{0x70}};
constexpr char kUnnamed[] = "an operator of which nothing is known";
constexpr char kBystander[] = "an operator without state";

/// Builds the tree of one made-up snapshot; what it returns lives as long as the arena.
class TrialBuilder {
 public:
  TrialBuilder(const TrialPlace& place, Arena& arena) : place_(place), arena_(arena) {}

  CheckpointMetadata build(const std::vector<std::string>& texts) {
    CheckpointMetadata root;
    OperatorState& op = root.operators.emplace_back(arena_);
    op.id = place_.operator_id.value_or(operator_id_of_uid(kUnnamed));
    op.max_parallelism = static_cast<std::int32_t>(kMaxTrialTexts);
    op.parallelism = static_cast<std::int32_t>(texts.size());
    if (any(place_.roles, Role::legacy)) {
      op.chain_length = 1;  // only formats that have it can hold such state
    } else {
      root.properties = kNullProperties;
      op.uid = intern(place_.operator_uid);
      op.name = intern(place_.operator_name);
      OperatorState& other = root.operators.emplace_back(arena_);
      other.id = operator_id_of_uid(kBystander);
      other.uid = other.name = kBystander;
      other.max_parallelism = 1;
    }
    OperatorState& first = root.operators[0];
    if (any(place_.roles, Role::coordinator)) {
      first.coordinator = handle(texts.front());
      return root;
    }
    for (const std::string& text : texts) {
      SubtaskEntry& subtask = first.subtasks.emplace_back(arena_);
      subtask.index = static_cast<std::int32_t>(first.subtasks.size()) - 1;
      fill(subtask.state, text);
    }
    return root;
  }

 private:
  std::string_view intern(const std::string& text) { return arena_.intern(from_utf8(text)); }

  StreamStateHandle handle(const std::string& text) {
    switch (place_.kind) {
      case LocationKind::relative_file: {
        RelativeFileStateHandle h;
        h.relative_path.text = intern(text);
        return h;
      }
      case LocationKind::bytes: {
        ByteStreamStateHandle h;
        h.handle_name.text = intern(text);
        return h;
      }
      case LocationKind::segment_file: {
        SegmentFileStateHandle h;
        h.path.text = intern(text);
        return h;
      }
      case LocationKind::file:
      case LocationKind::directory:
        break;
    }
    FileStateHandle h;
    h.path.text = intern(text);
    return h;
  }

  void fill(OperatorSubtaskState& state, const std::string& text) {
    const Role roles = place_.roles;
    if (any(roles, kOperatorRoles)) {
      auto& list = any(roles, Role::raw_operator) ? state.raw_operator : state.managed_operator;
      list.push_back(arena_, operator_state(text));
    } else if (any(roles, kKeyedRoles)) {
      auto& keyed = any(roles, Role::raw_keyed) ? state.raw_keyed : state.managed_keyed;
      keyed = keyed_state(text);
    } else if (any(roles, Role::input_channel)) {
      state.input_channels.push_back(arena_, channel<InputChannelInfo>(text));
    } else if (any(roles, Role::result_subpartition)) {
      state.output_channels.push_back(arena_, channel<ResultSubpartitionInfo>(text));
    } else if (any(roles, Role::legacy)) {
      state.duration = -1;
      state.legacy.push_back(arena_, handle(text));
    }
  }

  List<OperatorStateMetaInfo> states() {
    List<OperatorStateMetaInfo> list;
    if (!place_.state_name.empty()) list.emplace_back(arena_).name = intern(place_.state_name);
    return list;
  }

  OperatorStateHandle operator_state(const std::string& text) {
    if (place_.kind != LocationKind::directory) {
      OperatorStreamStateHandle h;
      h.states = states();
      h.delegate = handle(text);
      return h;
    }
    FileMergingOperatorStreamStateHandle h;
    h.states = states();
    h.task_owned_dir.text = h.shared_dir.text = intern(text);
    h.empty = true;
    h.delegate = EmptySegmentFileStateHandle{};
    return h;
  }

  KeyedStateHandle keyed_state(const std::string& text) {
    if (any(place_.roles, Role::changelog)) return changelog(text);
    IncrementalRemoteKeyedStateHandle h;
    if (any(place_.roles, Role::incremental_meta)) {
      h.meta_handle = handle(text);
    } else if (any(place_.roles, Role::incremental_shared)) {
      add_file(h.shared_state, text);
    } else if (any(place_.roles, Role::incremental_private)) {
      add_file(h.private_state, text);
    } else {
      KeyGroupsStateHandle plain;
      plain.delegate = handle(text);
      return plain;
    }
    return h;
  }

  void add_file(List<HandleAndLocalPath>& files, const std::string& text) {
    HandleAndLocalPath& file = files.emplace_back(arena_);
    file.local_name = "000001.sst";
    file.handle = handle(text);
  }

  KeyedStateHandle changelog(const std::string& text) {
    ChangelogStreamStateHandle log;
    log.handles.emplace_back(arena_).handle = handle(text);
    log.checkpointed_size = 0;
    log.state_handle_id = "";
    auto* backend = arena_.make<ChangelogStateBackendHandle>();
    backend->checkpointed_size = 0;
    backend->materialization_id = 0;
    backend->state_handle_id = "";
    backend->non_materialized.push_back(arena_, log);
    return backend;
  }

  template <class Info>
  AnyChannelStateHandle<Info> channel(const std::string& text) {
    ChannelStateHandle<Info> h;
    h.subtask_index = 0;
    h.delegate = handle(text);
    return h;
  }

  const TrialPlace& place_;
  Arena& arena_;
};

/// The words of a set of roles.
std::string role_words(Role roles) {
  std::string words;
  for (const Role role : kAllRoles) {
    if (any(roles, role)) words += (words.empty() ? "" : ", ") + std::string(role_name(role));
  }
  return words;
}

[[noreturn]] void fail_place(const TrialPlace& place, const std::string& why) {
  throw RuleError("E-RULE-TEST",
                  "no snapshot has a '" + std::string(location_kind_name(place.kind)) +
                      "' handle with the role " + role_words(place.roles) +
                      (place.state_name.empty() ? "" : " and a state's name") + why,
                  "choose 'role' and 'handle' as 'inspect' and 'dump' show them of real snapshots");
}

/// Looks for the place in the tree that was built: what the builder can't combine isn't there.
class PlaceFinder final : public TreeVisitor {
 public:
  explicit PlaceFinder(const TrialPlace& place) : place_(place) {}
  void location(const Location& location, std::string_view& /*text*/) override {
    const auto wanted = static_cast<unsigned>(place_.roles);
    const bool has_roles = (static_cast<unsigned>(location.roles) & wanted) == wanted;
    const bool has_state = place_.state_name.empty() || !location.state_names.empty();
    found |= location.kind == place_.kind && has_roles && has_state;
  }
  bool found = false;

 private:
  const TrialPlace& place_;
};

std::vector<std::byte> encode(const Codec& codec, const Dialect& dialect,
                              const CheckpointMetadata& root) {
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  ByteWriter out(*sink);
  write_header(out, dialect);
  guarded_call("codec v" + std::to_string(dialect.format_version),
               [&] { codec.encode(root, dialect, out); });
  out.flush();
  return bytes;
}

class LocationLister final : public TreeVisitor {
 public:
  void location(const Location& location, std::string_view& text) override {
    all.push_back({to_utf8(text), location.kind, location.path->text()});
  }
  std::vector<TrialLocation> all;
};

}  // namespace

std::vector<std::byte> make_trial_snapshot(const TrialPlace& place,
                                           const std::vector<std::string>& texts,
                                           PluginRegistry& registry) {
  const bool one_only = any(place.roles, Role::coordinator);
  if (texts.empty() || texts.size() > (one_only ? 1 : kMaxTrialTexts)) {
    throw RuleError("E-RULE-TEST",
                    one_only ? "an operator has one coordinator, so one URI is tried at a time"
                             : "between 1 and 32768 URIs are tried at a time",
                    "make several tests of it");
  }
  Arena arena;
  CheckpointMetadata root = TrialBuilder(place, arena).build(texts);
  PlaceFinder finder(place);
  walk(root, finder);
  if (!finder.found) fail_place(place, "");
  std::string reason;
  const auto all = registry.dialects().all();
  for (auto info = all.rbegin(); info != all.rend(); ++info) {
    if (info->written_by.empty()) continue;
    const auto codec = registry.codec_for(info->dialect.format_version);
    try {
      return encode(*codec, info->dialect, root);
    } catch (const CapabilityError& error) {
      if (reason.empty()) reason = std::string(": ") + error.what();
    }
  }
  fail_place(place, reason);
}

std::vector<TrialLocation> list_locations(std::unique_ptr<ByteSource> source,
                                          PluginRegistry& registry) {
  DiagnosticList ignored;
  Document document = decode_document(std::move(source), registry, ignored);
  LocationLister lister;
  walk(document.root(), lister);
  return std::move(lister.all);
}

}  // namespace stateferry
