// Where bytes come from: a regular file, a pipe, memory. The source is never written.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

/// An input. Views from bytes() live as long as the source. One thread at a time.
class STATEFERRY_API ByteSource {
 public:
  virtual ~ByteSource();
  /// A name for messages.
  virtual const std::string& name() const noexcept = 0;
  /// Size in bytes, if it is known before reading.
  virtual std::optional<std::uint64_t> size() const noexcept = 0;
  /// Whether open() may be called more than once. A pipe can be read once only; after bytes() or
  /// spool() it is rewindable.
  virtual bool rewindable() const noexcept = 0;
  /// Up to `n` bytes from the start, fewer when there are no more. Consumes nothing: open() still
  /// begins at the start. Valid until the next call. Throws IoError.
  virtual std::span<const std::byte> peek(std::size_t n) = 0;
  /// Makes a pipe rewindable by copying it to a nameless temporary file (in TMPDIR, else /tmp).
  /// Nothing to do elsewhere. Requires that open() has not been called. Throws IoError.
  virtual void spool() {}
  /// The same, but the copy is made while open() is read for the first time. Throws IoError.
  virtual void spool_as_it_goes() {}
  /// Reads from the start. The feed must not outlive the source. Throws IoError.
  virtual std::unique_ptr<ByteFeed> open() = 0;
  /// The whole content. Files above 1 MiB are mapped: a mapped file that shrinks ends the process.
  /// Throws IoError.
  virtual std::span<const std::byte> bytes() = 0;
  /// Gives back the memory of what bytes() maps. Views stay valid: what is looked at again comes
  /// back from the file. Nothing to do where nothing is mapped.
  virtual void release() noexcept {}
  /// Throws IoError (E-IO-CHANGED) when the input was changed since it was opened, as far as size
  /// and time of modification tell.
  virtual void check_unchanged() const = 0;
};

/// How long a named pipe may stay silent.
inline constexpr std::chrono::milliseconds kPipePatience{60'000};

/// A file or a named pipe by path; `name` is what messages say. A pipe that gives no byte for as
/// long as `patience` is an error. Devices and sockets are refused without being opened. Throws
/// IoError (E-IO-NOT-FOUND, E-IO-DENIED, E-IO-DIRECTORY, E-IO-KIND, E-IO-READ).
STATEFERRY_API std::unique_ptr<ByteSource> file_source(
    const std::string& path, std::string name, std::chrono::milliseconds patience = kPipePatience);
/// An open descriptor (stdin), read as it comes; not closed.
STATEFERRY_API std::unique_ptr<ByteSource> descriptor_source(int fd, std::string name);
/// Memory that outlives the source.
STATEFERRY_API std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes,
                                                         std::string name);

/// What a text that people write may take.
struct TextFileLimits {
  std::uint64_t bytes = std::uint64_t{16} << 20;
  std::chrono::milliseconds patience = kPipePatience;  ///< with a pipe
};
/// The whole text of a rule file, a configuration, a plan: of a file or a named pipe, as
/// file_source() has it. Throws IoError, also when there are more bytes (E-LIMIT-TEXT).
STATEFERRY_API std::string read_text_file(const std::string& path, const std::string& name,
                                          const TextFileLimits& limits = {});

/// A reader over the whole source: over its memory when `in_memory`, else through a window. Holds
/// what the reader needs; must not outlive the source.
class STATEFERRY_API SourceReader {
 public:
  SourceReader(ByteSource& source, bool in_memory);
  ~SourceReader();
  ByteReader& operator*() noexcept { return reader_; }
  ByteReader* operator->() noexcept { return &reader_; }

 private:
  std::unique_ptr<ByteFeed> feed_;
  ByteReader reader_;
};

}  // namespace stateferry
