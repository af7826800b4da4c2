#include "stateferry/bytes/byte_writer.hpp"

namespace stateferry {

ByteWriter::ByteWriter(ByteSink& sink)
    : sink_(sink), buffer_(std::make_unique_for_overwrite<std::byte[]>(kBuffer)) {}
ByteWriter::~ByteWriter() = default;

void ByteWriter::flush() {
  if (used_ == 0) return;
  sink_.write({buffer_.get(), used_});
  flushed_ += used_;
  used_ = 0;
}

void ByteWriter::raw_slow(std::span<const std::byte> bytes) {
  // Fill the buffer first, so that the sink sees large, even pieces.
  const std::size_t head = kBuffer - used_;
  std::memcpy(buffer_.get() + used_, bytes.data(), head);
  used_ = kBuffer;
  flush();
  bytes = bytes.subspan(head);
  if (bytes.size() >= kBuffer) {
    sink_.write(bytes);
    flushed_ += bytes.size();
    return;
  }
  raw(bytes);
}

}  // namespace stateferry
