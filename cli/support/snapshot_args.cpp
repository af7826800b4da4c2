#include "support/snapshot_args.hpp"

#include "stateferry/host/pipeline.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/job_directories.hpp"
#include "support/rule_loading.hpp"

namespace stateferry::cli {

void add_latest_option(CLI::App& app, SnapshotArgs& args) {
  add_latest_option(app, args.latest);
}

CLI::Option* add_snapshot_argument(CLI::App& app, SnapshotArgs& args, const char* what) {
  add_latest_option(app, args);
  return app.add_option("SNAPSHOT", args.snapshot, what)->required()->type_name("");
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

std::string SnapshotRun::chosen(const std::string& argument) {
  return args_.latest ? latest_in(argument, stores, registry, problems) : argument;
}

const std::string& SnapshotRun::snapshot() {
  if (!snapshot_) snapshot_ = chosen(args_.snapshot);
  return *snapshot_;
}

template <class F>
auto SnapshotRun::opened(const std::string& argument, F&& open) {
  try {
    return open();
  } catch (const Error& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
    throw_with_snapshots(argument, stores, registry, problems);
  }
}

Snapshot SnapshotRun::load(const std::string& argument) {
  return opened(argument, [&] {
    return load_snapshot(argument, args_.base_uri, stores, registry, problems);
  });
}

SnapshotReferences SnapshotRun::references(const std::string& argument) {
  return opened(argument, [&] {
    return load_references(argument, args_.base_uri, stores, registry, problems);
  });
}

PartReader SnapshotRun::parts(const std::string& argument) {
  return opened(argument,
                [&] { return PartReader(open_anywhere(argument, stores), registry, problems); });
}

std::string SnapshotRun::base() {
  if (!args_.base_uri.empty()) {
    return normalize_flink_path(args_.base_uri).value_or(args_.base_uri);
  }
  return directory_anywhere(snapshot());
}

}  // namespace stateferry::cli
