// Who needs a file: the snapshots below a directory, and their operators.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// An operator's use of a file. All text is UTF-8.
struct FileUse {
  std::string op;    ///< `uid:…` or `hash:…`; empty: the file is the snapshot's own `_metadata`
  std::string name;  ///< of the operator; empty: unknown
  Role role = Role::none;     ///< of its first handle for the file
  std::uint64_t handles = 0;  ///< of the operator, with this role
};
/// A snapshot that needs the file.
struct FileUser {
  std::string pointer;  ///< URI of its metadata
  std::vector<FileUse> uses;
};
/// A snapshot of which it can't be told.
struct UnreadSnapshot {
  std::string pointer;
  Diagnostic why;
};

/// What was found.
struct FileUsers {
  std::vector<FileUser> users;         ///< by URI
  std::uint64_t snapshots = 0;         ///< that were read to their end
  std::vector<UnreadSnapshot> unread;  ///< while there is one, nobody can say that all were found
  /// Directories chk-N without `_metadata`: they may become snapshots that need the file.
  std::vector<std::string> unfinished;
};

/// Reads all snapshots below `root`, at any depth: by the names that Flink gives them, and local
/// ones by their first bytes under any other name, where no state lies. `file` and `root` are URIs.
/// Two names of one place are one: by scheme and host, and on local disks by links of both kinds.
/// Throws Error where a directory can't be listed, or a store doesn't answer.
FileUsers find_users(Stores& stores, PluginRegistry& registry, DiagnosticSink& sink,
                     const std::string& file, const std::string& root);

}  // namespace stateferry
