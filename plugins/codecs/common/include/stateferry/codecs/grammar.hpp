// The grammar of a metadata body: each record is described once, for reading, writing, splicing and
// comparing. Since when there is a field stands at the field, and nowhere else.
//
// Grammar<Archive> walks a record in wire order and hands each field to the archive:
//   Decoder  reads it into the model,
//   Encoder  writes it from the model,
//   Splicer  reads it, checks it and passes it on, keeping no more than the record in hand,
//   Comparer reads it and compares it with the model,
//   Counter  counts how long a record is at least, without a file.
// Archives offer the same functions; what differs is a matter of the archive alone. Checks stand in
// the grammar, so all of them make them. Source: MetadataV1Serializer … MetadataV6Serializer and
// MetadataV2V3SerializerBase of flink-runtime 1.2 … 2.3.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>

#include "stateferry/codecs/channel_state_grammar.hpp"
#include "stateferry/codecs/tag_of.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry::codecs {

/// First four bytes of a master state.
inline constexpr std::uint32_t kMasterStateMagic = 0xC96B1696;

/// See the head of this file. One object serves one pass over one body.
template <class Archive>
class Grammar : private ChannelStateGrammar<Archive> {
  using Base = ChannelStateGrammar<Archive>;
  template <class T>
  using Ref = typename Archive::template Ref<T>;
  using Base::ar_;
  using Base::elements;
  using Base::extras;
  using Base::finished_markers;
  using Base::has;
  using Base::keyed;
  using Base::layout_;
  using Base::list;
  using Base::operator_states;
  using Base::since;
  using Base::stream;

 public:
  /// Both outlive the grammar.
  Grammar(Archive& archive, const BodyPlan& plan) : Base(archive, plan) {}

  /// The whole body, from behind the header to the end of the file.
  void metadata(Ref<CheckpointMetadata> m) {
    ar_.i64(field::checkpoint_id, m.checkpoint_id);
    ar_.check(m.checkpoint_id >= 0, "the checkpoint id is negative");
    if (has(BodyPart::master_states, since(2))) {
      list(field::master_states, m.master_states, [&](Ref<MasterState> s) { master_state(s); });
    } else {
      ar_.absent(field::master_states, m.master_states);
    }
    list(field::operators, m.operators, [&](Ref<OperatorState> op) { operator_state(op); });
    if (has(BodyPart::properties, since(4))) {
      ar_.rest(field::properties, m.properties);
    } else {
      ar_.absent(field::properties, m.properties);
      ar_.end();
    }
  }

 private:
  void master_state(Ref<MasterState> s) {
    const auto magic = static_cast<std::int32_t>(kMasterStateMagic);
    ar_.check(ar_.wire_i32(field::master_states, magic) == magic,
              "a master state doesn't begin with its magic number");
    ar_.section([&] {
      ar_.i32(field::version, s.version);
      ar_.text(field::name, s.name);
      ar_.blob(field::payload, s.payload);
    });
  }

  void operator_state(Ref<OperatorState> op) {
    if (has(BodyPart::operator_names, since(5))) {
      ar_.kept_text(field::name, op.name);
      ar_.kept_text(field::uid, op.uid);
    } else {
      ar_.absent(field::name, op.name);
      ar_.absent(field::uid, op.uid);
    }
    ar_.id(field::id, op.id);
    ar_.enter_operator(op);
    ar_.i32(field::parallelism, op.parallelism);
    ar_.check(op.parallelism >= 0, "the parallelism is negative");
    ar_.i32(field::max_parallelism, op.max_parallelism);
    ar_.check(op.max_parallelism <= kMaxKeyGroups, "the maximum parallelism is above 32768");
    ar_.check(op.parallelism <= op.max_parallelism,
              "the parallelism is above the maximum parallelism");
    ar_.optional(has(BodyPart::chain_length, !since(3)), field::chain_length, op.chain_length,
                 [&](auto& v) { this->ar_.i32(field::chain_length, v); });
    if (has(BodyPart::coordinator, since(3))) {
      ar_.nested(field::coordinator, [&] {
        stream(op.coordinator, tag_bit(HandleTag::null) | tag_bit(HandleTag::byte_stream));
      });
    } else {
      ar_.absent(field::coordinator, op.coordinator);
    }
    subtasks(op);
    extras(ExtendedRecord::operator_state, op.extras);
    ar_.leave_operator();
  }

  void subtasks(Ref<OperatorState> op) {
    // -1 instead of a count: the operator had fully finished (writers since 1.14).
    const std::int32_t n = ar_.wire_i32(
        field::subtasks, op.fully_finished ? -1 : static_cast<std::int32_t>(op.subtasks.size()));
    if (n == -1 && finished_markers()) {
      ar_.derive([&](auto& o) { o.fully_finished = true; }, op);
      ar_.check(std::holds_alternative<NoHandle>(op.coordinator),
                "a fully finished operator has coordinator state");
      ar_.check(op.subtasks.empty(), "a fully finished operator has subtasks");
      ar_.note_finished();
      return;
    }
    ar_.check(!op.fully_finished, "this dialect has no fully finished operators");
    const auto seen = std::make_unique<std::bitset<kMaxKeyGroups>>();
    elements(field::subtasks, op.subtasks, n, [&](Ref<SubtaskEntry> entry) {
      const std::int32_t index =
          ar_.wire_i32(field::index, entry.finished ? -entry.index - 1 : entry.index);
      if (index < 0) {
        ar_.check(finished_markers(), "a subtask index is negative");
        ar_.note_finished();
      }
      ar_.derive(
          [&](auto& e) {
            e.finished = index < 0;
            e.index = index < 0 ? -(index + 1) : index;
          },
          entry);
      ar_.check(entry.index >= 0 && entry.index < op.parallelism,
                "a subtask index is not below the parallelism");
      ar_.check(!seen->test(static_cast<std::size_t>(entry.index)), "a subtask occurs twice");
      seen->set(static_cast<std::size_t>(entry.index));
      if (finished_markers()) {
        ar_.either(
            entry.finished, [] {}, [&] { subtask_state(entry.state); });
      } else {
        subtask_state(entry.state);
      }
    });
  }

  void subtask_state(Ref<OperatorSubtaskState> s) {
    const bool old = has(BodyPart::durations, !since(3));
    ar_.optional(old, field::duration, s.duration,
                 [&](auto& v) { this->ar_.i64(field::duration, v); });
    if (old) {
      list(field::legacy, s.legacy,
           [&](Ref<StreamStateHandle> h) { stream(h, layout_.stream_tags); });
    } else {
      ar_.absent(field::legacy, s.legacy);
    }
    operator_states(field::managed_operator, s.managed_operator);
    operator_states(field::raw_operator, s.raw_operator);
    ar_.nested(field::managed_keyed, [&] { keyed(s.managed_keyed, layout_.keyed_tags); });
    ar_.nested(field::raw_keyed, [&] { keyed(s.raw_keyed, layout_.keyed_tags); });
    if (has(BodyPart::channel_state, since(3))) {
      list(field::input_channels, s.input_channels,
           [&](Ref<InputChannelStateHandle> h) { this->template channel<InputChannelInfo>(h); });
      list(field::output_channels, s.output_channels, [&](Ref<ResultSubpartitionStateHandle> h) {
        this->template channel<ResultSubpartitionInfo>(h);
      });
    } else {
      ar_.absent(field::input_channels, s.input_channels);
      ar_.absent(field::output_channels, s.output_channels);
    }
    if (has(BodyPart::ref_checkpoint_id, since(7))) {
      ar_.marked(field::ref_checkpoint_id, s.ref_checkpoint_id);
    } else {
      ar_.absent(field::ref_checkpoint_id, s.ref_checkpoint_id);
    }
    extras(ExtendedRecord::subtask_state, s.extras);
  }
};

}  // namespace stateferry::codecs
