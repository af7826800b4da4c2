// SHA-256, for dumps and run records.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

class ByteSource;

/// A digest in the making. One thread at a time.
class STATEFERRY_API Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(std::span<const std::byte> bytes);
  /// 64 lower-case hex digits over all bytes so far. Call once, after the last update.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 64 lower-case hex digits over `bytes`.
STATEFERRY_API std::string sha256_hex(std::span<const std::byte> bytes);
STATEFERRY_API std::string sha256_hex(std::string_view text);
/// The same over a source, read in pieces. Throws IoError.
STATEFERRY_API std::string sha256_hex(ByteSource& source);

}  // namespace stateferry
