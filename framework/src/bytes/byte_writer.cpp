#include "stateferry/bytes/byte_writer.hpp"

#include <algorithm>

namespace stateferry {

ByteWriter::ByteWriter(ByteSink& sink) : sink_(sink), buffer_(allocate_pages(kBuffer + kSlack)) {}
ByteWriter::~ByteWriter() {
  // A run that ends early may still have a buffer on its way.
  if (other_) sink_.settle();
}

void ByteWriter::flush() {
  if (used_ == 0) return;
  sink_.write({buffer_.get(), used_});
  flushed_ += used_;
  used_ = 0;
}

void ByteWriter::pass_on() {
  if (!other_) other_ = allocate_pages(kBuffer + kSlack);
  sink_.write_behind({buffer_.get(), kBuffer});
  flushed_ += kBuffer;
  used_ -= kBuffer;
  // The other buffer's bytes are written: the sink has waited for them.
  std::memcpy(other_.get(), buffer_.get() + kBuffer, used_);
  buffer_.swap(other_);
}

void ByteWriter::raw_long(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), kBuffer - used_);
    copy_in_pieces(buffer_.get() + used_, bytes.data(), n);
    used_ += n;
    bytes = bytes.subspan(n);
    spill();
  }
}

}  // namespace stateferry
