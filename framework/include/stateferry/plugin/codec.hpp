// The interface of a codec plugin: one metadata format version.
//
// A codec is stateless; const calls may run on several threads. It neither prints nor keeps what it
// is given. The framework reads and writes the eight bytes of magic and version; a codec deals with
// what follows. A codec owns its dialects: all that the framework knows of them it says. Most
// codecs are rows of data for the grammar library and need no code.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/parts.hpp"
#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry {

/// First four bytes of every file since Flink 1.1.
inline constexpr std::uint32_t kMetadataMagic = 0x4960672D;
/// Bytes of magic and version.
inline constexpr std::uint64_t kHeaderBytes = 8;

/// A walk by a body that is only guessed, where a version has several.
struct BodyGuess {
  /// Asked of splice(): to throw, rather than to pass on the first byte that another body of the
  /// version would read otherwise.
  bool stops = false;
  bool stopped = false;  ///< it has thrown for that reason
  /// The walk has shown that identify() would name the body that it went by, if it has refused all
  /// newer ones.
  bool confirmed = false;
};

/// What a decoder is given besides the bytes. All references outlive the call.
struct DecodeContext {
  Arena& arena;                ///< for lists and for text that the input can't hold
  DiagnosticSink& sink;        ///< for warnings; errors are thrown
  BodyGuess* guess = nullptr;  ///< null: the body is known
};

/// See the head of this file.
class STATEFERRY_API Codec {
 public:
  virtual ~Codec();

  /// The bodies of the codec's version: at least one, all of one format version, oldest release
  /// first. Valid as long as the codec.
  virtual std::span<const DialectInfo> dialects() const noexcept = 0;
  /// The number behind the magic.
  std::int32_t format_version() const noexcept { return dialects().front().dialect.format_version; }
  /// Whether no released Flink has this format yet, so that it may still change.
  bool experimental() const noexcept { return dialects().front().experimental; }

  /// Whether identify() must read the whole source; by default, because the version has several
  /// bodies.
  virtual bool reads_to_identify() const noexcept { return dialects().size() > 1; }
  /// Which of the version's bodies `source` has; it must be rewindable if reads_to_identify().
  /// Throws FormatError when no body fits.
  virtual Dialect identify(ByteSource& source) const = 0;

  /// Reads all that follows the header, to the end of the input. The result views the reader's
  /// memory and `context.arena`, never the codec. Throws FormatError or LimitError; the arena may
  /// then hold waste, nothing else.
  virtual CheckpointMetadata decode(ByteReader& in, const Dialect& dialect,
                                    DecodeContext& context) const = 0;

  /// Reads as decode() does, but shows the parts to `visitor` as they come and keeps none: the
  /// arena holds what stands in front of the operators and one subtask. By default decodes all and
  /// shows that. Throws where decode() does, after the parts in front of the damage were shown.
  virtual void decode_parts(ByteReader& in, const Dialect& dialect, DecodeContext& context,
                            PartVisitor& visitor) const;

  /// Writes all that follows the header. Decoding and encoding in one dialect gives the same bytes.
  /// Throws CapabilityError, naming the place, when the dialect can't hold the model.
  virtual void encode(const CheckpointMetadata& metadata, const Dialect& dialect,
                      ByteWriter& out) const = 0;

  /// Reads what follows the header and compares it with `metadata` in constant memory: the path of
  /// the first field that differs, nothing when all agree. Throws FormatError where decode() would.
  virtual std::optional<std::string> difference(const CheckpointMetadata& metadata,
                                                const Dialect& dialect, ByteReader& in) const = 0;

  /// Copies what follows the header from `in` to `out` in constant memory, showing each location to
  /// `editor` and writing what it answers. Makes the same checks as decode() and shows the same
  /// locations in the same order as a walk over the decoded tree. `guess` is null where the body is
  /// known. Returns what the properties say.
  virtual SnapshotKind splice(ByteReader& in, const Dialect& dialect, LocationEditor& editor,
                              ByteWriter& out, BodyGuess* guess) const = 0;
};

}  // namespace stateferry
