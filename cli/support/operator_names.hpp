// The option --uids: a file that names the operators of snapshots which store hashes only.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "stateferry/model/operator_ref.hpp"

namespace stateferry::cli {

/// Declares `--uids`.
void add_uids_option(CLI::App& app, std::string& file);
/// Declares `--uids-from-source`.
void add_uids_from_source_option(CLI::App& app, std::string& directory);

/// What a file of --uids holds.
struct LoadedNames {
  std::shared_ptr<const OperatorNames> names;  ///< null: no file was given
  std::string sha256;                          ///< of the file, hex; empty likewise
};
/// Reads such a file, if `file` is not empty. All problems are said but the last,
/// which is thrown.
LoadedNames load_operator_names(const std::string& file);
/// The same of --uids and of --uids-from-source, each of which may be empty; null: both are.
std::shared_ptr<const OperatorNames> load_operator_names(const std::string& file,
                                                         const std::string& source_directory);

}  // namespace stateferry::cli
