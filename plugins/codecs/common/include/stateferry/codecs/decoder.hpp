// The reading archive: builds the model. Text and bytes are views into the reader's memory.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "stateferry/codecs/read_archive.hpp"
#include "stateferry/memory/arena.hpp"

namespace stateferry::codecs {

/// See the head of this file. Requires a reader over memory; the model then lives as long as that
/// memory and `arena`.
class Decoder : public ReadArchive {
 public:
  Decoder(ByteReader& in, Arena& arena) : Decoder(in, arena, arena) {}
  /// With the names of extra fields in an arena of their own.
  Decoder(ByteReader& in, Arena& arena, Arena& names)
      : ReadArchive(in), arena_(arena), names_arena_(names) {}

  void text(const Field& f, std::string_view& value) { value = read_text(f); }
  /// Text that is still looked at after the next read; here all is.
  void kept_text(const Field& f, std::string_view& value) { text(f, value); }
  template <LocationKind K>
  void location(const Field& f, LocationText<K>& value) {
    value.text = read_text(f);
  }
  void blob(const Field& f, Bytes& value) { value = in_.take(length(f)); }
  void i64s(const Field& f, I64Array& value, std::int32_t n, std::int64_t least) {
    begin(f);
    in_.expect_remaining(static_cast<std::uint64_t>(n) * 8, "a list of offsets");
    const Bytes bytes = in_.take(static_cast<std::size_t>(n) * 8);
    check_i64s(bytes, least);
    value = I64Array(bytes);
  }
  void i64_list(const Field& f, I64Array& value, std::int64_t least) {
    i64s(f, value, count(f, 8), least);
  }
  void rest(const Field& f, Bytes& value);

  template <class T, class Variant>
  T& as_pointer(Variant& handle) {
    return *(handle = arena_.make<T>(), std::get<T*>(handle));
  }

  template <class T, class F>
  void list(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    elements(f, list, count(f, least), least, each);
  }
  template <class T, class F>
  void elements(const Field& f, List<T>& list, std::int32_t n, std::uint32_t least, F&& each) {
    check_count(n, least);
    push(f);
    // Reserve all at once where the input is long enough to pay for it; a hostile count of tiny
    // elements must not reserve many times the size of the file.
    const std::uint64_t fair = std::max<std::uint64_t>(in_.remaining() / sizeof(T), 4);
    const auto wanted = static_cast<std::uint32_t>(n);
    if (n > 0)
      list.reserve(
          arena_,
          std::min(wanted, static_cast<std::uint32_t>(std::min<std::uint64_t>(fair, wanted))));
    for (std::uint32_t i = 0; i < wanted; ++i) {
      path_.set_index(i);
      each(list.emplace_back(arena_));
    }
    path_.pop();
  }
  /// A presence int, 1 when one element follows.
  template <class T, class F>
  void present(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    begin(f);
    const std::int32_t n = in_.i32();
    check(n == 0 || n == 1, "a presence marker is neither 0 nor 1");
    elements(f, list, n, least, each);
  }

  void extras(std::span<const ExtraField> fields, ExtendedRecord record, Extras& values) {
    names_.resize(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].record != record) continue;
      auto value = read_extra(fields[i]);
      if (!value) continue;
      if (names_[i] == nullptr) names_[i] = keep_field(fields[i].field, names_arena_);
      value->field = names_[i];
      values.push_back(arena_, *value);
    }
  }

 protected:
  Arena& arena_;

 private:
  Arena& names_arena_;
  std::vector<const Field*> names_;  // of the extra fields, in their arena, once one was met
};

}  // namespace stateferry::codecs
