// A snapshot that is read part by part, in memory that doesn't grow with it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/parts.hpp"

namespace stateferry {

/// Owns the input. One thread at a time.
class STATEFERRY_API PartReader {
 public:
  /// Looks which format `source` has. `diagnostics` outlives the reader. Throws as identify().
  PartReader(std::unique_ptr<ByteSource> source, PluginRegistry& registry,
             DiagnosticSink& diagnostics);

  /// How the input is laid out.
  const Dialect& dialect() const noexcept { return format_.dialect; }
  ByteSource& input() noexcept { return *source_; }
  /// The input alone, when no more is to be read.
  std::unique_ptr<ByteSource> take_input() && noexcept { return std::move(source_); }

  /// Reads from start to end and shows all parts; as often as wanted. Throws what decode_document()
  /// throws, then after the parts in front of the damage were shown, and what the visitor throws.
  void read(PartVisitor& visitor);
  /// Reads all for its checks alone, and returns what kind of snapshot it says it is. Throws as
  /// read(), so that what is shown later is known to be whole.
  SnapshotKind check();

  /// The most bytes of memory that a pass has held for what it decoded.
  std::size_t bytes_held() const noexcept { return arena_.bytes_held(); }

 private:
  std::unique_ptr<ByteSource> source_;
  DiagnosticSink& diagnostics_;
  Identified format_;
  Arena arena_;
};

}  // namespace stateferry
