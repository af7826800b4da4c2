// The grammar of operator state: handles with named states and their distribution modes.
#pragma once

#include <cstdint>

#include "stateferry/codecs/stream_handle_grammar.hpp"
#include "stateferry/codecs/tag_of.hpp"

namespace stateferry::codecs {

/// Serves one pass, like its base.
template <class Archive>
class OperatorStateGrammar : protected StreamHandleGrammar<Archive> {
  using Base = StreamHandleGrammar<Archive>;
  template <class T>
  using Ref = typename Archive::template Ref<T>;

 protected:
  using Base::ar_;
  using Base::Base;
  using Base::delegate;
  using Base::extras;
  using Base::has;
  using Base::layout_;
  using Base::least_;
  using Base::list;
  using Base::since;

  void operator_states(const Field& f, Ref<List<OperatorStateHandle>> handles) {
    const auto one = [&](Ref<OperatorStateHandle> h) { operator_handle(h); };
    if (has(BodyPart::chains, !since(2))) {
      list(f, handles, one);
    } else {
      ar_.present(f, handles, least_.template of<OperatorStateHandle>(), one);
    }
  }

  void operator_handle(Ref<OperatorStateHandle> h) {
    const auto of_model = [&] { return codecs::tag_of(h); };
    ar_.choose(layout_.operator_tags, "an operator state handle", of_model,
               [&](HandleTag tag) { operator_handle_of(h, tag); });
  }

  [[gnu::always_inline]] void operator_handle_of(Ref<OperatorStateHandle> h, HandleTag tag) {
    switch (tag) {
      case HandleTag::partitionable_operator: {
        Ref<OperatorStreamStateHandle> o = ar_.template as<OperatorStreamStateHandle>(h);
        states(o.states);
        delegate(o.delegate, layout_.stream_tags);
        extras(ExtendedRecord::operator_stream, o.extras);
        ar_.leave_states();
        break;
      }
      case HandleTag::segment_partitionable_operator: {
        Ref<FileMergingOperatorStreamStateHandle> o =
            ar_.template as<FileMergingOperatorStreamStateHandle>(h);
        states(o.states);
        ar_.location(field::task_owned_dir, o.task_owned_dir);
        ar_.location(field::shared_dir, o.shared_dir);
        ar_.flag(field::empty, o.empty);
        delegate(o.delegate,
                 tag_bit(HandleTag::segment_file) | tag_bit(HandleTag::empty_segment_file));
        ar_.leave_states();
        break;
      }
      default:
        ar_.template as<NoHandle>(h);
        break;
    }
  }

  void states(Ref<List<OperatorStateMetaInfo>> all) {
    ar_.enter_states();
    list(field::states, all, [&](Ref<OperatorStateMetaInfo> s) {
      ar_.text(field::name, s.name);
      ar_.note_state(s.name);
      const std::uint8_t mode = ar_.wire_u8(field::mode, static_cast<std::uint8_t>(s.mode));
      ar_.check(mode <= 2, "an operator state has an unknown distribution mode");
      ar_.derive([&](auto& x) { x.mode = static_cast<OperatorStateMode>(mode); }, s);
      ar_.i64_list(field::offsets, s.offsets, 0);
    });
  }
};

}  // namespace stateferry::codecs
