#include "stateferry/model/operator_id.hpp"

#include <bit>
#include <cstdint>
#include <span>

#include "stateferry/bytes/digits.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kBlock = 16;

/// Value of a hex digit, or 16 for any other character.
unsigned hex_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
  return 16;
}

/// Up to eight bytes, the first one lowest, whatever the machine's byte order.
std::uint64_t load_little_endian(std::string_view bytes) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

void store_little_endian(std::uint64_t word, std::span<std::byte, 8> out) noexcept {
  for (std::byte& byte : out) {
    byte = static_cast<std::byte>(word & 0xFFU);
    word >>= 8;
  }
}

/// MurmurHash3_x64_128 with seed 0; names as in the published algorithm.
class Murmur3 {
 public:
  void add_block(std::string_view block) noexcept {
    h1_ ^= mix1(load_little_endian(block.substr(0, 8)));
    h1_ = (std::rotl(h1_, 27) + h2_) * 5 + 0x52dce729U;
    h2_ ^= mix2(load_little_endian(block.substr(8, 8)));
    h2_ = (std::rotl(h2_, 31) + h1_) * 5 + 0x38495ab5U;
  }

  /// What is left behind the last whole block. Missing bytes count as zero, and the mix of zero is
  /// zero, so an absent half changes nothing.
  void add_tail(std::string_view tail) noexcept {
    h1_ ^= mix1(load_little_endian(tail.substr(0, 8)));
    if (tail.size() > 8) h2_ ^= mix2(load_little_endian(tail.substr(8)));
  }

  OperatorId finish(std::uint64_t length) noexcept {
    h1_ ^= length;
    h2_ ^= length;
    h1_ += h2_;
    h2_ += h1_;
    h1_ = avalanche(h1_);
    h2_ = avalanche(h2_);
    h1_ += h2_;
    h2_ += h1_;
    OperatorId id;
    const std::span<std::byte, kBlock> out(id.bytes);
    store_little_endian(h1_, out.first<8>());
    store_little_endian(h2_, out.last<8>());
    return id;
  }

 private:
  static constexpr std::uint64_t kC1 = 0x87c37b91114253d5U;
  static constexpr std::uint64_t kC2 = 0x4cf5ad432745937fU;

  static std::uint64_t mix1(std::uint64_t k) noexcept { return std::rotl(k * kC1, 31) * kC2; }
  static std::uint64_t mix2(std::uint64_t k) noexcept { return std::rotl(k * kC2, 33) * kC1; }

  static std::uint64_t avalanche(std::uint64_t k) noexcept {
    k = (k ^ k >> 33) * 0xff51afd7ed558ccdU;
    k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53U;
    return k ^ k >> 33;
  }

  std::uint64_t h1_ = 0;
  std::uint64_t h2_ = 0;
};

}  // namespace

std::string to_hex(const OperatorId& id) {
  return hex_of(id.bytes);
}

std::optional<OperatorId> operator_id_from_hex(std::string_view hex) noexcept {
  OperatorId id;
  if (hex.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const unsigned high = hex_value(hex[2 * i]);
    const unsigned low = hex_value(hex[2 * i + 1]);
    if (high > 15 || low > 15) return std::nullopt;
    id.bytes[i] = static_cast<std::byte>(high << 4 | low);
  }
  return id;
}

OperatorId operator_id_of_uid(std::string_view uid) noexcept {
  Murmur3 hash;
  const std::size_t length = uid.size();
  for (; uid.size() >= kBlock; uid.remove_prefix(kBlock)) hash.add_block(uid.substr(0, kBlock));
  hash.add_tail(uid);
  return hash.finish(length);
}

}  // namespace stateferry
