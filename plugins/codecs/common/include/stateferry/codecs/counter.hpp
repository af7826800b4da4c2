// The counting archive: goes over the grammar without a file, and counts how many bytes each record
// takes at least and which parts a body has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "stateferry/codecs/archive_base.hpp"
#include "stateferry/codecs/body_plan.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/field.hpp"

namespace stateferry::codecs {

/// See the head of this file. Goes once into each list and once into each kind of handle; nothing
/// that it is shown has a value.
class Counter : public ArchiveBase {
 public:
  template <class T>
  using Ref = T&;

  const LeastSizes& least() const noexcept { return least_; }
  BodyPart parts() const noexcept { return parts_; }

  void note_part(BodyPart part) noexcept { parts_ |= part; }

  void i32(const Field&, std::int32_t&) noexcept { bytes_ += 4; }
  void i64(const Field&, std::int64_t&) noexcept { bytes_ += 8; }
  void flag(const Field&, bool&) noexcept { bytes_ += 1; }
  void id(const Field&, const OperatorId& value) noexcept { count(value.bytes.size()); }
  std::uint8_t wire_u8(const Field&, std::uint8_t value) noexcept { return bytes_ += 1, value; }
  std::int32_t wire_i32(const Field&, std::int32_t value) noexcept { return bytes_ += 4, value; }
  void text(const Field&, std::string_view&) noexcept { bytes_ += 2; }
  void kept_text(const Field&, std::string_view&) noexcept { bytes_ += 2; }
  template <LocationKind K>
  void location(const Field&, LocationText<K>&) noexcept {
    bytes_ += 2;
  }
  void blob(const Field&, Bytes&) noexcept { bytes_ += 4; }
  void i64s(const Field&, I64Array&, std::int32_t, std::int64_t) noexcept {}
  void i64_list(const Field&, I64Array&, std::int64_t) noexcept { bytes_ += 4; }
  void rest(const Field&, Bytes&) noexcept {}
  void end() noexcept {}
  void marked(const Field&, std::optional<std::int64_t>&) noexcept { bytes_ += 1; }

  /// The shortest of all handles that are legal.
  template <class TagOf, class F>
  void choose(TagSet legal, const char*, TagOf&&, F&& body) {
    bytes_ += 1;
    if (depth_ == kDeepest) return;  // further down only what was counted above
    ++depth_;
    std::uint32_t shortest = std::numeric_limits<std::uint32_t>::max();
    for (unsigned tag = 0; tag <= kMaxHandleTag; ++tag) {
      if ((legal & TagSet{1} << tag) == 0) continue;
      shortest = std::min(shortest, bytes_of([&] { body(static_cast<HandleTag>(tag)); }));
    }
    --depth_;
    bytes_ += shortest;
  }
  /// The shorter of both.
  template <class F, class G>
  void either(bool, F&& yes, G&& no) {
    const std::uint32_t a = bytes_of(yes);
    bytes_ += std::min(a, bytes_of(no));
  }

  template <class T, class Variant>
  T& as(Variant& handle) {
    return handle.template emplace<T>();
  }
  template <class T, class Variant>
  T& as_pointer(Variant& handle) {
    return *(handle = arena_.make<T>(), std::get<T*>(handle));
  }
  template <class F, class T>
  void derive(F&&, const T&) noexcept {}
  template <class T, class F>
  void optional(bool there, const Field&, std::optional<T>& value, F&& body) {
    if (there) body(value.emplace());
  }
  template <class T>
  void absent(const Field&, const T&) noexcept {}

  void extras(std::span<const ExtraField> fields, ExtendedRecord record, Extras&) noexcept {
    for (const ExtraField& f : fields) {
      if (f.record != record) continue;
      constexpr std::uint32_t kBytes[] = {4, 8, 1, 2};  // by type; of a text its length
      bytes_ += f.optional ? 1 : kBytes[static_cast<std::size_t>(f.type)];
    }
  }

  template <class F>
  void nested(const Field&, F&& body) {
    body();
  }
  template <class F>
  void section(F&& body) {
    bytes_ += 4;
    body();
  }
  template <class T, class F>
  void list(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    bytes_ += 4;
    elements(f, list, 0, least, each);
  }
  template <class T, class F>
  void elements(const Field&, List<T>&, std::int32_t, std::uint32_t, F&& each) {
    T element{};
    least_.note<T>(bytes_of([&] { each(element); }));
  }
  template <class T, class F>
  void present(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    this->list(f, list, least, each);
  }

  void key(std::string_view) noexcept {}
  void check(bool, const char*) noexcept {}

 private:
  // A changelog, a handle in it, its delegate, and key groups in its place: all that differs.
  static constexpr int kDeepest = 4;

  void count(std::size_t bytes) noexcept { bytes_ += static_cast<std::uint32_t>(bytes); }
  template <class F>
  std::uint32_t bytes_of(F&& body) {
    const std::uint32_t outer = std::exchange(bytes_, 0);
    body();
    return std::exchange(bytes_, outer);
  }

  std::uint32_t bytes_ = 0;
  int depth_ = 0;
  LeastSizes least_;
  BodyPart parts_ = BodyPart::none;
  Arena arena_;
};

}  // namespace stateferry::codecs
