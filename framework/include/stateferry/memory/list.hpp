// A growable array in an arena: pointer, size, capacity.
//
// Trivially copyable and trivially destructible: a copy is shallow, like a span, and shares its
// elements. The arena owns the memory; a list is valid as long as the arena's memory is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "stateferry/memory/arena.hpp"

namespace stateferry {

/// Growable array whose memory belongs to an Arena. Holds at most 2^32-1 elements; the wire format
/// counts with 31 bits.
template <class T>
class List {
 public:
  using value_type = T;

  std::uint32_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T* begin() noexcept { return data_; }
  T* end() noexcept { return data_ + size_; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }
  /// Requires i < size().
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  T& back() noexcept { return data_[size_ - 1]; }
  const T& back() const noexcept { return data_[size_ - 1]; }

  /// Makes room for `capacity` elements in all. Throws LimitError when the arena is full.
  void reserve(Arena& arena, std::uint32_t capacity) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
    if (capacity <= capacity_) return;
    auto* moved = static_cast<T*>(arena.allocate(capacity * sizeof(T), alignof(T)));
    std::uninitialized_copy(begin(), end(), moved);
    data_ = moved;
    capacity_ = capacity;
  }
  /// Appends a value-initialised element; the reference is valid until the next append.
  T& emplace_back(Arena& arena) {
    if (size_ == capacity_) reserve(arena, std::max<std::uint32_t>(4, capacity_ * 2));
    return *new (data_ + size_++) T{};
  }
  /// Appends a copy of `value`.
  void push_back(Arena& arena, const T& value) { emplace_back(arena) = value; }
  /// Forgets the elements from `size` on. Requires size <= size().
  void truncate(std::uint32_t size) noexcept { size_ = size; }

 private:
  T* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace stateferry
