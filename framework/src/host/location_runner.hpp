// Runs a group of location steps over one location after the other: selects, rewrites, checks the
// results and counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "host/collisions.hpp"
#include "host/selection.hpp"
#include "stateferry/host/pipeline.hpp"
#include "uri/plain_location.hpp"

namespace stateferry {

/// What the groups of one run share.
struct RunState {
  const RunOptions& options;
  RunReport& report;
  CollisionCheck* collisions = nullptr;              ///< null: not needed, or proved
  bool names_seen = false;                           ///< some operator has a name or a uid
  std::unordered_set<std::string> operators_wanted;  ///< ids (hex) that require names, not yet seen
  /// Tree with several groups: addresses of the texts that some step matched.
  std::unordered_set<const void*>* touched = nullptr;
};

/// One URI step or assertion with its state.
struct LocationStep {
  LocationStep(const Step& step, std::string_view base_uri, StepCounts& counts);

  const Step& step;
  const UriTransform* transform;  ///< one of the two is set
  const Assertion* assertion;
  Selection selection;
  StepCounts& counts;
  std::uint64_t unselected = 0;
  std::uint64_t matching = 0;              ///< of an assertion
  std::vector<std::string> fault_samples;  ///< of an assertion, at most ten
};

/// See the head of this file. Throws RuleError for a result that Flink could not read.
class LocationRunner final : public LocationEditor {
 public:
  LocationRunner(std::vector<LocationStep>& steps, RunState& state);

  bool edit(const Location& location, std::string_view& replacement) override;
  void enter_operator(const OperatorKey& op) override;
  /// Whether the last location was matched by some step, or need not be.
  bool touched() const noexcept { return touched_; }

 private:
  // Makes uri_ the UTF-8, in Flink's form, of the location that it views.
  void decode(bool absolute);
  Outcome apply(LocationStep& step, const Location& location);
  void check_result(const LocationStep& step, const Location& location);
  void count_untouched(const Location& location);

  std::vector<LocationStep>& steps_;
  RunState& state_;
  bool has_uri_steps_ = false;
  bool touched_ = false;
  bool plain_ = false;          // uri_ is ASCII and in Flink's form
  PlainLocation plain_before_;  // of texts as they come
  PlainLocation plain_after_;   // of results
  std::string decoded_;         // UTF-8 of the location in hand where it isn't ASCII
  std::string current_;         // its text after the last step that changed it
  std::string_view uri_;        // what the next step sees
  std::string result_;          // what a step answers
  std::string replacement_;     // modified UTF-8
};

/// Counts operators and names for RunState.
void note_operator(RunState& state, const OperatorKey& op);

}  // namespace stateferry
