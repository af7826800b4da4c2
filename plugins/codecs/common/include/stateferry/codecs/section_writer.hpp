// Writes values as they lie in a body, or only counts their bytes: the length of a section stands
// in front of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"

namespace stateferry::codecs {

/// See the head of this file. Borrows the writer; one thread.
class SectionWriter {
 public:
  explicit SectionWriter(ByteWriter& out) : out_(out) {}

  void u8(std::uint8_t value) {
    if (!count(1)) out_.u8(value);
  }
  void i32(std::int32_t value) {
    if (!count(4)) out_.i32(value);
  }
  void i64(std::int64_t value) {
    if (!count(8)) out_.i64(value);
  }
  void raw(Bytes bytes) {
    if (!count(bytes.size())) out_.raw(bytes);
  }
  /// As Java's writeUTF; at most 65535 bytes.
  void text(std::string_view value) {
    if (count(2 + value.size())) return;
    out_.u16(static_cast<std::uint16_t>(value.size()));
    out_.raw(value);
  }

  /// Whether it counts now, since a section around this one is being measured.
  bool counts() const noexcept { return counting_; }
  /// The bytes that body() would write. Leaves what was counted before as it was.
  template <class F>
  std::uint64_t length_of(F&& body) {
    const bool outer = counting_;
    const std::uint64_t before = counted_;
    counting_ = true;
    body();
    counting_ = outer;
    const std::uint64_t length = counted_ - before;
    counted_ = before;
    return length;
  }
  /// Counts a section of this length, with the length in front.
  void count_section(std::uint64_t length) noexcept { counted_ += 4 + length; }

 private:
  // Whether that was all that there is to do.
  bool count(std::uint64_t bytes) noexcept {
    if (counting_) counted_ += bytes;
    return counting_;
  }

  ByteWriter& out_;
  bool counting_ = false;
  std::uint64_t counted_ = 0;
};

}  // namespace stateferry::codecs
