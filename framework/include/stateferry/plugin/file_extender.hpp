// What a storage offers whose files can be written on at their end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "stateferry/export.hpp"
#include "stateferry/io/byte_sink.hpp"

namespace stateferry {

/// How a file is extended.
struct ExtendOptions {
  std::uint64_t size = 0;  ///< bytes that it has now
  /// As ReadOptions::root, but never nothing.
  std::string root;
  bool sync = true;  ///< commit() returns only when all of it is safe from a power failure
};

/// A Storage may be one of these, too; the host finds it out. Without it, whole files are replaced.
class STATEFERRY_API FileExtender {
 public:
  virtual ~FileExtender();
  /// A sink that writes behind the last byte of a file. What it was given stays, also without
  /// commit(): at each instant, and after the end of the process, the file is what it was with a
  /// first part of what was written behind it. restart() begins at the old end again, where the
  /// same bytes must be written once more. Null where the file must not be extended in place, for
  /// it has other names, which may stand for copies. Throws IoError; E-STORE-CONFLICT when the file
  /// has another size. May be called by several threads; the sink outlives the storage's calls.
  virtual std::unique_ptr<ByteSink> extend(const std::string& uri,
                                           const ExtendOptions& options) = 0;
};

}  // namespace stateferry
