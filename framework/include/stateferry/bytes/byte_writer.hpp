// Big-endian writing through a fixed buffer into a ByteSink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/export.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/memory/page_buffer.hpp"

namespace stateferry {

/// Append-only writer. The sink gets pieces of kBuffer bytes, but for the last: whole pages, of
/// which the page cache makes few and large ones. One piece may be on its way while the next one
/// fills. What was written reaches the sink with flush() at the latest; the destructor doesn't
/// flush, so that an abandoned run writes nothing more. One thread at a time.
class STATEFERRY_API ByteWriter final : public ByteTap {
 public:
  static constexpr std::size_t kBuffer = std::size_t{1} << 20;

  /// `sink` outlives the writer. Every write may throw what the sink throws.
  explicit ByteWriter(ByteSink& sink);
  ~ByteWriter() override;

  void u8(std::uint8_t v) { put(v); }
  void u16(std::uint16_t v) { put(__builtin_bswap16(v)); }
  void i32(std::int32_t v) { put(__builtin_bswap32(static_cast<std::uint32_t>(v))); }
  void i64(std::int64_t v) { put(__builtin_bswap64(static_cast<std::uint64_t>(v))); }
  void raw(std::span<const std::byte> bytes) {
    if (bytes.size() > kShort) {
      raw_long(bytes);
      return;
    }
    append(bytes.data(), bytes.size());
    spill();
  }
  void raw(std::string_view text) { raw(std::as_bytes(std::span(text.data(), text.size()))); }
  void passed(std::span<const std::byte> bytes) override { raw(bytes); }
  /// `before`, and then one text with its length in front, in two parts that together take at most
  /// 65,535 bytes.
  void text_behind(std::span<const std::byte> before, std::string_view head,
                   std::string_view tail) {
    text_begin(before, head, tail.size());
    append(tail.data(), tail.size());
    spill();
  }
  /// The same but for the tail, `tail` bytes that must be written next.
  void text_begin(std::span<const std::byte> before, std::string_view head, std::size_t tail) {
    if (before.size() > kShort) {
      raw_long(before);
      before = {};
    }
    std::byte* at = copy_short(room(), before.data(), before.size());
    const std::uint16_t length = __builtin_bswap16(static_cast<std::uint16_t>(head.size() + tail));
    std::memcpy(at, &length, sizeof length);
    advance(copy_short(at + sizeof length, head.data(), head.size()));
  }

  /// Longest array that is copied on the quick path, in bytes.
  static constexpr std::size_t kShort = 1024;
  /// Where the next bytes belong: kShort + 2 + 65,535 of them may be put there, again and again
  /// until the end of what was put has reached full(). Then advance() must be called before any
  /// other function.
  std::byte* room() noexcept { return buffer_.get() + used_; }
  const std::byte* full() const noexcept { return buffer_.get() + kBuffer; }
  /// Takes what was put between room() and `end`.
  void advance(const std::byte* end) {
    used_ = static_cast<std::size_t>(end - buffer_.get());
    spill();
  }

  /// Hands everything to the sink.
  void flush();
  /// Bytes written so far.
  std::uint64_t offset() const noexcept { return flushed_ + used_; }

 private:
  // Room behind kBuffer bytes for whatever is appended between two calls of spill().
  static constexpr std::size_t kSlack = std::size_t{68} << 10;

  void append(const void* bytes, std::size_t n) noexcept {
    copy_short(buffer_.get() + used_, bytes, n);
    used_ += n;
  }
  template <class T>
  void put(T v) {
    std::memcpy(buffer_.get() + used_, &v, sizeof v);
    used_ += sizeof v;
    spill();
  }
  void spill() {
    if (used_ >= kBuffer) [[unlikely]] {
      pass_on();
    }
  }
  void pass_on();
  void raw_long(std::span<const std::byte> bytes);

  ByteSink& sink_;
  PageBuffer buffer_;
  PageBuffer other_;      // may be on its way to the sink
  std::size_t used_ = 0;  // below kBuffer between calls
  std::uint64_t flushed_ = 0;
};

}  // namespace stateferry
