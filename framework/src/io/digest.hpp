// A running XXH3 (64 bits), to tell whether bytes came back as they were written.
#pragma once

#include <xxhash.h>
#if defined(__x86_64__)
// The widest instructions that the machine has, chosen when the program runs.
#include <xxh_x86dispatch.h>
#endif

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

namespace stateferry {

/// One digest in the making. One thread at a time.
class Digest {
 public:
  Digest() : state_(XXH3_createState()) {
    if (state_ == nullptr) throw std::bad_alloc();
    restart();
  }
  ~Digest() { XXH3_freeState(state_); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  /// Forgets all bytes.
  void restart() noexcept { XXH3_64bits_reset(state_); }
  void update(std::span<const std::byte> bytes) noexcept {
    XXH3_64bits_update(state_, bytes.data(), bytes.size());
  }
  /// Of all bytes so far.
  std::uint64_t value() const noexcept { return XXH3_64bits_digest(state_); }

 private:
  XXH3_state_t* state_;
};

}  // namespace stateferry
