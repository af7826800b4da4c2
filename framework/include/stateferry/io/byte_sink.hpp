// Where bytes go. Output appears whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stateferry/export.hpp"

namespace stateferry {

class ByteSource;

/// Takes bytes in order. Dropped without commit() it leaves nothing behind, where the medium allows
/// that (a pipe can't take back what it was given). One thread at a time.
class STATEFERRY_API ByteSink {
 public:
  virtual ~ByteSink();
  /// Appends. Throws IoError.
  virtual void write(std::span<const std::byte> bytes) = 0;
  /// Appends, maybe not before it returns: `bytes` must stay as they are until the next call of any
  /// function of the sink but name(). What goes wrong meanwhile, that call throws. Like write() by
  /// default.
  virtual void write_behind(std::span<const std::byte> bytes) { write(bytes); }
  /// Waits for what write_behind() has begun. What went wrong, the next call throws.
  virtual void settle() noexcept {}
  /// Begins anew: what is written from now on stands for all that was written before. A medium that
  /// can't take it back must be given it again, and drops it. Requires no commit() before. Throws
  /// IoError, by default always.
  virtual void restart();
  /// Makes the output appear under its name. Called once, after the last write. Throws IoError.
  virtual void commit() = 0;
  /// Whether dropping it without commit() takes back what was written. False for pipes.
  virtual bool discards() const noexcept { return true; }
  /// What was written so far, read back from the medium, for checking before commit(); null where
  /// that is impossible. Requires that no further write follows.
  virtual std::unique_ptr<ByteSource> written() = 0;
  /// XXH3 (64 bits) of the bytes given to write(), to be compared with those of written(). 0 where
  /// these can't be had, or where the sink was made to keep no digest.
  virtual std::uint64_t digest() const = 0;
  /// A name for messages.
  virtual std::string name() const = 0;
};

/// How a file is put in place.
struct FileSinkOptions {
  bool replace = false;        ///< replace an existing file; else its presence is an error
  bool sync = true;            ///< wait until the bytes are on the disk
  bool sync_directory = true;  ///< with sync: wait for the name, too
  bool digest = true;          ///< keep a digest of what is written; only reading back needs it
  /// Not empty: keep the replaced file under this path. Something else there is an error; the same
  /// file, or a copy of it, is what a run that was stopped has left.
  std::string backup = {};
  /// Not empty: a local file. A new file gets its owner, group and mode, as far as they can be
  /// given (see give_access). A file that is replaced always hands on its own.
  std::string like = {};
};

/// Writes to a nameless or temporary file in the target's directory and gives it its name in
/// commit(). Throws IoError at once when the target exists and may not be replaced, or can't be
/// created.
STATEFERRY_API std::unique_ptr<ByteSink> atomic_file_sink(std::string path,
                                                          FileSinkOptions options);

/// Writes to an open file descriptor (stdout) as the bytes come; the descriptor is not closed. A
/// reader that has gone away is an IoError with E-IO-PIPE.
STATEFERRY_API std::unique_ptr<ByteSink> descriptor_sink(int fd, std::string name);

/// Takes bytes and keeps nothing: for dry runs.
STATEFERRY_API std::unique_ptr<ByteSink> discarding_sink();

/// Appends to `target`, which outlives the sink; commit() does nothing.
STATEFERRY_API std::unique_ptr<ByteSink> memory_sink(std::vector<std::byte>& target);

/// Makes SIGINT, SIGTERM and SIGHUP remove the temporary files of all sinks that are alive, then
/// end the process as the signal would. Called once by the host program.
STATEFERRY_API void remove_temporaries_on_signal();

}  // namespace stateferry
