// The syntax errors of yaml-cpp in the words of people who write rule files.
#pragma once

#include <yaml-cpp/exceptions.h>

#include <memory>

#include "problems.hpp"
#include "stateferry/diag/source_mark.hpp"

namespace stateferry::rules {

/// Reports what the parser has thrown while it read `source`.
void report_syntax(const YAML::ParserException& error,
                   const std::shared_ptr<const SourceText>& source, Problems& problems);

}  // namespace stateferry::rules
