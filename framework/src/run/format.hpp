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

/// Magic and version, in front of every body.
void write_header(ByteWriter& out, const Dialect& dialect);

/// Warns of a format that no released Flink has yet. `subject` names the input.
void warn_if_experimental(const Identified& format, const std::string& subject,
                          DiagnosticSink& sink);

}  // namespace stateferry
