#include "run/format.hpp"

#include <algorithm>
#include <utility>

#include "stateferry/diag/error.hpp"

namespace stateferry {

std::string codec_name(const Identified& format) {
  return "codec v" + std::to_string(format.dialect.format_version);
}

const DialectInfo& dialect_info(const Identified& format) {
  const auto all = format.codec->dialects();
  const auto own = std::find_if(all.begin(), all.end(),
                                [&](const DialectInfo& d) { return d.dialect == format.dialect; });
  if (own != all.end()) return *own;
  throw PluginError("E-PLUGIN-FAILED",
                    codec_name(format) + " found a dialect that it doesn't have: Flink " +
                        to_string(format.dialect.release),
                    "this is a fault of the plugin; tell its authors");
}

void write_header(ByteWriter& out, const Dialect& dialect) {
  out.i32(static_cast<std::int32_t>(kMetadataMagic));
  out.i32(dialect.format_version);
}

void warn_if_experimental(const Identified& format, const std::string& subject,
                          DiagnosticSink& sink) {
  if (!format.codec->experimental()) return;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-FORMAT-EXPERIMENTAL";
  d.message = "format version " + std::to_string(format.dialect.format_version) +
              " is in no released Flink and may still change";
  d.subject = subject;
  sink.report(std::move(d));
}

}  // namespace stateferry
