// A bump allocator for the decoded model and for new text.
//
// Ownership: memory handed out lives until the arena dies or is rolled back to an earlier mark.
//   Nothing allocated here is ever destroyed, so only trivially destructible types are accepted.
// Threads: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "stateferry/export.hpp"

namespace stateferry {

/// Bump allocator; see the head of this file for lifetime and thread rules.
class STATEFERRY_API Arena {
 public:
  /// A place to roll back to. Valid for the arena that made it, until an older mark is released.
  struct Mark {
    std::size_t block;  ///< index of the block in use
    std::byte* next;    ///< first free byte in that block
    std::size_t used;   ///< bytes handed out when the mark was made
  };

  /// `max_bytes` bounds the sum of all allocations; exceeding it throws LimitError.
  explicit Arena(std::size_t max_bytes = std::numeric_limits<std::size_t>::max());
  ~Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `bytes` bytes aligned to `alignment` (a power of two, at most 16). Never null.
  /// Throws LimitError past the bound given at construction.
  void* allocate(std::size_t bytes, std::size_t alignment) {
    const auto at = (reinterpret_cast<std::uintptr_t>(next_) + alignment - 1) & ~(alignment - 1);
    const auto end = reinterpret_cast<std::uintptr_t>(end_);
    if (next_ == nullptr || at > end || end - at < bytes || used_ + bytes > max_bytes_) {
      return allocate_slow(bytes, alignment);
    }
    next_ = reinterpret_cast<std::byte*>(at) + bytes;
    used_ += bytes;
    return reinterpret_cast<void*>(at);
  }

  /// One value-initialised T. Throws LimitError past the bound.
  template <class T>
  T* make() {
    static_assert(std::is_trivially_destructible_v<T>, "an arena never runs destructors");
    return new (allocate(sizeof(T), alignof(T))) T{};
  }

  /// Copies `text` into the arena. The view is valid as long as the arena's memory is.
  std::string_view intern(std::string_view text);
  /// Copies both, `tail` behind `head`, as one text.
  std::string_view intern(std::string_view head, std::string_view tail);
  /// Copies `bytes` into the arena, aligned to 1.
  std::span<const std::byte> intern(std::span<const std::byte> bytes);

  /// Where the arena stands now.
  Mark mark() const noexcept { return {block_, next_, used_}; }
  /// Forgets all that was allocated since `mark`; blocks are kept for reuse, until one is wanted
  /// that is larger than each of them.
  void release(const Mark& mark) noexcept;

  /// Bytes handed out and not released, without block overhead.
  std::size_t bytes_used() const noexcept { return used_; }
  /// Bytes of all blocks: what the arena takes from the system.
  std::size_t bytes_held() const noexcept;

 private:
  struct Block {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  void* allocate_slow(std::size_t bytes, std::size_t alignment);
  void enter(std::size_t block) noexcept;

  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t used_ = 0;
  std::size_t max_bytes_;
};

}  // namespace stateferry
