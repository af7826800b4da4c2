// Big-endian reading from memory or through a window that slides over a stream.
//
// Lifetime: over memory, views that the reader hands out live as long as that memory. Over a feed
//   they live until the next call that reads; copy what must stay.
// Threads: one thread at a time.
// Errors: every read that would pass the end throws FormatError with the absolute offset. All
// counts
//   and lengths are checked against what remains before anything is reserved for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/diag/error.hpp"
#include "stateferry/export.hpp"
#include "stateferry/memory/page_buffer.hpp"

namespace stateferry {

/// Bytes that arrive in pieces.
class STATEFERRY_API ByteFeed {
 public:
  virtual ~ByteFeed();
  /// Reads up to `into.size()` (> 0) bytes; 0 means the end. Throws IoError.
  virtual std::size_t read(std::span<std::byte> into) = 0;
};

/// Takes the bytes that a reader has passed, in order.
class STATEFERRY_API ByteTap {
 public:
  virtual ~ByteTap();
  /// `bytes` is valid during the call.
  virtual void passed(std::span<const std::byte> bytes) = 0;
};

/// See the head of this file.
class STATEFERRY_API ByteReader {
 public:
  /// Size of the window over a feed; no single view may be longer.
  static constexpr std::size_t kWindow = std::size_t{128} << 10;
  static constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

  /// Reads from memory that outlives the reader.
  explicit ByteReader(std::span<const std::byte> whole) noexcept;
  /// Reads from `feed`, which outlives the reader. `total` is the number of bytes that it will
  /// give, if that is known.
  ByteReader(ByteFeed& feed, std::optional<std::uint64_t> total);

  /// Absolute offset of the next byte.
  std::uint64_t offset() const noexcept { return shift_ + reinterpret_cast<std::uintptr_t>(pos_); }
  /// Bytes until the end of the input or of the section entered; kUnknown for a pipe.
  std::uint64_t remaining() const noexcept {
    return limit_ == kUnknown ? kUnknown : limit_ - offset();
  }
  /// Whether views outlive the next read.
  bool in_memory() const noexcept { return feed_ == nullptr; }

  std::uint8_t u8() {
    need(1);
    return static_cast<std::uint8_t>(*pos_++);
  }
  std::int32_t i32() {
    need(4);
    std::uint32_t v;
    std::memcpy(&v, pos_, 4);
    pos_ += 4;
    return static_cast<std::int32_t>(__builtin_bswap32(v));
  }
  [[gnu::always_inline]] std::int64_t i64() {
    need(8);
    std::uint64_t v;
    std::memcpy(&v, pos_, 8);
    pos_ += 8;
    return static_cast<std::int64_t>(__builtin_bswap64(v));
  }
  /// The next byte without passing it.
  std::uint8_t peek_u8() {
    need(1);
    return static_cast<std::uint8_t>(*pos_);
  }
  /// The next two bytes as u16 without passing them.
  std::uint16_t peek_u16() {
    need(2);
    std::uint16_t v;
    std::memcpy(&v, pos_, 2);
    return __builtin_bswap16(v);
  }
  /// The next `n` bytes as one view without passing them. Over a feed n must be at most kWindow.
  std::span<const std::byte> peek(std::size_t n) {
    need(n);
    return {pos_, n};
  }
  /// What can be seen without reading on; may be empty.
  std::span<const std::byte> buffered() const noexcept {
    return {pos_, static_cast<std::size_t>(end_ - pos_)};
  }
  /// Passes `n` bytes that peek() or buffered() has shown.
  void pass(std::size_t n) noexcept { pos_ += n; }
  /// The next `n` bytes as one view. Over a feed n must be at most kWindow.
  std::span<const std::byte> take(std::size_t n) {
    need(n);
    const std::byte* at = pos_;
    pos_ += n;
    return {at, n};
  }
  /// Up to `n` (> 0) bytes as one view, at least one: for passing long arrays in pieces.
  std::span<const std::byte> take_some(std::uint64_t n) {
    need(1);
    const auto have = static_cast<std::uint64_t>(end_ - pos_);
    return take(static_cast<std::size_t>(n < have ? n : have));
  }
  /// Throws unless `n` more bytes can follow. A pipe of unknown length lets everything pass here;
  /// the read itself then fails.
  void expect_remaining(std::uint64_t n, const char* what) {
    if (n > remaining()) fail_remaining(n, what);
  }
  /// Whether the input, or the section entered, has ended.
  bool at_end();

  /// Restricts reading to the next `length` bytes until leave_section(). Sections don't nest.
  void enter_section(std::uint64_t length);
  /// Lifts the restriction. Requires a section.
  void leave_section() noexcept;

  /// From now on every byte passed goes to `tap` (null: none), at the latest before the window
  /// slides. Bytes before the current position are not shown.
  void set_tap(ByteTap* tap) noexcept {
    tap_ = tap;
    tapped_ = pos_;
  }
  /// Shows the tap what was passed so far, but for the last `keep` bytes, which must still be in
  /// the window.
  void flush_tap(std::size_t keep = 0) {
    if (tap_ == nullptr) return;
    const std::byte* upto = pos_ - keep;
    if (upto > tapped_) tap_->passed({tapped_, static_cast<std::size_t>(upto - tapped_)});
    tapped_ = upto;
  }
  /// What was passed and the tap has not seen, but for the last `keep` bytes, which must still be
  /// in the window. Requires a tap.
  std::span<const std::byte> untapped(std::size_t keep) const noexcept {
    return {tapped_, static_cast<std::size_t>(pos_ - tapped_) - keep};
  }
  /// Drops what the tap has not seen, but for the last `keep` bytes, which must still be in the
  /// window: the caller has written something else instead.
  void discard_untapped(std::size_t keep = 0) noexcept { tapped_ = pos_ - keep; }

 private:
  void need(std::size_t n) {
    if (static_cast<std::size_t>(end_ - pos_) < n) [[unlikely]] {
      refill(n);
    }
  }
  void refill(std::size_t n);
  // What lies in memory from `at` on has this offset.
  void place(const std::byte* at, std::uint64_t offset) noexcept {
    pos_ = tapped_ = at;
    shift_ = offset - reinterpret_cast<std::uintptr_t>(at);
  }
  void clip() noexcept;
  [[noreturn]] void fail_truncated(std::size_t n);
  [[noreturn]] void fail_remaining(std::uint64_t n, const char* what);

  const std::byte* pos_;     // next byte
  const std::byte* end_;     // end of what may be read without a refill
  const std::byte* filled_;  // end of what is in memory
  std::uint64_t shift_;      // from the address of a byte in memory to its offset, modulo 2^64
  std::uint64_t limit_;      // absolute end of input or section, kUnknown for a pipe
  std::uint64_t outer_limit_ = 0;
  bool in_section_ = false;
  ByteFeed* feed_ = nullptr;
  std::size_t window_size_ = 0;
  PageBuffer window_;
  ByteTap* tap_ = nullptr;
  const std::byte* tapped_ = nullptr;
};

}  // namespace stateferry
