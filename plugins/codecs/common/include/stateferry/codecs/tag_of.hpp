// The tag that is written in front of a handle.
//
// It follows from the kind of handle and from which optional fields are present. Whether all that
// the tag needs is there, the archives check.
#pragma once

#include <iterator>
#include <variant>

#include "stateferry/model/release.hpp"
#include "stateferry/model/state_handles.hpp"

namespace stateferry::codecs {

/// Each alternative of a stream handle has its tag.
inline HandleTag tag_of(const StreamStateHandle& h) {
  static constexpr HandleTag kTags[] = {HandleTag::null,         HandleTag::byte_stream,
                                        HandleTag::file_stream,  HandleTag::relative_stream,
                                        HandleTag::segment_file, HandleTag::empty_segment_file,
                                        HandleTag::key_groups};
  static_assert(std::size(kTags) == std::variant_size_v<StreamStateHandle>);
  return kTags[h.index()];
}
/// So has each of operator state.
inline HandleTag tag_of(const OperatorStateHandle& h) {
  static constexpr HandleTag kTags[] = {HandleTag::null, HandleTag::partitionable_operator,
                                        HandleTag::segment_partitionable_operator};
  static_assert(std::size(kTags) == std::variant_size_v<OperatorStateHandle>);
  return kTags[h.index()];
}
/// Keyed state has older and newer tags.
struct KeyedTag {
  HandleTag operator()(const NoHandle&) const { return HandleTag::null; }
  HandleTag operator()(const KeyGroupsStateHandle& h) const {
    return h.state_handle_id ? HandleTag::key_groups_v2 : HandleTag::key_groups;
  }
  HandleTag operator()(const KeyGroupsSavepointStateHandle&) const {
    return HandleTag::savepoint_key_groups;
  }
  HandleTag operator()(const IncrementalRemoteKeyedStateHandle& h) const {
    return h.state_handle_id ? HandleTag::incremental_key_groups_v2
                             : HandleTag::incremental_key_groups;
  }
  HandleTag operator()(const ChangelogStateBackendHandle* h) const {
    return h->checkpoint_id ? HandleTag::changelog_v2 : HandleTag::changelog;
  }
  HandleTag operator()(const InMemoryChangelogStateHandle&) const {
    return HandleTag::changelog_byte_increment;
  }
  HandleTag operator()(const ChangelogStreamStateHandle& h) const {
    return h.storage_identifier ? HandleTag::changelog_file_increment_v2
                                : HandleTag::changelog_file_increment;
  }
};
/// By KeyedTag.
inline HandleTag tag_of(const KeyedStateHandle& h) {
  return std::visit(KeyedTag{}, h);
}

}  // namespace stateferry::codecs
