// What archives have in common whose answer to most of a body's course is nothing.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dialect.hpp"

namespace stateferry::codecs {

/// What the grammar tells an archive as it goes on; one that minds hides the function. Holds
/// nothing.
struct ArchiveBase {
  void note_part(BodyPart) noexcept {}
  /// The i64 read last was checked to be at least that, and nothing else was asked of it.
  void note_least(std::int64_t) noexcept {}
  void note_keyed(HandleTag) noexcept {}
  void note_channel() noexcept {}
  void note_finished() noexcept {}
  void enter_operator(const OperatorState&) noexcept {}
  void leave_operator() noexcept {}
  void enter_states() noexcept {}
  void note_state(std::string_view) noexcept {}
  void leave_states() noexcept {}

  /// One of two forms.
  template <class F, class G>
  [[gnu::always_inline]] void either(bool first, F&& yes, G&& no) {
    if (first) {
      yes();
    } else {
      no();
    }
  }
};

/// Views of a model that is not changed.
struct ConstModel {
  template <class T>
  using Ref = const T&;

  template <class T, class Variant>
  static const T& as(const Variant& handle) {
    return std::get<T>(handle);
  }
  template <class T, class Variant>
  static const T& as_pointer(const Variant& handle) {
    return *std::get<T*>(handle);
  }
  /// What follows from the bytes is in the model already.
  template <class F, class T>
  static void derive(F&&, const T&) noexcept {}
};

}  // namespace stateferry::codecs
