// The input of the benchmarks that need no JVM, as a real job leaves it: random names, keyed state
// in several forms, operator state, data in flight; in any dialect from version 2 on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "incremental_model.hpp"
#include "stateferry/codecs/layout.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"

namespace stateferry::bench {

/// Makes snapshots; the same for the same arguments. `dialect` may name any release that writes its
/// version; what that release has no handle for is said with an older one, or left out.
class MixedJob {
 public:
  /// What the snapshots view lies in `arena`, which must outlive them.
  MixedJob(Arena& arena, const Dialect& dialect, std::uint64_t seed)
      : arena_(arena), dialect_(dialect), random_(seed) {}

  /// `operators` × `subtasks` keyed states. Operators take turns: files of RocksDB (`files` shared
  /// ones and three private ones per subtask) and a coordinator; the same beside operator state and
  /// data in flight; the same below a changelog, where the release has one; a canonical savepoint's
  /// key groups beside raw operator state.
  CheckpointMetadata metadata(int operators, int subtasks, int files) {
    CheckpointMetadata metadata;
    metadata.checkpoint_id = kCheckpoint;
    metadata.master_states.push_back(arena_, {1, "hook", noise(64)});
    if (version() >= 4) metadata.properties = kNullObject;
    for (int o = 0; o < operators; ++o) {
      metadata.operators.push_back(arena_, operator_state(o, subtasks, files));
    }
    return metadata;
  }

 private:
  static constexpr std::int64_t kCheckpoint = 7;
  static constexpr int kChannels = 4;
  static constexpr std::array<std::byte, 5> kNullObject{
      std::byte{0xAC}, std::byte{0xED}, std::byte{0}, std::byte{5}, std::byte{0x70}};

  std::int32_t version() const { return dialect_.format_version; }
  bool since(FlinkRelease release) const { return release <= dialect_.release; }

  OperatorState operator_state(int o, int subtasks, int files) {
    const std::string_view uid = text(arena_, "uid-%03d", o);
    OperatorState op;
    op.id = operator_id_of_uid(uid);
    if (version() >= 5) {
      op.name = text(arena_, "op-%03d", o);
      op.uid = uid;
    }
    op.parallelism = subtasks;
    op.max_parallelism = subtasks <= 1024 ? 1024 : 32768;
    if (version() < 3) {
      op.chain_length = 1;
    } else if (o % 4 == 0) {
      op.coordinator = inline_state(100);
    }
    op.subtasks.reserve(arena_, static_cast<std::uint32_t>(subtasks));
    for (int s = 0; s < subtasks; ++s) {
      SubtaskEntry& entry = op.subtasks.emplace_back(arena_);
      entry.index = s;
      fill(entry.state, o % 4, s, range_of(op, s), files);
      if (version() < 3) entry.state.duration = -1;
    }
    return op;
  }

  void fill(OperatorSubtaskState& state, int kind, int s, const KeyGroupRange& range, int files) {
    switch (kind) {
      case 1:
        state.managed_operator.push_back(arena_, stream_state(small_state(s)));
        if (version() >= 3) add_channels(state, s);
        break;
      case 2:
        if (!since({1, 14})) break;
        state.managed_keyed = changelog(range, files);
        return;
      case 3:
        state.raw_operator.push_back(arena_, stream_state(file()));
        state.managed_keyed = savepoint(range, s);
        return;
      default:
        break;
    }
    state.managed_keyed = incremental(range, files);
  }

  // ------------------------------------------------------------------------------ keyed state

  static KeyGroupRange range_of(const OperatorState& op, int s) {
    const int begin = s * op.max_parallelism / op.parallelism;
    return {begin, (s + 1) * op.max_parallelism / op.parallelism - begin};
  }

  IncrementalRemoteKeyedStateHandle incremental(const KeyGroupRange& range, int files) {
    IncrementalRemoteKeyedStateHandle state;
    state.checkpoint_id = kCheckpoint;
    state.backend_id = uuid();
    state.key_group_range = range;
    state.meta_handle = file();
    state.shared_state.reserve(arena_, static_cast<std::uint32_t>(files));
    for (int i = 0; i < files; ++i) {
      state.shared_state.push_back(arena_, {text(arena_, "%06d.sst", i), file("/shared/")});
    }
    state.private_state.push_back(arena_, {"CURRENT", inline_state(16)});
    state.private_state.push_back(arena_, {"MANIFEST-000004", file()});
    state.private_state.push_back(arena_, {"OPTIONS-000007", file()});
    if (since({1, 15})) {
      state.checkpointed_size = 1 << 20;
      state.state_handle_id = uuid();
    }
    return state;
  }

  KeyedStateHandle changelog(const KeyGroupRange& range, int files) {
    ChangelogStreamStateHandle log;
    log.key_group_range = range;
    log.handles.push_back(arena_, {0, file()});
    log.handles.push_back(arena_, {4096, file()});
    log.size = 2 << 16;
    auto* const state = arena_.make<ChangelogStateBackendHandle>();
    state->key_group_range = range;
    state->materialized.push_back(arena_, incremental(range, files));
    if (since({1, 15})) {
      log.checkpointed_size = 1 << 16;
      log.state_handle_id = uuid();
      state->checkpointed_size = 1 << 16;
      state->materialization_id = 3;
      state->state_handle_id = uuid();
    }
    if (since({1, 16})) {
      log.storage_identifier = "filesystem";
      state->checkpoint_id = kCheckpoint;
    }
    state->non_materialized.push_back(arena_, log);
    return state;
  }

  KeyedStateHandle savepoint(const KeyGroupRange& range, int s) {
    StreamStateHandle delegate = file();
    if (since({1, 11}) && s % 2 == 1) delegate = RelativeFileStateHandle{{uuid()}, 1 << 20};
    const I64Array offsets = positions(range.number_of_key_groups);
    if (since({1, 13})) return KeyGroupsSavepointStateHandle{range, offsets, delegate};
    return KeyGroupsStateHandle{range, offsets, delegate, {}};
  }

  // ------------------------------------------------------------- operator state, data in flight

  OperatorStreamStateHandle stream_state(const StreamStateHandle& delegate) {
    OperatorStreamStateHandle state;
    state.states.push_back(arena_,
                           {"offsets", OperatorStateMode::split_distribute, positions(kChannels)});
    state.states.push_back(arena_, {"rules", OperatorStateMode::union_list, positions(1)});
    state.delegate = delegate;
    return state;
  }

  // All channels of a subtask lie in one file.
  void add_channels(OperatorSubtaskState& state, int s) {
    const FileStateHandle data = file();
    for (int i = 0; i < kChannels; ++i) {
      add_channel(state.input_channels, InputChannelInfo{0, i}, s, data);
      if (version() < 6) add_channel(state.output_channels, ResultSubpartitionInfo{0, i}, s, data);
    }
    if (version() < 6) return;
    MergedChannelStateHandle<ResultSubpartitionInfo> merged;
    merged.subtask_index = s;
    merged.size = std::int64_t{kChannels} * 1000;
    merged.delegate = data;
    for (int i = 0; i < kChannels; ++i) {
      merged.packed.push_back(arena_, {ResultSubpartitionInfo{0, i}, 1000, positions(1)});
    }
    state.output_channels.push_back(arena_, merged);
  }

  template <class Info>
  void add_channel(List<AnyChannelStateHandle<Info>>& list, const Info& info, int s,
                   const FileStateHandle& data) {
    ChannelStateHandle<Info> channel;
    if (since({1, 12})) channel.subtask_index = s;
    channel.info = info;
    channel.offsets = positions(1);
    channel.size = 1000;
    channel.delegate = data;
    list.push_back(arena_, channel);
  }

  // ----------------------------------------------------------------------------------- pieces

  FileStateHandle file(std::string_view folder = "/chk-7/") {
    std::string path(kJob);
    path += folder;
    append_uuid(path);
    return {{arena_.intern(path)}, static_cast<std::int64_t>(random_() % (64U << 20))};
  }

  // Small ones are inline, others not.
  StreamStateHandle small_state(int s) {
    if (s % 2 == 0) return inline_state(200);
    return file();
  }

  // Named as Flink names it, by the file that it would have been.
  ByteStreamStateHandle inline_state(std::size_t size) { return {{file().path.text}, noise(size)}; }

  std::string_view uuid() {
    std::string id;
    append_uuid(id);
    return arena_.intern(id);
  }

  // A random one (version 4), as Java prints it.
  void append_uuid(std::string& out) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::array<std::uint64_t, 2> bits{random_(), random_()};
    bits[0] = (bits[0] & ~std::uint64_t{0xF000}) | 0x4000;
    bits[1] = (bits[1] & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
    for (int i = 0; i < 32; ++i) {
      if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
      out += kDigits[(bits[static_cast<std::size_t>(i / 16)] >> (60 - i % 16 * 4)) & 15];
    }
  }

  Bytes noise(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) bytes += static_cast<char>(random_());
    return bytes_of(bytes);
  }

  // Ascending, as they stand in the file.
  I64Array positions(int count) {
    std::string bytes;
    std::uint64_t position = 0;
    for (int i = 0; i < count; ++i) {
      for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(position >> shift);
      position += 100 + random_() % 1000;
    }
    return I64Array(bytes_of(bytes));
  }

  Bytes bytes_of(const std::string& bytes) {
    return std::as_bytes(std::span<const char>(arena_.intern(bytes)));
  }

  Arena& arena_;
  Dialect dialect_;
  std::mt19937_64 random_;
};

/// The dialects that MixedJob makes, each with its newest release.
struct WrittenDialect {
  Dialect dialect;
  FlinkRelease newest;
};
inline constexpr WrittenDialect kWrittenDialects[] = {
    {{2, {1, 3}}, {1, 10}},  {{3, {1, 11}}, {1, 11}}, {{3, {1, 12}}, {1, 13}},
    {{3, {1, 14}}, {1, 14}}, {{3, {1, 15}}, {1, 15}}, {{4, {1, 16}}, {1, 20}},
    {{5, {2, 0}}, {2, 0}},   {{6, {2, 1}}, {2, 3}},
};

/// Magic, version and body, without a plugin. `dialect` is one of kWrittenDialects.
inline void write_file(const CheckpointMetadata& metadata, const Dialect& dialect,
                       ByteWriter& out) {
  struct AnyVersion final : codecs::GrammarCodec {
    explicit AnyVersion(const codecs::Layout& layout) : GrammarCodec({&layout, 1}) {}
  };
  const codecs::Layout layout{.dialect = dialect};
  out.i32(static_cast<std::int32_t>(kMetadataMagic));
  out.i32(dialect.format_version);
  AnyVersion(layout).encode(metadata, dialect, out);
  out.flush();
}

}  // namespace stateferry::bench
