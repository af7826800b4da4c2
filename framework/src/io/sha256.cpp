#include "stateferry/io/sha256.hpp"

#include <sha2.h>

#include <array>
#include <cstdint>
#include <vector>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/io/byte_source.hpp"

namespace stateferry {

struct Sha256::State {
  SHA2_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  SHA256Init(&state_->context);
}
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  SHA256Update(&state_->context, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string Sha256::hex() {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256Final(digest.data(), &state_->context);
  return hex_of(std::as_bytes(std::span(digest)));
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

std::string sha256_hex(std::string_view text) {
  return sha256_hex(std::as_bytes(std::span(text.data(), text.size())));
}

std::string sha256_hex(ByteSource& source) {
  Sha256 digest;
  const auto feed = source.open();
  std::vector<std::byte> buffer(std::size_t{64} << 10);
  while (const std::size_t got = feed->read(buffer)) digest.update(std::span(buffer).first(got));
  return digest.hex();
}

}  // namespace stateferry
