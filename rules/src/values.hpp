// Reads the values of a rule file: each function reports what is wrong and says whether there is a
// value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "problems.hpp"
#include "stateferry/plugin/count_bound.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry::rules {

/// Reports the problem of a node, if there is one with words; `subject` begins the sentence.
/// Returns whether there is none at all.
bool report(const std::optional<ValueProblem>& problem, const ParamNode& node,
            const std::string& subject, Problems& problems);

/// Each sets `value` and returns true, or reports the problem of `subject` (`'from'`) and returns
/// false with `value` unchanged. Texts have no line break but for read_long_text().
bool read_text(const ParamNode& node, const std::string& subject, std::string& value,
               Problems& problems);
bool read_long_text(const ParamNode& node, const std::string& subject, std::string& value,
                    Problems& problems);
bool read_flag(const ParamNode& node, const std::string& subject, bool& value, Problems& problems);
/// A bound on a count, with its text and mark.
bool read_bound(const ParamNode& node, const std::string& subject, CountBound& value,
                Problems& problems);
/// A text, or a list of texts that is not empty. Returns the scalars; none after a problem.
std::vector<const ParamNode*> read_texts(const ParamNode& node, const std::string& subject,
                                         Problems& problems);
/// Whether `node` is of this kind.
bool expect_kind(const ParamNode& node, const std::string& subject, ParamNode::Kind kind,
                 Problems& problems);

}  // namespace stateferry::rules
