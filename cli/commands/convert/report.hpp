// What `convert` says of a run to people.
#pragma once

#include <string>

#include "commands/convert/options.hpp"
#include "stateferry/host/pipeline.hpp"

namespace stateferry::cli {

/// The whole account of a conversion, as lines.
std::string account_text(const ConversionAccount& account);

/// The counts of each step and the verdict, as lines.
std::string report_text(const RunReport& report, const ConvertJob& job,
                        const ConvertOptions& options);

}  // namespace stateferry::cli
