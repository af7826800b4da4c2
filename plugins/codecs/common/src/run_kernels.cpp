#include "stateferry/codecs/run_kernels.hpp"

#include <cstring>

#include "stateferry/memory/page_buffer.hpp"
#include "stateferry/memory/vector16.hpp"
#include "stateferry/uri/plain_name.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace stateferry::codecs {
namespace {

// What the loops ask of a processor.
struct Portable {
  static bool same(const char* a, const char* b, std::size_t n) noexcept {
    return same_bytes(a, b, n);
  }
  static bool plain(std::string_view name) noexcept { return is_plain_name(name); }
  static std::byte* copy(std::byte* to, const void* from, std::size_t n) noexcept {
    return copy_short(to, from, n);
  }
};

template <class Processor>
[[gnu::always_inline]] inline std::size_t put(std::span<const CourseTaken> records,
                                              const char*& untapped, std::string_view head,
                                              std::size_t longest, std::byte*& to,
                                              const std::byte* full) {
  std::size_t done = 0;
  const char* from = untapped;
  std::byte* at = to;
  for (; done < records.size() && at < full; ++done) {
    const CourseTaken& record = records[done];
    const auto before = static_cast<std::size_t>(record.location - from);
    if (before > longest) break;
    at = Processor::copy(at, from, before);
    const auto size = static_cast<std::uint16_t>(head.size() + record.name_bytes);
    const std::uint16_t length = __builtin_bswap16(size);
    std::memcpy(at, &length, sizeof length);
    at = Processor::copy(at + sizeof length, head.data(), head.size());
    from = record.name;
  }
  untapped = from;
  to = at;
  return done;
}

std::size_t take_portable(const Course& course, const char* at, const char* end,
                          std::string_view directory, std::size_t most,
                          std::span<CourseTaken> records) {
  return course.taken_by<Portable>(at, end, directory, most, records);
}
std::size_t put_portable(std::span<const CourseTaken> records, const char*& untapped,
                         std::string_view head, std::size_t longest, std::byte*& to,
                         const std::byte* full) {
  return put<Portable>(records, untapped, head, longest, to, full);
}

constexpr RunKernels kPortable{take_portable, put_portable};

#ifdef __x86_64__

#define STATEFERRY_AVX2 [[gnu::target("avx2")]]

// Pieces of 32 bytes, the last of which may overlap the one before it; shorter texts go the
// portable way.
struct Avx2 {
  STATEFERRY_AVX2 static __m256i load(const void* from) noexcept {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  STATEFERRY_AVX2 static bool same(const char* a, const char* b, std::size_t n) noexcept {
    if (n < 32) return same_bytes(a, b, n);
    const std::ptrdiff_t other = b - a;
    const char* const last = a + n - 32;
    __m256i differs = _mm256_xor_si256(load(last), load(last + other));
    for (; a < last; a += 32) {
      differs = _mm256_or_si256(differs, _mm256_xor_si256(load(a), load(a + other)));
    }
    return _mm256_testz_si256(differs, differs) != 0;
  }
  STATEFERRY_AVX2 static __m256i suspects(const char* at) noexcept {
    const __m256i bytes = load(at);
    const __m256i slash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('/'));
    const __m256i backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
    return _mm256_or_si256(bytes, _mm256_or_si256(slash, backslash));
  }
  // As is_plain_name().
  STATEFERRY_AVX2 static bool plain(std::string_view name) noexcept {
    if (name.size() < 32) return is_plain_name(name);
    const char* at = name.data();
    if (*at == '.') return false;
    const char* const last = at + name.size() - 32;
    __m256i marks = suspects(last);
    for (; at < last; at += 32) marks = _mm256_or_si256(marks, suspects(at));
    return _mm256_movemask_epi8(marks) == 0;
  }
  STATEFERRY_AVX2 static std::byte* copy(std::byte* to, const void* from, std::size_t n) noexcept {
    if (n < 32) return copy_short(to, from, n);
    const auto* at = static_cast<const std::byte*>(from);
    std::byte* const last = to + n - 32;
    const __m256i end = load(at + n - 32);
    for (; to < last; to += 32, at += 32) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), load(at));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(last), end);
    return last + 32;
  }
};

STATEFERRY_AVX2 std::size_t take_avx2(const Course& course, const char* at, const char* end,
                                      std::string_view directory, std::size_t most,
                                      std::span<CourseTaken> records) {
  return course.taken_by<Avx2>(at, end, directory, most, records);
}
STATEFERRY_AVX2 std::size_t put_avx2(std::span<const CourseTaken> records, const char*& untapped,
                                     std::string_view head, std::size_t longest, std::byte*& to,
                                     const std::byte* full) {
  return put<Avx2>(records, untapped, head, longest, to, full);
}

constexpr RunKernels kAvx2{take_avx2, put_avx2};

#endif

}  // namespace

const RunKernels& portable_kernels() noexcept {
  return kPortable;
}

const RunKernels& best_kernels() noexcept {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return kAvx2;
#endif
  return kPortable;
}

}  // namespace stateferry::codecs
