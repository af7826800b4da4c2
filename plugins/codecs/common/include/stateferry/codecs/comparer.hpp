// The comparing archive: reads a body and compares each field with a model, in constant memory. So
// what was written can be checked without building a second tree.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "stateferry/codecs/archive_base.hpp"
#include "stateferry/codecs/read_archive.hpp"

namespace stateferry::codecs {

/// Thrown at the first field that differs; the archive's path then names it.
struct Difference {};

/// See the head of this file. Makes all checks that a decoder makes, too.
class Comparer : public ReadArchive, public ConstModel {
 public:
  using ConstModel::as;
  using ConstModel::derive;
  template <class T>
  using Ref = const T&;

  explicit Comparer(ByteReader& in) : ReadArchive(in) {}

  void i32(const Field& f, std::int32_t value) { wire_i32(f, value); }
  void i64(const Field& f, std::int64_t value) {
    begin(f);
    same(in_.i64() == value);
  }
  void flag(const Field& f, bool value) { wire_u8(f, value ? 1 : 0); }
  void id(const Field& f, const OperatorId& value) {
    begin(f);
    same(std::ranges::equal(in_.take(value.bytes.size()), value.bytes));
  }
  std::uint8_t wire_u8(const Field& f, std::uint8_t value) {
    begin(f);
    same(in_.u8() == value);
    return value;
  }
  std::int32_t wire_i32(const Field& f, std::int32_t value) {
    begin(f);
    same(in_.i32() == value);
    return value;
  }
  void text(const Field& f, std::string_view value) { same(read_text(f) == value); }
  void kept_text(const Field& f, std::string_view value) { text(f, value); }
  template <LocationKind K>
  void location(const Field& f, const LocationText<K>& value) {
    text(f, value.text);
  }
  void blob(const Field& f, Bytes value) {
    same(length(f) == value.size());
    pass(value);
  }
  void i64s(const Field& f, const I64Array& value, std::int32_t n, std::int64_t) {
    begin(f);
    same(static_cast<std::int32_t>(value.size()) == n);
    pass(value.bytes());
  }
  void i64_list(const Field& f, const I64Array& value, std::int64_t least) {
    i64s(f, value, count(f, 8), least);
  }
  void rest(const Field& f, Bytes value) {
    begin(f);
    pass(value);
    same(in_.at_end());
  }

  template <class TagOf>
  HandleTag tag(TagSet legal, const char* what, TagOf&& tag_of) {
    const HandleTag read = ReadArchive::tag(legal, what, tag_of);
    same(read == tag_of());
    return read;
  }
  template <class TagOf, class F>
  [[gnu::always_inline]] void choose(TagSet legal, const char* what, TagOf&& tag_of, F&& body) {
    body(tag(legal, what, tag_of));
  }
  template <class T, class F>
  void optional(bool there, const Field& f, const std::optional<T>& value, F&& body) {
    begin(f);
    same(value.has_value() == there);
    if (there) body(*value);
  }
  void marked(const Field& f, const std::optional<std::int64_t>& value) {
    flag(f, value.has_value());
    if (value) i64(f, *value);
  }

  template <class T, class F>
  void list(const Field& f, const List<T>& list, std::uint32_t least, F&& each) {
    elements(f, list, count(f, least), least, each);
  }
  template <class T, class F>
  void elements(const Field& f, const List<T>& list, std::int32_t n, std::uint32_t, F&& each) {
    push(f);
    path_.set_leaf(nullptr);
    same(static_cast<std::int32_t>(list.size()) == n);
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      path_.set_index(i);
      each(list[i]);
    }
    path_.pop();
  }
  template <class T, class F>
  void present(const Field& f, const List<T>& list, std::uint32_t least, F&& each) {
    this->list(f, list, least, each);
  }

  void extras(std::span<const ExtraField> fields, ExtendedRecord record, const Extras& values) {
    for (const ExtraField& f : fields) {
      if (f.record != record) continue;
      const ExtraValue* expected = find_extra(values, f.field);
      const auto read = read_extra(f);
      same(read.has_value() == (expected != nullptr));
      if (read) same(read->number == expected->number && read->text == expected->text);
    }
  }

 private:
  static void same(bool equal) {
    if (!equal) throw Difference{};
  }
  // Reads as many bytes as `expected` has and compares them, in pieces.
  void pass(Bytes expected) {
    while (!expected.empty()) {
      const Bytes piece = in_.take_some(expected.size());
      same(std::memcmp(piece.data(), expected.data(), piece.size()) == 0);
      expected = expected.subspan(piece.size());
    }
  }
};

}  // namespace stateferry::codecs
