// A decoded snapshot with everything that it needs to stay valid.
#pragma once

#include <memory>
#include <utility>

#include "stateferry/io/byte_source.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/release.hpp"

namespace stateferry {

/// The only owner of a decoded tree: input, arena and root. Move-only; everything that the
/// accessors return lives as long as the document, so taking it from a temporary does not compile.
/// One thread at a time.
class Document {
 public:
  Document(std::unique_ptr<ByteSource> input, Arena arena, CheckpointMetadata root, Dialect dialect)
      : input_(std::move(input)), arena_(std::move(arena)), root_(root), dialect_(dialect) {}
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;

  CheckpointMetadata& root() & noexcept { return root_; }
  const CheckpointMetadata& root() const& noexcept { return root_; }
  CheckpointMetadata& root() && = delete;
  Arena& arena() & noexcept { return arena_; }
  Arena& arena() && = delete;
  ByteSource& input() & noexcept { return *input_; }
  ByteSource& input() && = delete;
  /// How the input was laid out.
  const Dialect& source_dialect() const noexcept { return dialect_; }

 private:
  std::unique_ptr<ByteSource> input_;
  Arena arena_;
  CheckpointMetadata root_;
  Dialect dialect_;
};

}  // namespace stateferry
