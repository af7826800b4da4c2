// The grammar of handles that stand in the place of a file, and of the key groups that they may be
// for.
#pragma once

#include <cstdint>

#include "stateferry/codecs/body_grammar.hpp"
#include "stateferry/codecs/tag_of.hpp"

namespace stateferry::codecs {

/// Key groups and parallelism are bounded by 2^15 in every release.
inline constexpr std::int32_t kMaxKeyGroups = 32768;
/// Delegates nest only through key groups handles; Flink itself nests none.
inline constexpr int kMaxHandleDepth = 8;

/// Serves one pass, like its base.
template <class Archive>
class StreamHandleGrammar : protected BodyGrammar<Archive> {
  using Base = BodyGrammar<Archive>;
  template <class T>
  using Ref = typename Archive::template Ref<T>;

 protected:
  using Base::ar_;
  using Base::Base;
  using Base::extras;
  using Base::layout_;
  using Base::optional_text;
  using Base::size;

  void range(Ref<KeyGroupRange> r) {
    ar_.nested(field::key_group_range, [&] {
      ar_.i32(field::start_key_group, r.start_key_group);
      ar_.check(r.start_key_group >= 0 && r.start_key_group <= kMaxKeyGroups,
                "a key group range begins outside 0 … 32768");
      ar_.i32(field::number_of_key_groups, r.number_of_key_groups);
      ar_.check(r.number_of_key_groups >= 0 &&
                    r.number_of_key_groups <= kMaxKeyGroups - r.start_key_group,
                "a key group range is negative or passes 32768");
    });
  }

  template <class Handle>
  void range_offsets(Handle& h) {
    range(h.key_group_range);
    // -1: the key group has no data.
    ar_.i64s(field::offsets, h.offsets, h.key_group_range.number_of_key_groups, -1);
  }

  /// A handle that Flink's constructors require.
  void delegate(Ref<StreamStateHandle> h, TagSet legal) {
    ar_.nested(field::delegate, [&] { stream(h, legal & ~tag_bit(HandleTag::null)); });
  }

  void stream(Ref<StreamStateHandle> h, TagSet legal) {
    const auto of_model = [&] { return codecs::tag_of(h); };
    ar_.choose(legal, "a stream state handle", of_model, [&](HandleTag tag) { stream_of(h, tag); });
  }

  [[gnu::always_inline]] void stream_of(Ref<StreamStateHandle> h, HandleTag tag) {
    switch (tag) {
      case HandleTag::byte_stream: {
        Ref<ByteStreamStateHandle> b = ar_.template as<ByteStreamStateHandle>(h);
        ar_.location(field::handle_name, b.handle_name);
        ar_.blob(field::data, b.data);
        break;
      }
      case HandleTag::file_stream: {
        Ref<FileStateHandle> f = ar_.template as<FileStateHandle>(h);
        size(f.size, -1);
        ar_.location(field::path, f.path);
        break;
      }
      case HandleTag::relative_stream: {
        Ref<RelativeFileStateHandle> r = ar_.template as<RelativeFileStateHandle>(h);
        ar_.location(field::relative_path, r.relative_path);
        size(r.size, -1);
        break;
      }
      case HandleTag::segment_file: {
        segment(ar_.template as<SegmentFileStateHandle>(h));
        break;
      }
      case HandleTag::empty_segment_file:
        ar_.template as<EmptySegmentFileStateHandle>(h);
        break;
      case HandleTag::key_groups: {
        ar_.check(++depth_ <= kMaxHandleDepth, "key groups handles are nested too deeply");
        key_groups(ar_.template as_pointer<KeyGroupsStateHandle>(h), false);
        --depth_;
        break;
      }
      default:
        ar_.template as<NoHandle>(h);
        break;
    }
  }

  void segment(Ref<SegmentFileStateHandle> s) {
    ar_.i64(field::start_position, s.start_position);
    ar_.check(s.start_position >= 0, "a segment begins at a negative position");
    size(s.size, -1);
    ar_.i32(field::scope, s.scope);
    ar_.check(s.scope == 0 || s.scope == 1, "a segment has an unknown scope");
    ar_.location(field::path, s.path);
    ar_.text(field::logical_file_id, s.logical_file_id);
  }

  void key_groups(Ref<KeyGroupsStateHandle> k, bool with_id) {
    range_offsets(k);
    delegate(k.delegate, layout_.stream_tags);
    optional_text(with_id, field::state_handle_id, k.state_handle_id);
    extras(ExtendedRecord::key_groups, k.extras);
  }

 private:
  int depth_ = 0;
};

}  // namespace stateferry::codecs
