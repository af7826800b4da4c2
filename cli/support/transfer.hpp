// What the commands that touch stored files share: configuration, snapshots by URI, progress.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "commands/commands.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/transfer/copy_run.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// Options of all such commands.
struct StoreOptions {
  std::string config;             ///< --config; empty: the user's own
  unsigned jobs = 8;              ///< -j
  std::string progress = "auto";  ///< auto | none | json
  bool no_sync = false;
  std::string bwlimit;  ///< --bwlimit; empty: as many bytes as come
};
/// Declares --config; with `copying` also -j, --progress, --no-sync and --bwlimit.
void add_store_options(CLI::App& app, StoreOptions& options, bool copying);

/// An argument that names a file or directory, as an absolute URI in Flink's form. Throws Error.
std::string uri_of_argument(const std::string& argument);

/// The URI of the `_metadata` that an argument means: a directory means the one in it. In a store
/// all is a directory whose last name doesn't begin with `_metadata`.
std::string pointer_uri(const std::string& argument);

/// Opens what an argument means, for reading: stdin for `-`, a local file, or a file of any
/// storage, which is fetched. Storages are only opened for the last.
std::unique_ptr<ByteSource> open_anywhere(const std::string& argument, Stores& stores);
/// The directory of the `_metadata` that an argument means, in Flink's form; empty for `-`.
std::string directory_anywhere(const std::string& argument);

/// Reads the snapshot that an argument means. `base_uri`: --base-uri, may be empty.
Snapshot load_snapshot(const std::string& argument, const std::string& base_uri, Stores& stores,
                       PluginRegistry& registry, DiagnosticSink& sink);
/// The same for what it refers to alone.
SnapshotReferences load_references(const std::string& argument, const std::string& base_uri,
                                   Stores& stores, PluginRegistry& registry, DiagnosticSink& sink);

/// The stores of a run, by the user's configuration; says when they don't answer. `registry`
/// outlives it.
Stores open_stores(const StoreOptions& options, PluginRegistry& registry);

/// Declares --as.
void add_as_option(CLI::App& app, std::string& name);
/// Declares --scheme.
void add_scheme_option(CLI::App& app, std::string& scheme);
/// Declares --default-scheme, for commands that open what handles name or tell where it lies.
void add_default_scheme_option(CLI::App& app, std::string& value);
/// What --default-scheme says, as with_default_file_system() takes it; local files where it says
/// nothing. Throws Error.
std::string default_file_system(const std::string& value);

/// What to say of schemes_kept(), a line behind `head`; empty when there are none.
std::string schemes_text(const std::vector<std::string>& kept, const MovePlan& plan,
                         const std::string& head);

/// FROM=TO of --map, both made absolute. Throws Error.
std::vector<Relocation> parse_maps(const std::vector<std::string>& maps);

/// How a copy is to be done, by its options.
CopyOptions copy_options(const StoreOptions& options);

/// The deepest directory that all sources (or targets) lie in, where that is a local one; else
/// empty. Links above it are followed, and none below.
std::string local_root(const std::vector<PlanRow>& rows, std::string PlanRow::*member);

/// Shows a copy's progress on stderr: a line on a terminal, JSON lines for machines.
class ProgressDisplay final : public TransferObserver {
 public:
  ProgressDisplay(const StoreOptions& options, const GlobalOptions& global);
  ~ProgressDisplay() override;
  void copying(const CopyProgress& progress) override;
  void copied() noexcept override;

 private:
  struct State;
  bool json_;
  bool line_;
  std::unique_ptr<State> state_;
};

/// Has SIGINT, SIGTERM and SIGHUP say that the run is stopped, and how many files are copied,
/// before what they did until now, and end the process where that didn't: the first one of a
/// container. Call once, after remove_temporaries_on_signal().
void tell_how_far_on_signal();

/// The counts of a copy as members of a JSON object.
void write_copy_members(JsonText& json, const CopyReport& report);
/// Where files lie, or are taken from, as the member `roots` of a JSON object.
void write_roots(JsonText& json, const std::vector<SourceRoot>& roots);
/// `30 copied (1.2 MiB), 6 were there already`.
std::string copy_text(const CopyReport& report);

}  // namespace stateferry::cli
