// The archive that decodes part by part: a Decoder that shows each subtask and each operator when
// it is read, and forgets it.
#pragma once

#include <cstdint>

#include "stateferry/codecs/decoder.hpp"
#include "stateferry/model/parts.hpp"

namespace stateferry::codecs {

/// See the head of this file. Everything is borrowed for the archive's life; `root` is what the
/// grammar fills.
class PartDecoder : public Decoder {
 public:
  PartDecoder(ByteReader& in, Arena& arena, Arena& names, CheckpointMetadata& root,
              PartVisitor& visitor)
      : Decoder(in, arena, names), root_(root), visitor_(visitor) {}

  // Those of the Decoder would not see what is shown here.
  template <class T, class F>
  void list(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    elements(f, list, count(f, least), least, each);
  }
  template <class T, class F>
  void elements(const Field& f, List<T>& list, std::int32_t n, std::uint32_t least, F&& each) {
    Decoder::elements(f, list, n, least, each);
  }
  template <class F>
  void elements(const Field& f, List<OperatorState>&, std::int32_t n, std::uint32_t least,
                F&& each) {
    check_count(n, least);
    visitor_.begin(root_);
    one_by_one<OperatorState>(f, n, [&](OperatorState& op, std::uint32_t index) {
      op_ = &op;
      index_ = index;
      each(op);
    });
  }
  template <class F>
  void elements(const Field& f, List<SubtaskEntry>&, std::int32_t n, std::uint32_t least,
                F&& each) {
    check_count(n, least);
    begin_operator();
    one_by_one<SubtaskEntry>(f, n, [&](SubtaskEntry& entry, std::uint32_t index) {
      each(entry);
      visitor_.subtask(entry, index);
    });
  }

  void leave_operator() {
    // One that has finished has no list of subtasks.
    if (op_ != nullptr) begin_operator();
    visitor_.end_operator(*begun_);
  }

 private:
  void begin_operator() {
    begun_ = op_;
    op_ = nullptr;
    visitor_.begin_operator(*begun_, index_);
  }
  // What each element leaves in the arena goes with it.
  template <class T, class F>
  void one_by_one(const Field& f, std::int32_t n, F&& each) {
    push(f);
    const Arena::Mark mark = arena_.mark();
    for (std::int32_t i = 0; i < n; ++i) {
      const auto index = static_cast<std::uint32_t>(i);
      path_.set_index(index);
      T element{};
      each(element, index);
      arena_.release(mark);
    }
    path_.pop();
  }

  CheckpointMetadata& root_;
  PartVisitor& visitor_;
  OperatorState* op_ = nullptr;     // being read, and not yet shown
  OperatorState* begun_ = nullptr;  // shown, and not yet ended
  std::uint32_t index_ = 0;
};

}  // namespace stateferry::codecs
