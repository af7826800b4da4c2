#include <string>

#include "run/format.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/ha_record.hpp"

namespace stateferry {
namespace {

struct Signature {
  std::string_view bytes;
  const char* what;
};
// What people hand in by mistake.
constexpr Signature kSignatures[] = {
    {"\xFF\xD8\xFF", "a JPEG image"},
    {"\x89PNG", "a PNG image"},
    {"\x1F\x8B", "a gzip file"},
    {"\x28\xB5\x2F\xFD", "a Zstandard file"},
    {"PK\x03\x04", "a zip or jar file"},
    {"%PDF", "a PDF document"},
    {"\x7F"
     "ELF",
     "a program"},
    {"SST", "a RocksDB file"},
    {"{", "JSON text"},
    {"<", "XML or HTML text"},
};

[[noreturn]] void fail_magic(std::string_view head) {
  std::string message = "this is not a Flink _metadata file: it doesn't begin with 49 60 67 2D";
  for (const Signature& s : kSignatures) {
    if (head.starts_with(s.bytes)) {
      message = std::string("this is not a Flink _metadata file, it looks like ") + s.what;
      break;
    }
  }
  throw FormatError("E-FORMAT-MAGIC", message, 0,
                    "name the file '_metadata' in a savepoint's or checkpoint's directory");
}

[[noreturn]] void fail_headerless() {
  throw FormatError(
      "E-FORMAT-V10", "this looks like a savepoint of Flink 1.0, which has no header", 0,
      "its state is Java objects with paths inside; let Flink 1.1 restore it and take a "
      "new savepoint, then go on from release to release");
}

// Where Flink keeps its own note of a checkpoint, people look for the checkpoint itself.
[[noreturn]] void fail_ha_record(const HaRecord& record) {
  const bool pointer = record.kind == HaRecord::Kind::pointer;
  FormatError error(
      "E-FORMAT-HA",
      pointer ? "this is no snapshot, but what Flink's high availability keeps in ZooKeeper or a "
                "ConfigMap: a pointer to its record of a checkpoint"
              : "this is no snapshot, but the record that Flink's high availability keeps of a "
                "checkpoint",
      0,
      pointer ? "the record at that place says where the checkpoint is"
              : "name the checkpoint's own directory (chk-N)");
  if (!record.location.empty()) {
    error.diagnostic().notes.push_back(
        (pointer ? "it leads to " : "it says that the checkpoint is ") + record.location);
  }
  throw error;
}

[[noreturn]] void fail_version_0() {
  throw FormatError("E-FORMAT-V0",
                    "this is a savepoint of Flink 1.1 (format version 0), whose state handles are "
                    "Java objects",
                    4,
                    "let Flink 1.2 or 1.3 restore it and take a new savepoint; that one can be "
                    "rewritten");
}

// Whether more than the head has to be looked at to tell what a file is: a Java stream, as it is or
// in base64.
bool may_be_java(Bytes head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.starts_with("\xAC\xED") || text.starts_with("rO0");
}

void refuse_ha_record(ByteSource& source) {
  if (!may_be_java(source.peek(kHeaderBytes))) return;
  if (const auto record = ha_record(source.peek(kHaRecordBytes))) fail_ha_record(*record);
}

// Runs `f`; what it throws says which source it is about.
template <class F>
auto about(const ByteSource& source, F&& f) {
  try {
    return f();
  } catch (Error& error) {
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = source.name();
    throw;
  }
}

CheckpointMetadata decode_once(ByteSource& source, const Identified& format,
                               DecodeContext& context) {
  ByteReader in(source.bytes());
  in.take(kHeaderBytes);
  return guarded_call(codec_name(format),
                      [&] { return format.codec->decode(in, format.dialect, context); });
}

}  // namespace

std::int32_t read_format_version(ByteReader& in) {
  if (in.at_end()) {
    throw FormatError("E-FORMAT-EMPTY", "the file is empty", 0,
                      "the copy of this file is incomplete; fetch it again from the source");
  }
  std::string head;
  while (head.size() < kHeaderBytes && !in.at_end()) head += static_cast<char>(in.u8());
  const auto word = [&](std::size_t at) {
    std::uint32_t v = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      v = v << 8 | static_cast<unsigned char>(head[at + i]);
    }
    return v;
  };
  if (head.size() >= 4 && word(0) != kMetadataMagic) {
    if ((word(0) >> 16) == 0xACED) fail_headerless();
    fail_magic(head);
  }
  if (head.size() < kHeaderBytes) {
    constexpr std::string_view kMagic = "\x49\x60\x67\x2D";
    if (!kMagic.starts_with(head.substr(0, 4))) fail_magic(head);
    throw FormatError("E-FORMAT-TRUNCATED", "the file ends in the middle of its header",
                      head.size(),
                      "the copy of this file is incomplete; fetch it again from the source");
  }
  const auto version = static_cast<std::int32_t>(word(4));
  if (version == 0) fail_version_0();
  if (version < 0) {
    throw FormatError("E-FORMAT-VERSION",
                      "the format version is " + std::to_string(version) + ", which is impossible",
                      4, "the file is damaged; take another copy of it");
  }
  return version;
}

Identified guess_format(ByteSource& source, PluginRegistry& registry) {
  return about(source, [&] {
    refuse_ha_record(source);
    ByteReader head(source.peek(kHeaderBytes));
    const auto codec = registry.codec_for(read_format_version(head));
    Identified found{codec, codec->dialects().back().dialect, false};
    if (!codec->reads_to_identify()) make_sure(found, source);
    return found;
  });
}

bool guess_older(Identified& format) {
  const DialectInfo& now = dialect_info(format);
  if (&now == &format.codec->dialects().front()) return false;
  format.dialect = (&now - 1)->dialect;
  return true;
}

bool make_sure(Identified& format, ByteSource& source) {
  if (format.sure) return true;
  return about(source, [&] {
    if (format.codec->reads_to_identify()) source.spool();
    const Dialect guessed = format.dialect;
    format.dialect =
        guarded_call(codec_name(format), [&] { return format.codec->identify(source); });
    format.sure = true;
    return format.dialect == guessed;
  });
}

Identified identify(ByteSource& source, PluginRegistry& registry) {
  Identified found = guess_format(source, registry);
  make_sure(found, source);
  return found;
}

CheckpointMetadata decode_source(ByteSource& source, Identified& format, DecodeContext& context) {
  return about(source, [&] {
    if (format.sure) return decode_once(source, format, context);
    BodyGuess guess;
    context.guess = &guess;
    while (!format.sure) {
      try {
        const CheckpointMetadata root = decode_once(source, format, context);
        format.sure = guess.confirmed;
        if (make_sure(format, source)) return root;
      } catch (const FormatError&) {
        if (format.sure) throw;
        if (!guess_older(format) && make_sure(format, source)) throw;
      }
    }
    context.guess = nullptr;
    return decode_once(source, format, context);
  });
}

Document decode_document(std::unique_ptr<ByteSource> source, PluginRegistry& registry,
                         DiagnosticSink& diagnostics) {
  Identified found = guess_format(*source, registry);
  Arena arena;
  DecodeContext context{arena, diagnostics};
  const CheckpointMetadata root = decode_source(*source, found, context);
  return Document(std::move(source), std::move(arena), root, found.dialect);
}

}  // namespace stateferry
