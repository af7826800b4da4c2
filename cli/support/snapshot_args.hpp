// What all commands have in common that open a snapshot in any store.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "stateferry/host/part_reader.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/stores.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {

/// Their options: one for all of them is added here, and nowhere else.
struct SnapshotArgs {
  std::string snapshot;        ///< a path, a URI, or `-` where the command reads a stream
  std::string base_uri;        ///< --base-uri, as the user writes it
  std::string default_scheme;  ///< --default-scheme, as the user writes it
  StoreOptions stores;
};

/// Declares SNAPSHOT, described by `what`.
void add_snapshot_argument(CLI::App& app, SnapshotArgs& args,
                           const char* what = "_metadata file or its directory, a path or URI");
/// Declares --base-uri and --default-scheme.
void add_place_options(CLI::App& app, SnapshotArgs& args);

/// What a command works with.
class SnapshotRun {
 public:
  /// Reads the configuration; nothing else is opened. `args` and `context` outlive it. Throws
  /// Error.
  SnapshotRun(const SnapshotArgs& args, const Context& context);

  /// Reads and decodes the snapshot, with all that it needs. Throws Error.
  Snapshot load();
  /// Reads what it needs alone. Throws Error.
  SnapshotReferences references();
  /// Opens it alone, to be read part by part; also from stdin. Throws Error.
  PartReader parts();
  /// The directory that it lies in, or should lie in; empty when nobody knows.
  std::string base() const;
  const SnapshotArgs& args() const noexcept { return args_; }

  PluginRegistry registry;
  ConsoleSink problems;
  Stores stores;

 private:
  const SnapshotArgs& args_;
};

}  // namespace stateferry::cli
