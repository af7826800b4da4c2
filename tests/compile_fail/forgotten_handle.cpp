// Whoever deals with handles deals with all kinds: a new one breaks the build where it is
// forgotten.
#include "stateferry/model/state_handles.hpp"

using namespace stateferry;

struct SizeOf {
  long operator()(const NoHandle&) { return 0; }
  long operator()(const ByteStreamStateHandle& h) { return static_cast<long>(h.data.size()); }
  long operator()(const FileStateHandle& h) { return h.size; }
  long operator()(const RelativeFileStateHandle& h) { return h.size; }
  long operator()(const SegmentFileStateHandle& h) { return h.size; }
  long operator()(const EmptySegmentFileStateHandle&) { return 0; }
#ifndef STATEFERRY_MISTAKE
  long operator()(const KeyGroupsStateHandle*) {
    return 0;
  }
#endif
};

long size_of(const StreamStateHandle& handle) {
  return std::visit(SizeOf{}, handle);
}
