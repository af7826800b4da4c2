// Plans as files: CSV and JSONL, which are read back, and the input formats of other copiers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "stateferry/transfer/move_plan.hpp"

namespace stateferry {

/// Formats of a plan.
enum class PlanFormat : std::uint8_t {
  csv,       ///< RFC 4180 with a header line
  jsonl,     ///< one object per line
  rclone,    ///< --files-from of `rclone copy ROOT TARGET`
  s5cmd,     ///< commands for `s5cmd run`
  distcp,    ///< -f of `hadoop distcp`, for files that go into one directory
  s3_batch,  ///< manifest of S3 Batch Operations for the operation Copy
};
/// `csv`, `jsonl`, `rclone`, `s5cmd`, `distcp`, `s3-batch`.
std::optional<PlanFormat> plan_format_from_name(std::string_view name) noexcept;

/// Takes pieces of text as they are made.
using PlanText = std::function<void(std::string_view)>;

/// Writes rows in one format. Rows come one after the other; nothing is kept of them.
class PlanWriter {
 public:
  virtual ~PlanWriter() = default;
  /// Throws RuleError (E-PLAN-ENGINE) with the row when the format can't say it.
  virtual void row(const PlanRow& row) = 0;
};
/// `root` and `target` are the two directories that keep their layout (rclone); unused by others.
std::unique_ptr<PlanWriter> make_plan_writer(PlanFormat format, const std::string& root,
                                             const std::string& target, PlanText out);

/// Reads a plan in CSV or JSONL, row by row; which of the two is seen from its first byte. `name`
/// is what messages say. Throws FormatError (E-PLAN-FORMAT) with the line.
void read_plan(std::string_view text, const std::string& name, const RowSink& row);

}  // namespace stateferry
