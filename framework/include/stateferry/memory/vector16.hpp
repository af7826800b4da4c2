// Sixteen bytes at a time, through the vector extension that GCC and Clang share: one instruction
// each where the machine has them, plain code elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stateferry {

using Vector16 = unsigned char __attribute__((vector_size(16)));
using SignedVector16 = char __attribute__((vector_size(16)));

inline Vector16 load16(const void* from) noexcept {
  Vector16 v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline void store16(void* to, Vector16 v) noexcept {
  std::memcpy(to, &v, sizeof v);
}

/// 0xFF in each byte that equals `c`, else 0.
inline Vector16 equal16(Vector16 v, char c) noexcept {
  return reinterpret_cast<Vector16>(v == static_cast<unsigned char>(c));
}

/// Whether any bit is set.
inline bool any16(Vector16 v) noexcept {
  std::uint64_t halves[2];
  std::memcpy(halves, &v, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

/// Whether the high bit of any byte is set.
inline bool any_high16(Vector16 v) noexcept {
#ifdef __SSE2__
  return __builtin_ia32_pmovmskb128(reinterpret_cast<SignedVector16>(v)) != 0;
#else
  return any16(v & 0x80);
#endif
}

/// The union of `of(at)` over all pieces of 16 bytes that `n` (>= 16) bytes have; the last one may
/// overlap the one before it.
template <class Of>
inline Vector16 union16(const char* at, std::size_t n, Of&& of) noexcept {
  const char* const last = at + n - 16;
  Vector16 all = of(last);
  // Two by two: half of the cost of a step is the loop.
  for (; last - at > 16; at += 32) all |= of(at) | of(at + 16);
  if (at < last) all |= of(at);
  return all;
}

/// Whether the first `n` bytes are the same: memcmp for short texts, without a call.
inline bool same_bytes(const char* a, const char* b, std::size_t n) noexcept {
  if (n < 16) return std::memcmp(a, b, n) == 0;
  const std::ptrdiff_t other = b - a;
  return !any16(union16(a, n, [&](const char* at) { return load16(at) ^ load16(at + other); }));
}

}  // namespace stateferry
