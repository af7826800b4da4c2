// A sink that keeps the SHA-256 of what it is given, and nothing else.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/sha256.hpp"

namespace stateferry {

/// See the head of this file.
class DigestSink final : public ByteSink {
 public:
  void write(std::span<const std::byte> bytes) override { sha256_.update(bytes); }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return "(digest)"; }
  std::string hex() { return sha256_.hex(); }

 private:
  Sha256 sha256_;
};

}  // namespace stateferry
