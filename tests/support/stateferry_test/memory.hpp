// How much memory a test's code holds, for what must not grow with the input.
#pragma once

#include <malloc.h>

#include <cstddef>

#ifdef __SANITIZE_ADDRESS__
// From sanitizer/allocator_interface.h, which comes with the library, but not with every package of
// the compiler.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace stateferry::test {

/// Bytes that are allocated now, in the whole process. Not what is resident: a sanitizer keeps
/// freed memory for a while.
inline std::size_t allocated_bytes() {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
#endif
}

}  // namespace stateferry::test
