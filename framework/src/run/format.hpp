// The format that a run has found in its input, or writes.
#pragma once

#include <string>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// `codec v3`: what messages call it.
std::string codec_name(const Identified& format);

/// The dialect as its codec describes it; views the codec. Throws PluginError for a codec that
/// lacks it.
const DialectInfo& dialect_info(const Identified& format);

/// The codec by the header alone, with the likeliest dialect, the newest; with the sure one where
/// the codec tells it without reading on. Throws FormatError and PluginError.
Identified guess_format(ByteSource& source, PluginRegistry& registry);

/// Guesses the next older dialect; false when there is none.
bool guess_older(Identified& format);

/// Makes the dialect sure, where the codec needs that by a look at the whole of `source`; a pipe is
/// then spooled. Whether it was the right one before. Throws FormatError.
bool make_sure(Identified& format, ByteSource& source);

/// Decodes all of `source` in one walk, in a second one where the first shows that the dialect is
/// another one. `format` is sure then. Throws FormatError and LimitError.
CheckpointMetadata decode_source(ByteSource& source, Identified& format, DecodeContext& context);

/// Magic and version, in front of every body.
void write_header(ByteWriter& out, const Dialect& dialect);

/// Warns of a format that no released Flink has yet. `subject` names the input.
void warn_if_experimental(const Identified& format, const std::string& subject,
                          DiagnosticSink& sink);

}  // namespace stateferry
