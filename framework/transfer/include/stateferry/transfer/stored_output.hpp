// A file of any store as what a run writes: it appears whole or not at all, and what it replaces is
// kept.
#pragma once

#include <memory>
#include <string>

#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// How a file of any store is put in place.
struct StoredOutput {
  /// SHA-256, in hex, of the file that it replaces, as it was when the run read it. Empty: nothing
  /// has its name yet.
  std::string before = {};
  std::string backup = {};     ///< URI of what `kept` is kept as; empty: nothing is kept
  ByteSource* kept = nullptr;  ///< the content for `backup`; outlives the call, or the sink
  std::string like = {};       ///< see NewFileOptions
  bool sync = true;            ///< wait until it is safe from a power failure
  bool verify = true;          ///< read it back, and compare
};

/// Puts all that `made` holds in place under `uri`. A file that is to be replaced must be what
/// `before` says when the backup is written, and again right before the new content is put
/// (E-STORE-CONFLICT, nothing is replaced). A backup that exists must have the content of `kept`
/// (E-IO-EXISTS): it is of an earlier run that was stopped. It stays, whatever happens then. What
/// is read back and differs is removed, where nothing was replaced (E-VERIFY). Returns whether the
/// file has the access that it should. Throws IoError.
bool put_stored(Stores& stores, const std::string& uri, ByteSource& made,
                const StoredOutput& options);

/// Takes what is written into a nameless temporary file; commit() is put_stored(). `stores`
/// outlives it. Throws IoError.
std::unique_ptr<ByteSink> stored_sink(Stores& stores, std::string uri, StoredOutput options);

}  // namespace stateferry
