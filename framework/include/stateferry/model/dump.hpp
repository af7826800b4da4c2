// A decoded snapshot as text: every field, stable from run to run, made for diff, grep and jq.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/parts.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry {

/// How to dump.
struct DumpOptions {
  bool bytes = false;  ///< add the content of byte arrays (base64), not only length and SHA-256
};

/// Takes pieces of text as they are made; each is valid during the call.
using TextSink = std::function<void(std::string_view)>;

/// One line per field: `operators[0].subtasks[1].managed_keyed.path: "s3://b/x"`. Text is shown as
/// JSON strings, absent optional fields are left out.
STATEFERRY_API void dump_text(const CheckpointMetadata& root, const Dialect& dialect,
                              const DumpOptions& options, const TextSink& out);

/// One JSON document with `"schema": "stateferry/dump/1"`. Byte arrays are objects with `length`
/// and `sha256`; handles carry `type`, Flink's class name; no handle is null; lone surrogates are
/// escaped.
STATEFERRY_API void dump_json(const CheckpointMetadata& root, const Dialect& dialect,
                              const DumpOptions& options, const TextSink& out);

/// What dump_text() and dump_json() write, of a snapshot that is shown part by part, once; it is
/// complete when that has ended. JSON begins with the `kind`, which stands at the end of a file.
STATEFERRY_API std::unique_ptr<PartVisitor> text_dump(const Dialect& dialect,
                                                      const DumpOptions& options, TextSink out);
STATEFERRY_API std::unique_ptr<PartVisitor> json_dump(const Dialect& dialect,
                                                      const SnapshotKind& kind,
                                                      const DumpOptions& options, TextSink out);

/// `text` (UTF-8, lone surrogates as to_utf8 leaves them) as a JSON string with its quotes. What
/// must not reach a terminal raw is escaped (diag/shown.hpp), which doesn't change the value; a
/// byte that is no UTF-8 becomes `\udc80` to `\udcff`, as Python's surrogateescape has it.
STATEFERRY_API std::string json_string(std::string_view text);
/// The same behind what `to` holds.
STATEFERRY_API void append_json_string(std::string& to, std::string_view text);

}  // namespace stateferry
