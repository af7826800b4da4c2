// Walks over a decoded tree, or over its parts, in file order. Transforms must not walk by hand: a
// handle that is added to the model later would be missed.
#pragma once

#include <string_view>
#include <vector>

#include "stateferry/model/parts.hpp"
#include "stateferry/model/reflect.hpp"

namespace stateferry {

/// Visitor base: overrides do nothing. See walk() and TreeWalk.
class TreeVisitor {
 public:
  virtual ~TreeVisitor() = default;
  /// Each location string; `text` may be replaced (it must then live as long as the tree).
  virtual void location(const Location& /*location*/, std::string_view& /*text*/) {}
  /// Each stream handle but none and key groups, before its own location is shown; it may be
  /// replaced. `location` is its location (empty text for a handle without one, whose kind is then
  /// meaningless).
  virtual void handle(StreamStateHandle& /*handle*/, const Location& /*location*/) {}
  /// Each array of bytes that is state and stands in the file itself, in `place.state`: behind
  /// inline handles, whose location was shown before, and elsewhere (changes of a changelog that
  /// are kept in memory, states of the master). `place` has no text.
  virtual void inline_state(const Location& /*place*/, bool /*behind_a_handle*/) {}
  /// Each operator, before its first handle.
  virtual void enter_operator(const OperatorKey& /*op*/) {}
};

/// Shows every stream handle and every location of the parts that it is shown to `visitor`, which
/// outlives it. One object serves one pass.
class TreeWalk final : public PartVisitor {
 public:
  explicit TreeWalk(TreeVisitor& visitor) : visitor_(visitor) {}

  void begin(CheckpointMetadata& root) override {
    for_each_member_before<OperatorState>(
        root, [&](const Field& f, auto& member) { this->member(f, member); });
    path_.push(field::operators);
  }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    path_.set_index(index);
    key_ = OperatorKey{index, op.id, op.uid, op.name};
    op_ = &key_;
    visitor_.enter_operator(key_);
    for_each_member_before<SubtaskEntry>(
        op, [&](const Field& f, auto& member) { this->member(f, member); });
    path_.push(field::subtasks);
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override {
    path_.set_index(index);
    record(entry);
  }
  void end_operator(OperatorState& op) override {
    path_.pop();
    for_each_member_behind<SubtaskEntry>(
        op, [&](const Field& f, auto& member) { this->member(f, member); });
    op_ = nullptr;
  }
  void end(CheckpointMetadata& root) override {
    path_.pop();
    for_each_member_behind<OperatorState>(
        root, [&](const Field& f, auto& member) { this->member(f, member); });
  }

 private:
  template <ModelRecord R>
  void record(R& r) {
    for_each_member(r, [&](const Field& f, auto& member) { this->member(f, member); });
  }
  void record(OperatorStreamStateHandle& h) { with_states(h); }
  void record(FileMergingOperatorStreamStateHandle& h) { with_states(h); }
  template <class Handle>
  void with_states(Handle& h) {
    for (const OperatorStateMetaInfo& state : h.states) states_.push_back(state.name);
    for_each_member(h, [&](const Field& f, auto& member) { this->member(f, member); });
    states_.clear();
  }

  template <class T>
  void member(const Field& f, T& value) {
    if constexpr (kIsLocation<T>) {
      path_.set_leaf(&f);
      Location location = here(T::kind, value.text);
      if (T::kind == LocationKind::bytes) location.state = data_;
      visitor_.location(location, value.text);
    } else if constexpr (std::is_same_v<T, Bytes>) {
      if (&f != &field::properties) inline_state(f, value);
    } else if constexpr (kIsList<T> || kIsVariant<T> || ModelRecord<T>) {
      path_.push(f);
      nested(value);
      path_.pop();
    }
  }
  template <class T>
  void nested(List<T>& list) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      path_.set_index(i);
      if (const std::string_view key = element_key(list[i]); !key.empty()) path_.set_key(key);
      nested(list[i]);
    }
  }
  void nested(StreamStateHandle& handle) {
    show(handle);
    const auto* b = std::get_if<ByteStreamStateHandle>(&handle);
    data_ = b != nullptr ? b->data : Bytes{};
    in_handle_ = b != nullptr;
    std::visit([&](auto& h) { alternative(h); }, handle);
    in_handle_ = false;
  }
  template <class... T>
  void nested(std::variant<T...>& variant) {
    std::visit([&](auto& h) { alternative(h); }, variant);
  }
  template <ModelRecord R>
  void nested(R& r) {
    record(r);
  }
  template <class T>
  void alternative(T& h) {
    if constexpr (std::is_pointer_v<T>) {
      record(*h);
    } else {
      record(h);
    }
  }

  void inline_state(const Field& f, Bytes bytes) {
    path_.set_leaf(&f);
    Location place = here(LocationKind::bytes, {});
    place.state = bytes;
    visitor_.inline_state(place, in_handle_);
  }
  void show(StreamStateHandle& handle) {
    path_.set_leaf(nullptr);
    if (auto* b = std::get_if<ByteStreamStateHandle>(&handle)) {
      visitor_.handle(handle, here(LocationKind::bytes, b->handle_name.text));
    } else if (auto* f = std::get_if<FileStateHandle>(&handle)) {
      visitor_.handle(handle, here(LocationKind::file, f->path.text));
    } else if (auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      visitor_.handle(handle, here(LocationKind::relative_file, r->relative_path.text));
    } else if (auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      visitor_.handle(handle, here(LocationKind::segment_file, s->path.text));
    } else if (std::holds_alternative<EmptySegmentFileStateHandle>(handle)) {
      visitor_.handle(handle, here(LocationKind::segment_file, {}));
    }
  }
  Location here(LocationKind kind, std::string_view text) const {
    return {kind, path_.roles(), text, op_, states_, &path_, {}};
  }

  TreeVisitor& visitor_;
  ModelPath path_;
  OperatorKey key_;
  const OperatorKey* op_ = nullptr;
  std::vector<std::string_view> states_;
  Bytes data_;              // of the handle in hand
  bool in_handle_ = false;  // that of an inline handle
};

/// Shows every stream handle and every location of `root` to `visitor`, in file order.
inline void walk(CheckpointMetadata& root, TreeVisitor& visitor) {
  TreeWalk parts(visitor);
  show_parts(root, parts);
}

}  // namespace stateferry
