// Which engine copies the files of a move, as the command line says it.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "stateferry/transfer/engine.hpp"

namespace stateferry::cli {

/// `--engine`, `--engine-list`, `--engine-option`.
struct EngineArgs {
  std::string name = "auto";
  std::string list;
  std::vector<std::string> options;
};

void add_engine_options(CLI::App& app, EngineArgs& args);

/// The engine, or null where the storage itself copies. Throws Error (E-ARG-USAGE), also where it
/// is no engine of this program and `not_with` names an option that needs one.
std::unique_ptr<Engine> open_engine(const EngineArgs& args, Stores& stores,
                                    const std::string& not_with);

}  // namespace stateferry::cli
