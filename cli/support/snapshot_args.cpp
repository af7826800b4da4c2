#include "support/snapshot_args.hpp"

#include "stateferry/host/pipeline.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/rule_loading.hpp"

namespace stateferry::cli {

void add_snapshot_argument(CLI::App& app, SnapshotArgs& args, const char* what) {
  app.add_option("SNAPSHOT", args.snapshot, what)->required()->type_name("");
}

void add_place_options(CLI::App& app, SnapshotArgs& args) {
  app.add_option("--base-uri", args.base_uri, "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  add_default_scheme_option(app, args.default_scheme);
}

SnapshotRun::SnapshotRun(const SnapshotArgs& args, const Context& context)
    : registry(open_registry(context)), stores(open_stores(args.stores, registry)), args_(args) {
  stores.set_default_file_system(default_file_system(args.default_scheme));
}

Snapshot SnapshotRun::load() {
  return load_snapshot(args_.snapshot, args_.base_uri, stores, registry, problems);
}

SnapshotReferences SnapshotRun::references() {
  return load_references(args_.snapshot, args_.base_uri, stores, registry, problems);
}

PartReader SnapshotRun::parts() {
  return {open_anywhere(args_.snapshot, stores), registry, problems};
}

std::string SnapshotRun::base() const {
  if (!args_.base_uri.empty()) {
    return normalize_flink_path(args_.base_uri).value_or(args_.base_uri);
  }
  return directory_anywhere(args_.snapshot);
}

}  // namespace stateferry::cli
