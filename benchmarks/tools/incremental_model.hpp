// The input of the benchmarks that need no JVM: an incremental checkpoint of made-up files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/plugin/codec.hpp"

namespace stateferry::bench {

inline constexpr char kJob[] = "s3://bucket-old/flink/checkpoints/00000000000000000000000000001234";
inline constexpr Dialect kDialect{6, {2, 1}};

/// Formats into the arena.
template <class... Args>
std::string_view text(Arena& arena, const char* format, Args... args) {
  std::array<char, 256> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), format, args...);
  return arena.intern(std::string_view(buffer.data(), static_cast<std::size_t>(length)));
}

/// One subtask's keyed state with `files` shared files.
inline IncrementalRemoteKeyedStateHandle keyed_state(Arena& arena, int op, int subtask, int files) {
  IncrementalRemoteKeyedStateHandle state;
  state.checkpoint_id = 7;
  state.backend_id = text(arena, "%08x-0000-4222-8333-%012x", op, subtask);
  state.key_group_range = {subtask, 1};
  state.checkpointed_size = 100;
  state.state_handle_id = text(arena, "%08x-0001-4222-8333-%012x", op, subtask);
  FileStateHandle file;
  file.size = 1000;
  file.path.text = text(arena, "%s/chk-7/%08x-0002-4222-8333-%012x", kJob, op, subtask);
  state.meta_handle = file;
  for (int i = 0; i < files; ++i) {
    HandleAndLocalPath& shared = state.shared_state.emplace_back(arena);
    shared.local_name = text(arena, "%06d.sst", i);
    file.path.text = text(arena, "%s/shared/%08x-%04x-4222-8333-%012x", kJob, op, i + 16, subtask);
    shared.handle = file;
  }
  return state;
}

/// `operators` × `subtasks` keyed states of `files` shared files each; everything lies in `arena`.
inline CheckpointMetadata incremental_model(Arena& arena, int operators, int subtasks, int files) {
  static constexpr std::array<std::byte, 5> null_object{
      std::byte{0xAC}, std::byte{0xED}, std::byte{0}, std::byte{5}, std::byte{0x70}};
  CheckpointMetadata metadata;
  metadata.checkpoint_id = 7;
  metadata.properties = null_object;
  for (int o = 0; o < operators; ++o) {
    OperatorState& op = metadata.operators.emplace_back(arena);
    op.name = text(arena, "op-%03d", o);
    op.uid = text(arena, "uid-%03d", o);
    op.id = operator_id_of_uid(op.uid);
    op.parallelism = subtasks;
    op.max_parallelism = 1024;
    for (int s = 0; s < subtasks; ++s) {
      SubtaskEntry& entry = op.subtasks.emplace_back(arena);
      entry.index = s;
      entry.state.managed_keyed = keyed_state(arena, o, s, files);
    }
  }
  return metadata;
}

/// The codec of version 6, without a plugin.
inline const Codec& codec() {
  static constexpr codecs::Layout kLayout{.dialect = kDialect};
  struct V6 final : codecs::GrammarCodec {
    V6() : GrammarCodec({&kLayout, 1}) {}
  };
  static const V6 instance;
  return instance;
}

/// Magic, version and body.
inline void write_file(const CheckpointMetadata& metadata, ByteWriter& out) {
  out.i32(static_cast<std::int32_t>(kMetadataMagic));
  out.i32(6);
  codec().encode(metadata, kDialect, out);
  out.flush();
}

}  // namespace stateferry::bench
