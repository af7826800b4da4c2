// The writing archive: writes the model. What the dialect can't hold is a CapabilityError that
// names the place.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/codecs/archive_base.hpp"
#include "stateferry/codecs/section_writer.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/model/model_path.hpp"

namespace stateferry::codecs {

/// Whether a member of the model holds nothing.
template <class T>
bool is_absent(const std::optional<T>& value) {
  return !value.has_value();
}
inline bool is_absent(const StreamStateHandle& handle) {
  return std::holds_alternative<NoHandle>(handle);
}
template <class T>
requires requires(const T& value) {
  value.empty();
}
bool is_absent(const T& value) {
  return value.empty();
}

/// See the head of this file. Borrows the writer.
class Encoder : public ArchiveBase, public ConstModel {
 public:
  explicit Encoder(ByteWriter& out) : out_(out) {}
  const ModelPath& path() const noexcept { return path_; }

  void i32(const Field& f, std::int32_t value) { wire_i32(f, value); }
  void i64(const Field& f, std::int64_t value) {
    begin(f);
    out_.i64(value);
  }
  void flag(const Field& f, bool value) { wire_u8(f, value ? 1 : 0); }
  void id(const Field& f, const OperatorId& value) {
    begin(f);
    out_.raw(value.bytes);
  }
  std::uint8_t wire_u8(const Field& f, std::uint8_t value) {
    begin(f);
    out_.u8(value);
    return value;
  }
  std::int32_t wire_i32(const Field& f, std::int32_t value) {
    begin(f);
    out_.i32(value);
    return value;
  }
  void text(const Field& f, std::string_view value) {
    begin(f);
    if (value.size() > kMaxUtfBytes) fail_text(value.size());
    out_.text(value);
  }
  void kept_text(const Field& f, std::string_view value) { text(f, value); }
  template <LocationKind K>
  void location(const Field& f, const LocationText<K>& value) {
    text(f, value.text);
  }
  void blob(const Field& f, Bytes value) {
    wire_i32(f, static_cast<std::int32_t>(value.size()));
    out_.raw(value);
  }
  void i64s(const Field& f, const I64Array& value, std::int32_t n, std::int64_t least) {
    begin(f);
    check(static_cast<std::int32_t>(value.size()) == n,
          "the number of offsets differs from the number of key groups");
    check_i64s(value, least);
    out_.raw(value.bytes());
  }
  void i64_list(const Field& f, const I64Array& value, std::int64_t least) {
    wire_i32(f, static_cast<std::int32_t>(value.size()));
    check_i64s(value, least);
    out_.raw(value.bytes());
  }
  void rest(const Field& f, Bytes value) {
    begin(f);
    check(!value.empty(), "the checkpoint properties, which this dialect needs, are missing");
    out_.raw(value);
  }
  void end() noexcept {}

  template <class TagOf>
  HandleTag tag(TagSet legal, const char* what, TagOf&& tag_of) {
    path_.set_leaf(nullptr);
    const HandleTag tag = tag_of();
    if ((legal & tag_bit(tag)) == 0) fail_tag(tag, what);
    out_.u8(static_cast<std::uint8_t>(tag));
    return tag;
  }
  template <class TagOf, class F>
  [[gnu::always_inline]] void choose(TagSet legal, const char* what, TagOf&& tag_of, F&& body) {
    body(tag(legal, what, tag_of));
  }
  template <class T, class F>
  void optional(bool there, const Field& f, const std::optional<T>& value, F&& body) {
    begin(f);
    check(value.has_value() == there, there ? "a field that this dialect needs is missing"
                                            : "this dialect has no place for this field");
    if (there) body(*value);
  }
  template <class T>
  void absent(const Field& f, const T& value) {
    begin(f);
    check(is_absent(value), "this dialect has no place for this field");
  }
  void marked(const Field& f, const std::optional<std::int64_t>& value) {
    wire_u8(f, value ? 1 : 0);
    if (value) i64(f, *value);
  }

  template <class F>
  void nested(const Field& f, F&& body) {
    check(path_.push(f), "records are nested too deeply");
    body();
    path_.pop();
  }
  void key(std::string_view text) noexcept { path_.set_key(text); }

  /// Writes the body's length, then the body: the body is walked twice.
  template <class F>
  void section(F&& body) {
    const std::uint64_t length = out_.length_of(body);
    if (out_.counts()) {
      out_.count_section(length);
      return;
    }
    check(length <= 0x7FFFFFFF, "a record is longer than 2 GiB");
    out_.i32(static_cast<std::int32_t>(length));
    body();
  }

  template <class T, class F>
  void list(const Field& f, const List<T>& list, std::uint32_t least, F&& each) {
    const auto n = static_cast<std::int32_t>(list.size());
    wire_i32(f, n);
    elements(f, list, n, least, each);
  }
  template <class T, class F>
  void elements(const Field& f, const List<T>& list, std::int32_t, std::uint32_t, F&& each) {
    check(path_.push(f), "records are nested too deeply");
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      path_.set_index(i);
      each(list[i]);
    }
    path_.pop();
  }
  template <class T, class F>
  void present(const Field& f, const List<T>& list, std::uint32_t least, F&& each) {
    begin(f);
    check(list.size() <= 1, "this dialect holds one handle per subtask here");
    this->list(f, list, least, each);
  }

  void extras(std::span<const ExtraField> fields, ExtendedRecord record, const Extras& values) {
    std::uint32_t written = 0;
    for (const ExtraField& f : fields) {
      if (f.record != record) continue;
      const ExtraValue* value = find_extra(values, f.field);
      begin(f.field);
      check(value != nullptr || f.optional, "a field that this dialect needs is missing");
      if (f.optional) flag(f.field, value != nullptr);
      if (value == nullptr) continue;
      extra(f, *value);
      ++written;
    }
    begin(field::extras);
    check(written == values.size(), "this dialect has no place for this field");
  }

  /// Throws CapabilityError when `ok` is false.
  void check(bool ok, const char* message) {
    if (!ok) [[unlikely]] {
      fail(message);
    }
  }

 private:
  void begin(const Field& f) noexcept { path_.set_leaf(&f); }
  void extra(const ExtraField& f, const ExtraValue& value) {
    check(value.type == f.type, "this dialect has a field of this name and another type");
    switch (f.type) {
      case ExtraType::i32:
        check(value.number == static_cast<std::int32_t>(value.number), "a number is too large");
        i32(f.field, static_cast<std::int32_t>(value.number));
        break;
      case ExtraType::i64:
        i64(f.field, value.number);
        break;
      case ExtraType::flag:
        flag(f.field, value.number != 0);
        break;
      case ExtraType::text:
        text(f.field, value.text);
        break;
    }
  }
  void check_i64s(const I64Array& values, std::int64_t least) {
    for (std::uint32_t i = 0; i < values.size(); ++i)
      check(values[i] >= least, "an offset is negative");
  }
  [[noreturn]] void fail(const char* message);
  [[noreturn]] void fail_tag(HandleTag tag, const char* what);
  [[noreturn]] void fail_text(std::size_t bytes);

  SectionWriter out_;
  ModelPath path_;
};

}  // namespace stateferry::codecs
