// Where one conversion stands in the tree, what it compares with, and what it notes.
//
// All parts of a conversion (see converter.cpp) share one walk. It lives as long as the conversion,
// is of one thread, and views the tree, the arena and what it is made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "conversion/ledger.hpp"
#include "stateferry/host/conversion.hpp"
#include "stateferry/model/model_path.hpp"

namespace stateferry::conversion {

/// A part of the tree: of one that is changed (`kApply`), or of one that is only looked at.
template <bool kApply, class T>
using TreeRef = std::conditional_t<kApply, T&, const T&>;

/// Changes what is of a tree that may be changed; else does nothing.
template <class T, class F>
void change(T& target, F&& f) {
  if constexpr (!std::is_const_v<T>) f(target);
}

/// Whether there is no handle.
template <class Handle>
bool is_none(const Handle& handle) noexcept {
  return std::holds_alternative<NoHandle>(handle);
}
/// Whether it stands for a file without data.
inline bool is_placeholder(const StreamStateHandle& handle) noexcept {
  return std::holds_alternative<EmptySegmentFileStateHandle>(handle);
}

/// See the head of this file.
class ConversionWalk {
 public:
  /// `arena` may be null where nothing is changed.
  ConversionWalk(Arena* arena, const DialectInfo& source, const ConversionTarget& target,
                 const ConversionOptions& options)
      : arena_(arena), source_(source), body_(target.body), options_(options), ledger_(account_) {
    account_.source = source.dialect;
    account_.target = target.body.dialect;
    if (!target.reader) return;
    account_.reader = target.reader->release;
    knows_ = target.reader->knows & body_.tags;
    copes_ = target.reader->copes;
  }
  ConversionWalk(const ConversionWalk&) = delete;
  ConversionWalk& operator=(const ConversionWalk&) = delete;

  /// What is converted to what. The arena only of a tree that is changed.
  Arena& arena() const noexcept { return *arena_; }
  const DialectInfo& source() const noexcept { return source_; }
  const DialectInfo& body() const noexcept { return body_; }
  const ConversionOptions& options() const noexcept { return options_; }
  /// Whether the target's body has a place for it.
  bool has(BodyPart part) const noexcept { return body_.has(part); }
  /// Whether the reader knows the tag, and the body may have it.
  bool knows(HandleTag tag) const noexcept { return (knows_ & tag_bit(tag)) != 0; }
  /// Whether the reader copes with it.
  bool copes(ReaderFeature feature) const noexcept { return stateferry::has(copes_, feature); }
  /// Whether tasks may be finished: that needs a body with markers and a reader that minds them.
  bool may_be_finished() const noexcept {
    return has(BodyPart::finished_markers) && copes(ReaderFeature::finished_tasks);
  }
  /// Whether state of a chain must become that of one operator.
  bool leaves_chains() const noexcept {
    return source_.has(BodyPart::chains) && !has(BodyPart::chains);
  }

  /// Where it stands: what is entered last, and the path below.
  void enter_snapshot(std::int64_t checkpoint_id) noexcept { checkpoint_id_ = checkpoint_id; }
  std::int64_t checkpoint_id() const noexcept { return checkpoint_id_; }
  void enter_operator(const OperatorState& op, std::uint32_t index) {
    op_id_ = op.id;
    ledger_.enter_operator(op, index);
  }
  const OperatorId& operator_id() const noexcept { return op_id_; }
  void enter_subtask(std::int32_t index) noexcept { subtask_ = index; }
  std::int32_t subtask() const noexcept { return subtask_; }
  void set_key(std::string_view key) noexcept { path_.set_key(key); }
  /// The record in hand, as a model path.
  std::string place() {
    path_.set_leaf(nullptr);
    return path_.text();
  }
  /// From here on it stands below a field, until it leaves that.
  void enter(const Field& f) noexcept { path_.push(f); }
  /// At an element of the list entered last.
  void at(std::uint32_t index) noexcept { path_.set_index(index); }
  void leave() noexcept { path_.pop(); }
  /// body() below a field.
  template <class F>
  void below(const Field& f, F&& body) {
    enter(f);
    body();
    leave();
  }
  /// body(element, index) for each element of a list, below its field.
  template <class L, class F>
  void each_indexed(const Field& f, L& list, F&& body) {
    below(f, [&] {
      for (std::uint32_t i = 0; i < list.size(); ++i) {
        path_.set_index(i);
        body(list[i], i);
      }
    });
  }
  /// body(element) likewise.
  template <class L, class F>
  void each(const Field& f, L& list, F&& body) {
    each_indexed(f, list, [&](auto& element, std::uint32_t) { body(element); });
  }

  /// Notes a finding at a field of the record in hand, or at the record itself.
  void note(const FindingKind& kind, const Field* leaf, std::uint64_t count = 1) {
    path_.set_leaf(leaf);
    ledger_.note(kind, path_, count);
  }
  /// What was noted so far.
  ConversionAccount& account() noexcept { return account_; }

 private:
  Arena* arena_;
  const DialectInfo& source_;
  const DialectInfo& body_;
  const ConversionOptions& options_;
  TagSet knows_ = ~TagSet{0};
  ReaderFeature copes_ = static_cast<ReaderFeature>(0xFF);
  ConversionAccount account_;
  Ledger ledger_;
  ModelPath path_;
  std::int64_t checkpoint_id_ = 0;
  OperatorId op_id_;
  std::int32_t subtask_ = 0;
};

}  // namespace stateferry::conversion
