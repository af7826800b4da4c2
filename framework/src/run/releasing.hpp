// Keeps a run from holding its whole input beside the tree that it has made of it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"

namespace stateferry {

/// Lets go of the mapped input from time to time while a tree that views it is walked in file
/// order: so a run holds the tree and its new texts, and not the whole input beside them.
class Releaser {
 public:
  explicit Releaser(ByteSource& source) : source_(source) {}
  void passed(std::uint64_t bytes) noexcept {
    passed_ += bytes;
    if (passed_ < kEvery) return;
    passed_ = 0;
    source_.release();
  }

 private:
  static constexpr std::uint64_t kEvery = std::uint64_t{8} << 20;
  ByteSource& source_;
  std::uint64_t passed_ = 0;
};

/// Writes to `inner`, and lets go of the input as it goes on.
class ReleasingSink final : public ByteSink {
 public:
  ReleasingSink(ByteSink& inner, ByteSource& source) : inner_(inner), releaser_(source) {}
  void write(std::span<const std::byte> bytes) override {
    inner_.write(bytes);
    releaser_.passed(bytes.size());
  }
  void write_behind(std::span<const std::byte> bytes) override {
    inner_.write_behind(bytes);
    releaser_.passed(bytes.size());
  }
  void settle() noexcept override { inner_.settle(); }
  void restart() override { inner_.restart(); }
  void commit() override { inner_.commit(); }
  bool discards() const noexcept override { return inner_.discards(); }
  std::unique_ptr<ByteSource> written() override { return inner_.written(); }
  std::uint64_t digest() const override { return inner_.digest(); }
  std::string name() const override { return inner_.name(); }

 private:
  ByteSink& inner_;
  Releaser releaser_;
};

/// Reads from `inner`, and lets go of the input as it goes on.
class ReleasingFeed final : public ByteFeed {
 public:
  ReleasingFeed(std::unique_ptr<ByteFeed> inner, ByteSource& source)
      : inner_(std::move(inner)), releaser_(source) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t got = inner_->read(into);
    releaser_.passed(got);
    return got;
  }

 private:
  std::unique_ptr<ByteFeed> inner_;
  Releaser releaser_;
};

}  // namespace stateferry
