// What copies the files of a move: this program, another one that runs where the files are, or a
// service. What goes where is decided before, and what came of it is looked at afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/transfer/copy_run.hpp"
#include "stateferry/transfer/move_plan.hpp"

namespace stateferry {

/// The engines.
enum class EngineKind : std::uint8_t {
  automatic,  ///< the storage of the target's scheme
  file,       ///< only if that is local files to local files
  rclone,     ///< only if that is not
  s5cmd,      ///< `s5cmd run`
  distcp,     ///< `hadoop distcp`
  s3_batch,   ///< S3 Batch Operations
};
/// `auto`, `file`, `rclone`, `s5cmd`, `distcp`, `s3-batch`.
std::optional<EngineKind> engine_from_name(std::string_view name) noexcept;

/// Which engine, and what it is told.
struct EngineRequest {
  EngineKind kind = EngineKind::automatic;
  /// Local directory, absolute, that the lists are written to, for somebody else to run; empty: the
  /// engine is run and waited for.
  std::string list_directory = {};
  /// Options of S3 Batch Operations: `account`, `role`, `manifest`.
  std::map<std::string, std::string> options = {};
};

/// See the head of this file. One thread.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Throws RuleError (E-PLAN-ENGINE), naming the first row that it can't copy. Writes nothing and
  /// asks no store.
  virtual void check(std::span<const PlanRow> rows) = 0;
  /// Throws IoError (E-STORE-ENGINE) when it can't be run here. Does nothing by default.
  virtual void make_ready() {}
  /// Whether copy() is to be called; else the files are copied by run_copy().
  virtual bool hands_over() const noexcept { return true; }
  /// Copies rows, of which no target exists, and returns when it is done; files that arrive are
  /// counted in `progress`. Throws Error: E-ENGINE-FAILED when it says that some rows failed,
  /// E-ENGINE-WAITS when it was written down what somebody else has to run.
  virtual void copy(std::span<const PlanRow> rows, CopyProgress& progress) = 0;
};

/// The engine of a request; null for EngineKind::automatic. `stores` outlives it. Throws Error
/// (E-ARG-USAGE) for options that it doesn't have or lacks.
std::unique_ptr<Engine> make_engine(const EngineRequest& request, Stores& stores);

/// Hands over what is not at its target yet and looks at all of it afterwards. A target of another
/// size stops it before anything is handed over (E-STORE-CONFLICT); what is missing or has another
/// size afterwards, too (E-MOVE-INCOMPLETE). `journal` may be null. Throws what Engine::copy()
/// throws.
CopyReport run_engine(Stores& stores, Engine& engine, std::span<const PlanRow> rows,
                      Journal* journal, CopyProgress& progress);

}  // namespace stateferry
