#include "stateferry/memory/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {
constexpr std::size_t kFirstBlock = std::size_t{16} << 10;
constexpr std::size_t kLargestBlock = std::size_t{32} << 20;
// A tree of a million handles is many pages, each of which the kernel gives one by one; in large
// pages it is a few. Where it has none, nothing changes.
void prefer_large_pages(std::byte* memory, std::size_t size) noexcept {
  constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;
  const auto at = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t begin = (at + kLargePage - 1) / kLargePage * kLargePage;
  const std::uintptr_t end = (at + size) / kLargePage * kLargePage;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace

Arena::Arena(std::size_t max_bytes) : max_bytes_(max_bytes) {}
Arena::~Arena() = default;

Arena::Arena(Arena&& other) noexcept
    : blocks_(std::move(other.blocks_)),
      block_(std::exchange(other.block_, 0)),
      next_(std::exchange(other.next_, nullptr)),
      end_(std::exchange(other.end_, nullptr)),
      used_(std::exchange(other.used_, 0)),
      max_bytes_(other.max_bytes_) {
  other.blocks_.clear();
}

Arena& Arena::operator=(Arena&& other) noexcept {
  Arena moved(std::move(other));
  std::swap(blocks_, moved.blocks_);
  std::swap(block_, moved.block_);
  std::swap(next_, moved.next_);
  std::swap(end_, moved.end_);
  std::swap(used_, moved.used_);
  std::swap(max_bytes_, moved.max_bytes_);
  return *this;
}

std::size_t Arena::bytes_held() const noexcept {
  std::size_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.size;
  return bytes;
}

std::string_view Arena::intern(std::string_view text) {
  if (text.empty()) return {};
  auto* copy = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

std::string_view Arena::intern(std::string_view head, std::string_view tail) {
  const std::size_t size = head.size() + tail.size();
  if (size == 0) return {};
  auto* const copy = static_cast<char*>(allocate(size, 1));
  std::copy(head.begin(), head.end(), copy);
  std::copy(tail.begin(), tail.end(), copy + head.size());
  return {copy, size};
}

std::span<const std::byte> Arena::intern(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};
  auto* copy = static_cast<std::byte*>(allocate(bytes.size(), 1));
  std::memcpy(copy, bytes.data(), bytes.size());
  return {copy, bytes.size()};
}

void Arena::release(const Mark& mark) noexcept {
  used_ = mark.used;
  if (mark.next == nullptr) {
    // The mark is older than the first block.
    if (!blocks_.empty()) enter(0);
    return;
  }
  block_ = mark.block;
  next_ = mark.next;
  end_ = blocks_[block_].memory.get() + blocks_[block_].size;
}

void Arena::enter(std::size_t block) noexcept {
  block_ = block;
  next_ = blocks_[block].memory.get();
  end_ = next_ + blocks_[block].size;
}

void* Arena::allocate_slow(std::size_t bytes, std::size_t alignment) {
  if (bytes > max_bytes_ - std::min(used_, max_bytes_)) {
    throw LimitError("E-LIMIT-MEMORY", "the decoded snapshot needs more than " +
                                           std::to_string(max_bytes_) + " bytes of memory");
  }
  const std::size_t wanted = bytes + alignment;
  // After a release there may be later blocks to use again.
  const std::size_t first = next_ == nullptr ? 0 : block_ + 1;
  for (std::size_t i = first; i < blocks_.size(); ++i) {
    if (blocks_[i].size >= wanted) {
      enter(i);
      return allocate(bytes, alignment);
    }
  }
  // All too small; kept, they would add up where each use needs a little more than the one before.
  blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(first), blocks_.end());
  const std::size_t grown =
      blocks_.empty() ? kFirstBlock : std::min(blocks_.back().size * 2, kLargestBlock);
  const std::size_t size = std::max(grown, wanted);
  blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
  prefer_large_pages(blocks_.back().memory.get(), size);
  enter(blocks_.size() - 1);
  return allocate(bytes, alignment);
}

}  // namespace stateferry
