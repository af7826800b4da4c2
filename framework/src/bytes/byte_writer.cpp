#include "stateferry/bytes/byte_writer.hpp"

#include <algorithm>

namespace stateferry {

ByteWriter::ByteWriter(ByteSink& sink) : sink_(sink), buffer_(allocate_pages(kBuffer + kSlack)) {}
ByteWriter::~ByteWriter() = default;

void ByteWriter::flush() {
  if (used_ > 0) pass_on(used_);
}

void ByteWriter::pass_on(std::size_t n) {
  sink_.write({buffer_.get(), n});
  flushed_ += n;
  used_ -= n;
  std::memmove(buffer_.get(), buffer_.get() + n, used_);
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
