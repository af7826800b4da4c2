// What all commands have in common that open a snapshot in any store.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
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
  bool latest = false;         ///< --latest
  StoreOptions stores;
};

/// Declares --latest alone, for commands with other arguments that are snapshots.
void add_latest_option(CLI::App& app, SnapshotArgs& args);
/// Declares SNAPSHOT, described by `what`, which must be given, and --latest.
CLI::Option* add_snapshot_argument(
    CLI::App& app, SnapshotArgs& args,
    const char* what = "_metadata file or its directory, a path or URI");
/// Declares --base-uri and --default-scheme.
void add_place_options(CLI::App& app, SnapshotArgs& args);

/// What a command works with.
class SnapshotRun {
 public:
  /// Reads the configuration; nothing else is opened. `args` and `context` outlive it. Throws
  /// Error.
  SnapshotRun(const SnapshotArgs& args, const Context& context);

  /// What SNAPSHOT names: with --latest a snapshot in the directory. Throws Error.
  const std::string& snapshot();
  /// The same of another argument.
  std::string chosen(const std::string& argument);
  /// Reads and decodes a snapshot, with all that it needs. Throws Error; of a job's directory with
  /// what is in it.
  Snapshot load(const std::string& argument);
  Snapshot load() { return load(snapshot()); }
  /// Reads what it needs alone. Throws as load().
  SnapshotReferences references(const std::string& argument);
  SnapshotReferences references() { return references(snapshot()); }
  /// Opens it alone, to be read part by part; also from stdin. Throws as load().
  PartReader parts(const std::string& argument);
  PartReader parts() { return parts(snapshot()); }
  /// The directory that it lies in, or should lie in; empty when nobody knows.
  std::string base();
  const SnapshotArgs& args() const noexcept { return args_; }

  PluginRegistry registry;
  ConsoleSink problems;
  Stores stores;

 private:
  template <class F>
  auto opened(const std::string& argument, F&& open);

  const SnapshotArgs& args_;
  std::optional<std::string> snapshot_;
};

}  // namespace stateferry::cli
