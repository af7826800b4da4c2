// Plans in the formats of other programs, which copy instead of stateferry.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stateferry/transfer/plan_file.hpp"

namespace stateferry {

/// Appends a field of a CSV record (RFC 4180), in quotes where it needs them.
void append_csv_field(std::string& to, std::string_view text);

/// For rclone, s5cmd, distcp and S3 Batch Operations; see make_plan_writer(). A row that the
/// program can't copy is refused with RuleError (E-PLAN-ENGINE).
std::unique_ptr<PlanWriter> make_engine_writer(PlanFormat format, const std::string& root,
                                               const std::string& target, PlanText out);

}  // namespace stateferry
