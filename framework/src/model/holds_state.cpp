#include "stateferry/model/holds_state.hpp"

#include <algorithm>
#include <variant>

namespace stateferry {
namespace {

template <class Handle>
bool is_handle(const Handle& handle) noexcept {
  return !std::holds_alternative<NoHandle>(handle);
}
template <class Handle>
bool any_handle(const List<Handle>& handles) noexcept {
  return std::any_of(handles.begin(), handles.end(),
                     [](const Handle& handle) { return is_handle(handle); });
}

bool has_keyed(const OperatorSubtaskState& state) noexcept {
  return is_handle(state.managed_keyed) || is_handle(state.raw_keyed);
}
bool has_state(const OperatorSubtaskState& state) noexcept {
  return has_keyed(state) || any_handle(state.legacy) || any_handle(state.managed_operator) ||
         any_handle(state.raw_operator) || !state.input_channels.empty() ||
         !state.output_channels.empty();
}

}  // namespace

bool holds_state(const OperatorState& op) noexcept {
  return is_handle(op.coordinator) ||
         std::any_of(op.subtasks.begin(), op.subtasks.end(),
                     [](const SubtaskEntry& entry) { return has_state(entry.state); });
}

bool holds_keyed_state(const OperatorState& op) noexcept {
  return std::any_of(op.subtasks.begin(), op.subtasks.end(),
                     [](const SubtaskEntry& entry) { return has_keyed(entry.state); });
}

bool is_marked_finished(const OperatorState& op) noexcept {
  return op.fully_finished || std::any_of(op.subtasks.begin(), op.subtasks.end(),
                                          [](const SubtaskEntry& entry) { return entry.finished; });
}

namespace {

std::uint64_t positive(std::int64_t size) noexcept {
  return size > 0 ? static_cast<std::uint64_t>(size) : 0;
}

}  // namespace

std::uint64_t state_size_of(const StreamStateHandle& handle) noexcept {
  if (const auto* b = std::get_if<ByteStreamStateHandle>(&handle)) return b->data.size();
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) return positive(f->size);
  if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) return positive(r->size);
  if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) return positive(s->size);
  return 0;
}

}  // namespace stateferry
