// What a LocationEditor has said of whole directories and still holds, for the splicer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/location.hpp"

namespace stateferry::codecs {

/// An answer that stands for all files of one directory.
struct DirectoryAnswer {
  Replacement text;
  LocationKind kind = LocationKind::file;
  Role roles = Role::none;
  bool replaces = false;      ///< whether it is another text
  std::uint64_t repeats = 0;  ///< locations it was used for and the editor was not told of

  /// The longest text that it can stand for: the new one must fit, too.
  std::size_t longest() const noexcept {
    return kMaxUtfBytes + text.directory.size() - text.head.size();
  }
};

/// See the head of this file: the last answer for each kind and roles, a few of them. Views what
/// the editor keeps.
class DirectoryAnswers {
 public:
  /// The answer for such locations; null when there is none.
  DirectoryAnswer* find(LocationKind kind, Role roles) noexcept {
    const std::uint32_t key = key_of(kind, roles);
    for (std::size_t i = 0; i < count_; ++i) {
      if (keys_[i] == key) return &answers_[i];
    }
    return nullptr;
  }
  /// An answer of the editor. All repeats must have been told.
  void add(const DirectoryAnswer& answer) noexcept {
    if (answer.text.epoch != epoch_ || epoch_ == 0) count_ = 0;
    epoch_ = answer.text.epoch;
    if (answer.text.directory.empty()) return;
    DirectoryAnswer* place = find(answer.kind, answer.roles);
    if (place == nullptr) place = count_ < kMost ? &answers_[count_++] : &answers_[next_++ % kMost];
    *place = answer;
    keys_[static_cast<std::size_t>(place - answers_.data())] = key_of(answer.kind, answer.roles);
  }
  /// Tells the editor of all repeats.
  void tell(LocationEditor& editor) {
    for (std::size_t i = 0; i < count_; ++i) {
      DirectoryAnswer& answer = answers_[i];
      if (answer.repeats > 0) editor.repeated(answer.text.directory, answer.repeats);
      answer.repeats = 0;
    }
  }
  void clear() noexcept { count_ = 0; }

 private:
  static constexpr std::uint32_t key_of(LocationKind kind, Role roles) noexcept {
    return static_cast<std::uint32_t>(roles) << 8 | static_cast<std::uint32_t>(kind);
  }

  // A subtask of an incremental checkpoint has files in about ten roles.
  static constexpr std::size_t kMost = 16;
  std::array<std::uint32_t, kMost> keys_{};
  std::array<DirectoryAnswer, kMost> answers_{};
  std::size_t count_ = 0;
  std::size_t next_ = 0;  // to be given up when all are in use
  std::uint32_t epoch_ = 0;
};

}  // namespace stateferry::codecs
