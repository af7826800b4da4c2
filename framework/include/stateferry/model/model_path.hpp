// The place in the model where a reader, writer or walk stands, kept cheaply and spelled out only
// when a message needs it: `operators[3].subtasks[0].managed_keyed.shared["000123.sst"].path`.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/model/field.hpp"

namespace stateferry {

/// A stack of fields and indexes. Not reset on unwinding: after an exception it still names the
/// place of the failure, which is why push and pop are explicit.
class STATEFERRY_API ModelPath {
 public:
  /// Deepest nesting that any legal file needs is below 16; hostile ones are refused by the reader.
  static constexpr std::size_t kMaxDepth = 32;

  /// Enters a field. Returns false, and changes nothing, when the stack is full.
  bool push(const Field& f) noexcept {
    if (depth_ == kMaxDepth) return false;
    Frame& frame = frames_[depth_];
    frame.field = &f;
    frame.index = kNoIndex;
    frame.key_size = 0;
    frame.roles = roles() | f.role;
    ++depth_;
    return true;
  }
  /// Leaves the innermost field. Requires a matching push.
  void pop() noexcept { --depth_; }
  /// Index within the innermost field's list.
  void set_index(std::uint32_t index) noexcept {
    frames_[depth_ - 1].index = index;
    frames_[depth_ - 1].key_size = 0;
  }
  /// Key of the current element, shown instead of the index. Cut at 40 bytes.
  void set_key(std::string_view key) noexcept {
    Frame& frame = frames_[depth_ - 1];
    const std::size_t size = std::min(key.size(), sizeof(frame.key));
    frame.key_size = static_cast<std::uint8_t>(size);
    if (size >= 8 && size <= 16) {
      // Most are names such as 000123.sst; two moves that may overlap.
      std::uint64_t ends[2];
      std::memcpy(&ends[0], key.data(), 8);
      std::memcpy(&ends[1], key.data() + size - 8, 8);
      std::memcpy(frame.key, &ends[0], 8);
      std::memcpy(frame.key + size - 8, &ends[1], 8);
    } else {
      std::copy_n(key.begin(), size, frame.key);
    }
  }
  /// The plain field that is being read or written now; shown last. Null: none.
  void set_leaf(const Field* f) noexcept { leaf_ = f; }

  /// Roles of all that is below the innermost field.
  Role roles() const noexcept { return depth_ == 0 ? Role::none : frames_[depth_ - 1].roles; }
  /// The path as text. `with_leaf` adds the field in hand.
  std::string text(bool with_leaf = true) const;

 private:
  static constexpr std::uint32_t kNoIndex = 0xFFFFFFFF;
  struct Frame {
    const Field* field;
    std::uint32_t index;
    Role roles;
    std::uint8_t key_size;
    char key[40];
  };
  std::size_t depth_ = 0;
  const Field* leaf_ = nullptr;
  std::array<Frame, kMaxDepth> frames_;
};

}  // namespace stateferry
