// A whole move as the command makes it, over any stores.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stateferry/transfer/source_deletion.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry::test {

/// What is asked of a move, and what came of it.
struct Move {
  std::string snapshot;  ///< URI of the file
  std::string target;
  std::string root = {};
  std::vector<Relocation> maps = {};
  bool no_copy = false;
  bool delete_source = true;
  std::vector<std::string> not_looked_at = {};

  std::optional<Diagnostic> error = {};  ///< why it failed
  DeletionReport report = {};
  CopyReport copied = {};
  bool was_there = false;

  /// Runs it; `journal` is a path. Returns the code of the error, else `ok`.
  std::string run(StorageFinder find, PluginRegistry& registry, const std::string& journal);
};

}  // namespace stateferry::test
