// `inspect --html`: the same, and the files, of one snapshot or several as a page for browsers.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/inventory.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {

struct PageOptions {
  std::string file;               ///< --html; empty: no page
  bool force = false;             ///< --force
  std::vector<std::string> more;  ///< snapshots behind the first one
};

/// Declares --html, --force and further snapshots; returns --html. To be called when SNAPSHOT is
/// declared.
CLI::Option* add_page_options(CLI::App& app, PageOptions& options);

/// Throws Error (E-ARG-USAGE) for what only makes sense with --html, and for lists, if such are
/// asked for, beside it.
void check_page_usage(const PageOptions& options, bool lists);

/// Writes one snapshot's document of `inspect --json`.
using InventoryWriter = std::function<void(JsonText&, const Inventory&, const std::string& file)>;

/// Reads all of `snapshots` (arguments, at least one) and puts the page in place, whole or not at
/// all. `names` may be null. Throws Error.
ExitCode write_page(const PageOptions& options, const std::vector<std::string>& snapshots,
                    SnapshotRun& run, const OperatorNames* names,
                    const InventoryWriter& inventory_json);

}  // namespace stateferry::cli
