// What is asked of the text of a rule file before YAML is read from it.
#pragma once

#include <memory>

#include "problems.hpp"
#include "stateferry/diag/source_mark.hpp"

namespace stateferry::rules {

/// Whether all characters can stand in a text file; the first that can't is reported.
bool check_characters(const std::shared_ptr<const SourceText>& source, Problems& problems);

/// Whether no tab is in an indentation; the first is reported. yaml-cpp takes some tabs and
/// misreads others, so all are refused, also in texts of several lines.
bool check_indentation(const std::shared_ptr<const SourceText>& source, Problems& problems);

}  // namespace stateferry::rules
