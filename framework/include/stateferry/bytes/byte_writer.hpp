// Big-endian writing through a fixed buffer into a ByteSink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/export.hpp"
#include "stateferry/io/byte_sink.hpp"

namespace stateferry {

/// Append-only writer. Constant memory: long byte arrays go to the sink without a copy. What was
/// written reaches the sink with flush() at the latest; the destructor doesn't flush, so that an
/// abandoned run writes nothing more. One thread at a time.
class STATEFERRY_API ByteWriter final : public ByteTap {
 public:
  static constexpr std::size_t kBuffer = std::size_t{256} << 10;

  /// `sink` outlives the writer. Every write may throw what the sink throws.
  explicit ByteWriter(ByteSink& sink);
  ~ByteWriter() override;

  void u8(std::uint8_t v) {
    room(1);
    buffer_[used_++] = static_cast<std::byte>(v);
  }
  void u16(std::uint16_t v) { put(__builtin_bswap16(v)); }
  void i32(std::int32_t v) { put(__builtin_bswap32(static_cast<std::uint32_t>(v))); }
  void i64(std::int64_t v) { put(__builtin_bswap64(static_cast<std::uint64_t>(v))); }
  void raw(std::span<const std::byte> bytes) {
    if (bytes.size() > kBuffer - used_) {
      raw_slow(bytes);
      return;
    }
    if (bytes.empty()) return;
    std::memcpy(buffer_.get() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void raw(std::string_view text) { raw(std::as_bytes(std::span(text.data(), text.size()))); }
  void passed(std::span<const std::byte> bytes) override { raw(bytes); }

  /// Hands everything to the sink.
  void flush();
  /// Bytes written so far.
  std::uint64_t offset() const noexcept { return flushed_ + used_; }

 private:
  template <class T>
  void put(T v) {
    room(sizeof v);
    std::memcpy(buffer_.get() + used_, &v, sizeof v);
    used_ += sizeof v;
  }
  void room(std::size_t n) {
    if (kBuffer - used_ < n) flush();
  }
  void raw_slow(std::span<const std::byte> bytes);

  ByteSink& sink_;
  std::unique_ptr<std::byte[]> buffer_;  // left uninitialised
  std::size_t used_ = 0;
  std::uint64_t flushed_ = 0;
};

}  // namespace stateferry
