// What the two reading archives, Decoder and Splicer, share: primitive reads with their checks, the
// model path for messages, and what has been met.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/codecs/archive_base.hpp"
#include "stateferry/codecs/body_facts.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/model/model_path.hpp"

namespace stateferry::codecs {

/// Longest properties that are read; Flink's take 745 bytes.
inline constexpr std::uint64_t kMaxPropertiesBytes = std::uint64_t{1} << 20;

/// Base of the reading archives; see the head of this file. Throws FormatError everywhere.
class ReadArchive : public ArchiveBase {
 public:
  template <class T>
  using Ref = T&;

  explicit ReadArchive(ByteReader& in) : in_(in) {}

  const BodyFacts& facts() const noexcept { return facts_; }
  const ModelPath& path() const noexcept { return path_; }

  [[gnu::always_inline]] void i32(const Field& f, std::int32_t& value) {
    begin(f);
    value = in_.i32();
  }
  [[gnu::always_inline]] void i64(const Field& f, std::int64_t& value) {
    begin(f);
    value = in_.i64();
  }
  void flag(const Field& f, bool& value) {
    const std::uint8_t byte = wire_u8(f, 0);
    check(byte <= 1, "a flag is neither 0 nor 1");
    value = byte == 1;
  }
  void id(const Field& f, OperatorId& value) {
    begin(f);
    const auto bytes = in_.take(value.bytes.size());
    std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
  }
  std::uint8_t wire_u8(const Field& f, std::uint8_t) {
    begin(f);
    return in_.u8();
  }
  std::int32_t wire_i32(const Field& f, std::int32_t) {
    begin(f);
    return in_.i32();
  }

  /// Reads a tag that must be in `legal`; `what` says what stands here.
  template <class TagOf>
  HandleTag tag(TagSet legal, const char* what, TagOf&&) {
    at_ = in_.offset();
    path_.set_leaf(nullptr);
    const std::uint8_t tag = in_.u8();
    if (tag > kMaxHandleTag || (legal & (TagSet{1} << tag)) == 0) fail_tag(tag, what);
    facts_.tags |= TagSet{1} << tag;
    return static_cast<HandleTag>(tag);
  }
  /// Reads a tag as tag() does, then what follows it.
  template <class TagOf, class F>
  [[gnu::always_inline]] void choose(TagSet legal, const char* what, TagOf&& tag_of, F&& body) {
    body(tag(legal, what, tag_of));
  }
  void note_keyed(HandleTag tag) noexcept { facts_.keyed_tags |= tag_bit(tag); }
  void note_channel() noexcept { facts_.channels = true; }

  template <class T, class Variant>
  T& as(Variant& handle) {
    return handle.template emplace<T>();
  }
  template <class F, class T>
  void derive(F&& f, T& object) {
    f(object);
  }
  template <class T, class F>
  void optional(bool there, const Field&, std::optional<T>& value, F&& f) {
    if (there) f(value.emplace());
  }
  template <class T>
  void absent(const Field&, const T&) noexcept {}
  /// A marker byte, 1 when the value follows.
  void marked(const Field& f, std::optional<std::int64_t>& value) {
    bool there = false;
    flag(f, there);
    if (there) i64(f, value.emplace());
  }

  template <class F>
  void nested(const Field& f, F&& body) {
    push(f);
    body();
    path_.pop();
  }
  void key(std::string_view text) noexcept { path_.set_key(text); }

  /// A record with its length in front, which must be used up exactly.
  template <class F>
  void section(F&& body) {
    at_ = in_.offset();
    const std::int32_t length = in_.i32();
    check(length > 0, "the length of a record is not positive");
    in_.expect_remaining(static_cast<std::uint64_t>(length), "a record");
    in_.enter_section(static_cast<std::uint64_t>(length));
    body();
    at_ = in_.offset();
    check(in_.at_end(), "a record is longer than its content");
    in_.leave_section();
  }

  /// Throws when `ok` is false, at the offset of the value read last.
  void check(bool ok, const char* message) {
    if (!ok) [[unlikely]] {
      fail(message);
    }
  }
  /// The input must end here.
  void end();

 protected:
  void begin(const Field& f) noexcept {
    at_ = in_.offset();
    path_.set_leaf(&f);
  }
  [[gnu::always_inline]] void push(const Field& f) {
    check(path_.push(f), "records are nested too deeply");
  }
  /// A count whose elements take at least `least` bytes each.
  [[gnu::always_inline]] std::int32_t count(const Field& f, std::uint32_t least) {
    begin(f);
    const std::int32_t n = in_.i32();
    check_count(n, least);
    return n;
  }
  [[gnu::always_inline]] void check_count(std::int32_t n, std::uint32_t least) {
    check(n >= 0, "a count is negative");
    in_.expect_remaining(static_cast<std::uint64_t>(n) * least, "a list");
  }
  /// A length of bytes that follow.
  std::uint32_t length(const Field& f) {
    begin(f);
    const std::int32_t n = in_.i32();
    check(n >= 0, "a length is negative");
    in_.expect_remaining(static_cast<std::uint64_t>(n), "a byte array");
    return static_cast<std::uint32_t>(n);
  }
  /// The value of an extra field but for its name; nothing when it has none.
  std::optional<ExtraValue> read_extra(const ExtraField& f);
  /// The text here, as a view; its length prefix stands in front of it.
  std::string_view read_text(const Field& f) {
    begin(f);
    const std::size_t n = in_.peek_u16();
    const auto bytes = in_.take(n + 2).subspan(2);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!is_ascii(text)) check_text(text);
    return text;
  }
  /// The properties, `bytes` at `offset`, must be one Java object and the last thing in the file.
  static void check_properties(Bytes bytes, std::uint64_t offset);
  /// `bytes` of an i64 array: every value must be at least `least`.
  void check_i64s(Bytes bytes, std::int64_t least);
  [[noreturn]] void fail(const char* message);
  [[noreturn]] void fail_tag(std::uint8_t tag, const char* what);
  void check_text(std::string_view text);

  ByteReader& in_;
  ModelPath path_;
  std::uint64_t at_ = 0;
  BodyFacts facts_;
};

/// Runs a pass and adds the archive's model path to what it throws.
template <class Archive, class F>
void with_path(Archive& archive, F&& pass) {
  try {
    pass();
  } catch (FormatError& error) {
    auto& place = error.diagnostic().place;
    if (place && place->model_path.empty()) place->model_path = archive.path().text();
    throw;
  }
}

}  // namespace stateferry::codecs
