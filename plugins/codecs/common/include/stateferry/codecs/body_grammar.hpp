// What every part of the grammar stands on: the archive, since when there is a field, lists, and
// the fields that several records have.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stateferry/codecs/body_plan.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/release.hpp"

namespace stateferry::codecs {

/// One object serves one pass over one body, on one thread. Archive and plan outlive it.
template <class Archive>
class BodyGrammar {
  template <class T>
  using Ref = typename Archive::template Ref<T>;

 protected:
  BodyGrammar(Archive& archive, const BodyPlan& plan)
      : ar_(archive), layout_(plan.layout), least_(plan.least), level_(plan.level) {}

  // Whether the body's fields are those of this dialect or a later one.
  bool since(std::int32_t version, FlinkRelease release = {}) const noexcept {
    return level_ >= level_of(version, release);
  }
  // Says what a part is that is there since then.
  bool has(BodyPart part, bool there) noexcept {
    if (there) ar_.note_part(part);
    return there;
  }
  // Writers since 1.14 emit them, readers since 1.12 take them.
  bool finished_markers() noexcept { return has(BodyPart::finished_markers, since(3, {1, 12})); }
  // Only 1.14 wrote changelog handles without.
  bool full_changelog() noexcept {
    return has(BodyPart::full_changelog, !since(3, {1, 14}) || since(3, {1, 15}));
  }

  // What the dialect's codec has added behind a record.
  void extras(ExtendedRecord record, Ref<Extras> values) {
    if (layout_.extras.empty()) [[likely]] {
      ar_.absent(field::extras, values);
    } else {
      ar_.extras(layout_.extras, record, values);
    }
  }
  template <class T, class F>
  [[gnu::always_inline]] void list(const Field& f, T& list, F&& each) {
    ar_.list(f, list, least_.template of<typename T::value_type>(), each);
  }
  template <class T, class F>
  [[gnu::always_inline]] void elements(const Field& f, T& list, std::int32_t n, F&& each) {
    ar_.elements(f, list, n, least_.template of<typename T::value_type>(), each);
  }

  void optional_i64(bool there, const Field& f, Ref<std::optional<std::int64_t>> value) {
    ar_.optional(there, f, value, [&](auto& v) { ar_.i64(f, v); });
  }
  void optional_text(bool there, const Field& f, Ref<std::optional<std::string_view>> value) {
    ar_.optional(there, f, value, [&](auto& v) { ar_.text(f, v); });
  }

  [[gnu::always_inline]] void size(Ref<std::int64_t> bytes, std::int64_t least) {
    ar_.i64(field::size, bytes);
    ar_.check(bytes >= least, "a size is negative");
    ar_.note_least(least);
  }
  void index(const Field& f, Ref<std::int32_t> value) {
    ar_.i32(f, value);
    ar_.check(value >= 0, "an index is negative");
  }

  Archive& ar_;
  const Layout& layout_;
  const LeastSizes& least_;

 private:
  const Level level_;
};

}  // namespace stateferry::codecs
