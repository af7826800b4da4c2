// What `convert` was asked to do.
#pragma once

#include <string>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "support/files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {

/// The command line of `convert`, as parsed.
struct ConvertOptions {
  std::string rules;
  std::vector<std::string> set;
  std::vector<std::string> files;  ///< IN OUT, or all inputs with --out-dir
  std::string out_dir;
  std::string base_uri;
  std::string default_scheme;
  std::string to;         ///< format version
  std::string for_flink;  ///< release; with --explain-target that one
  std::string snapshot;   ///< what the snapshot is
  std::string on_loss;    ///< empty: as the rules say
  bool explain = false;   ///< --explain-target: print the account, write nothing
  std::string backup = ".bak";
  std::string record;
  std::string uids;
  StoreOptions stores;  ///< --config; used where a store is named
  unsigned jobs = 0;    ///< 0: as many as there are processors
  bool backup_given = false;
  bool in_place = false;
  bool force = false;
  bool dry_run = false;
  bool diff = false;
  bool reencode = false;
  bool latest = false;
  bool fail_on_residual = false;
  bool no_verify = false;
  bool no_sync = false;
  bool spool = false;
  bool json = false;
  bool jsonl = false;

  /// Whether the command line asks for another format.
  bool converts() const { return !to.empty() || !for_flink.empty() || !snapshot.empty(); }
};

/// One input and where its result goes.
struct ConvertJob {
  std::string in;                  ///< as the user wrote it; `-`: stdin
  std::string out;                 ///< a path or URI; `-`: stdout; empty: nowhere (dry run)
  std::string new_directory = {};  ///< what has to be made for `out`; empty: nothing
  /// Path or URI of the file that `in` means, where that was asked already.
  std::string file = {};

  /// Whether a storage is needed: then both ends are reached through one.
  bool stored() const { return is_remote(in) || is_remote(out); }
};

/// Refuses a command line.
[[noreturn]] inline void bad_usage(const std::string& message, const std::string& hint) {
  throw Error("E-ARG-USAGE", message, hint);
}

}  // namespace stateferry::cli
