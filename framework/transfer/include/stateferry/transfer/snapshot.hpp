// A snapshot, read from any store.
#pragma once

#include <memory>
#include <string>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/model/document.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// A decoded snapshot and where it lies.
struct Snapshot {
  std::string pointer;  ///< URI of the file that was read
  std::string base;     ///< directory where it belongs
  Document document;
  References references;
};

/// A snapshot whose references alone are kept.
struct SnapshotReferences {
  std::string pointer;                ///< URI of the file that was read
  std::string base;                   ///< directory where it belongs
  std::unique_ptr<ByteSource> input;  ///< its bytes, to be read again
  References references;
};

/// The bytes of the snapshot file at the URI `pointer`. A remote file is fetched whole only when
/// its first bytes are those of a snapshot; else an Error says what it looks like.
std::unique_ptr<ByteSource> open_metadata(const std::string& pointer, Stores& stores);

/// Reads the snapshot file at the URI `pointer`. `base` is the directory where it belongs; empty:
/// the one that it lies in. Throws Error: it can't be read, or is no snapshot.
Snapshot read_snapshot(std::string pointer, std::string base, Stores& stores,
                       PluginRegistry& registry, DiagnosticSink& sink);
/// The same without a tree: in memory for the files, not for the handles.
SnapshotReferences read_references(std::string pointer, std::string base, Stores& stores,
                                   PluginRegistry& registry, DiagnosticSink& sink);

}  // namespace stateferry
