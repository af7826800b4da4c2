#include "stateferry/bytes/byte_reader.hpp"

#include <algorithm>

namespace stateferry {

ByteFeed::~ByteFeed() = default;
ByteTap::~ByteTap() = default;

ByteReader::ByteReader(std::span<const std::byte> whole) noexcept
    : pos_(whole.data()),
      end_(pos_ + whole.size()),
      filled_(end_),
      shift_(0 - reinterpret_cast<std::uintptr_t>(pos_)),
      limit_(whole.size()) {}

ByteReader::ByteReader(ByteFeed& feed, std::optional<std::uint64_t> total)
    : limit_(total.value_or(kUnknown)),
      feed_(&feed),
      // A short input needs no more than itself, and one byte to see that it ends.
      window_size_(static_cast<std::size_t>(std::min<std::uint64_t>(limit_, kWindow - 1) + 1)),
      window_(allocate_pages(window_size_ + kPage)) {
  end_ = filled_ = window_.get();
  place(end_, 0);
}

bool ByteReader::at_end() {
  if (pos_ < end_) return false;
  if (remaining() == 0) return true;
  if (feed_ == nullptr) return true;
  // A pipe says that it has ended only when it is read.
  if (in_section_) return false;
  flush_tap();
  const std::size_t got = feed_->read({window_.get(), window_size_});
  place(window_.get(), offset());
  filled_ = pos_ + got;
  clip();
  return got == 0;
}

void ByteReader::refill(std::size_t n) {
  if (feed_ == nullptr || n > window_size_ || n > remaining()) fail_truncated(n);
  flush_tap();
  const std::uint64_t here = offset();
  const auto kept = static_cast<std::size_t>(filled_ - pos_);
  // What is kept ends where a page begins, so that the feed fills whole pages.
  std::byte* const begin = window_.get() + (kPage - kept % kPage) % kPage;
  std::memmove(begin, pos_, kept);
  place(begin, here);
  std::size_t have = kept;
  while (have < n) {
    const std::size_t room = window_size_ - have;
    const std::size_t got = feed_->read({begin + have, room < kPage ? room : room / kPage * kPage});
    if (got == 0) {
      filled_ = begin + have;
      limit_ = here + have;
      clip();
      fail_truncated(n);
    }
    have += got;
  }
  filled_ = begin + have;
  clip();
}

void ByteReader::clip() noexcept {
  end_ = filled_;
  const std::uint64_t left = remaining();
  if (left < static_cast<std::uint64_t>(filled_ - pos_)) {
    end_ = pos_ + static_cast<std::ptrdiff_t>(left);
  }
}

void ByteReader::enter_section(std::uint64_t length) {
  outer_limit_ = limit_;
  limit_ = offset() + length;
  in_section_ = true;
  clip();
}

void ByteReader::leave_section() noexcept {
  limit_ = outer_limit_;
  in_section_ = false;
  clip();
}

void ByteReader::fail_truncated(std::size_t n) {
  // Not only what is in the window.
  const std::uint64_t have = remaining();
  if (in_section_) {
    throw FormatError("E-FORMAT-LENGTH",
                      "a record says it is shorter than its content: " + std::to_string(n) +
                          " more bytes needed, " + std::to_string(have) + " left in it",
                      offset(), "the file is damaged; take another copy of it");
  }
  throw FormatError("E-FORMAT-TRUNCATED",
                    "the file ends in the middle of a record: " + std::to_string(n) +
                        " more bytes needed, " + std::to_string(have) + " left",
                    offset(),
                    "the copy of this file is incomplete; fetch it again from the source");
}

void ByteReader::fail_remaining(std::uint64_t n, const char* what) {
  throw FormatError("E-FORMAT-LENGTH",
                    std::string(what) + " would need " + std::to_string(n) +
                        " bytes or more, but only " + std::to_string(remaining()) + " are left",
                    offset(), "the file is damaged or cut; take another copy of it");
}

}  // namespace stateferry
