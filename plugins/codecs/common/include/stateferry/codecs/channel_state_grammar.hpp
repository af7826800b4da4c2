// The grammar of channel state, the data in flight. Source: MetadataV6Serializer and before.
#pragma once

#include <cstdint>
#include <type_traits>

#include "stateferry/codecs/keyed_state_grammar.hpp"

namespace stateferry::codecs {

/// Serves one pass, like its base.
template <class Archive>
class ChannelStateGrammar : protected KeyedStateGrammar<Archive> {
  using Base = KeyedStateGrammar<Archive>;
  template <class T>
  using Ref = typename Archive::template Ref<T>;

 protected:
  using Base::ar_;
  using Base::Base;
  using Base::delegate;
  using Base::has;
  using Base::index;
  using Base::layout_;
  using Base::list;
  using Base::since;
  using Base::size;

  // The types of MetadataV6Serializer.
  template <class Info>
  static constexpr std::uint8_t kPlainType = std::is_same_v<Info, InputChannelInfo> ? 1 : 2;
  template <class Info>
  static constexpr std::uint8_t kMergedType = std::is_same_v<Info, InputChannelInfo> ? 3 : 4;

  template <class Info>
  void channel(Ref<AnyChannelStateHandle<Info>> h) {
    ar_.note_channel();
    const bool merged = std::holds_alternative<MergedChannelStateHandle<Info>>(h);
    if (!has(BodyPart::merged_channels, since(6))) {
      ar_.check(!merged, "this dialect has no merged channel handles");
      plain_channel<Info>(ar_.template as<ChannelStateHandle<Info>>(h));
      return;
    }
    const std::uint8_t type =
        ar_.wire_u8(field::handle, merged ? kMergedType<Info> : kPlainType<Info>);
    ar_.check(type == kPlainType<Info> || type == kMergedType<Info>,
              "a channel handle has a type that is not legal in this list");
    ar_.either(
        type == kMergedType<Info>,
        [&] {
          this->template merged_channel<Info>(ar_.template as<MergedChannelStateHandle<Info>>(h));
        },
        [&] { this->template plain_channel<Info>(ar_.template as<ChannelStateHandle<Info>>(h)); });
  }

  template <class Info>
  void plain_channel(Ref<ChannelStateHandle<Info>> c) {
    ar_.optional(has(BodyPart::channel_subtask, since(3, {1, 12})), field::subtask_index,
                 c.subtask_index, [&](auto& v) { this->index(field::subtask_index, v); });
    info(c.info);
    ar_.i64_list(field::offsets, c.offsets, 0);
    size(c.size, 0);
    delegate(c.delegate, layout_.stream_tags);
  }

  template <class Info>
  void merged_channel(Ref<MergedChannelStateHandle<Info>> c) {
    index(field::subtask_index, c.subtask_index);
    size(c.size, 0);
    delegate(c.delegate, layout_.stream_tags);
    // Flink parses these bytes only when it restores; checking them here finds damage earlier.
    ar_.section([&] {
      list(field::packed, c.packed, [&](Ref<MergedChannelEntry<Info>> entry) {
        info(entry.info);
        size(entry.size, 0);
        ar_.i64_list(field::offsets, entry.offsets, 0);
      });
    });
  }

  void info(Ref<InputChannelInfo> i) {
    ar_.nested(field::info, [&] {
      index(field::gate_index, i.gate_index);
      index(field::input_channel_index, i.input_channel_index);
    });
  }
  void info(Ref<ResultSubpartitionInfo> i) {
    ar_.nested(field::info, [&] {
      index(field::partition_index, i.partition_index);
      index(field::subpartition_index, i.subpartition_index);
    });
  }
};

}  // namespace stateferry::codecs
