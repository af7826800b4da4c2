// Asks a group of location steps, one after the other, what becomes of a text: of one location, or
// of a directory, which speaks for all that lies in it. Counts what they say of single locations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "run/selection.hpp"
#include "stateferry/host/pipeline.hpp"
#include "uri/plain_location.hpp"

namespace stateferry {

/// One URI step or assertion with its state.
struct LocationStep {
  LocationStep(const Step& step, const RunOptions& options, StepCounts& counts);

  const Step& step;
  const UriTransform* transform;  ///< one of the two is set
  const Assertion* assertion;
  Selection selection;
  StepCounts& counts;
  std::uint64_t unselected = 0;
  std::uint64_t matching = 0;              ///< of an assertion
  std::vector<std::string> fault_samples;  ///< of an assertion, at most ten
};

/// What the steps of a group say of one location, or of all in one directory.
struct StepAnswer {
  bool selected = false;
  bool matches = false;  ///< of an assertion
  Outcome outcome = Outcome::unmatched;
  bool operator==(const StepAnswer&) const = default;
};

/// What becomes of the locations of one kind, role and operator in one directory: each but for its
/// last name the same, so that the steps need not be asked again.
struct DirectoryAnswer {
  LocationKind kind = LocationKind::file;
  Role roles = Role::none;
  std::string directory;  ///< ends with '/'; empty: nothing is known
  std::string target;     ///< what stands in its place in the end
  bool changed = false;   ///< `target` is another one
  bool touched = false;   ///< matched by some step, or need not be
  std::vector<StepAnswer> steps;
  std::uint64_t uses = 0;  ///< locations answered by it that are not counted yet

  /// Whether it says what becomes of `location`.
  bool answers(const Location& location) const noexcept {
    return location.kind == kind && location.roles == roles &&
           lies_plainly_in(location.text, directory);
  }
};

/// See the head of this file. The steps outlive it. Throws RuleError for a result that Flink could
/// not read.
class StepChain {
 public:
  /// So many samples of untouched URIs and of faults are kept.
  static constexpr std::size_t kSamples = 10;

  explicit StepChain(std::vector<LocationStep>& steps);

  bool has_uri_steps() const noexcept { return has_uri_steps_; }
  /// Whether some step's answer depends on the operator.
  bool by_operator() const noexcept { return by_operator_; }

  /// Runs all steps over a location; whether one has changed its text.
  bool run(const Location& location);
  /// The text in the end, UTF-8 and in Flink's form. Valid until the next call.
  std::string_view text() const noexcept { return uri_; }
  /// Whether that is known to be ASCII.
  bool is_plain() const noexcept { return plain_; }
  /// Whether the location's own text was in this form already.
  bool as_it_came() const noexcept { return as_it_came_; }
  /// Whether some step has matched it, or need not.
  bool touched() const noexcept { return touched_; }

  /// What the steps say of the directory of the location that was run last. False when some step
  /// can't say, or what it says is not simple enough to be remembered.
  bool ask_directory(const Location& location, DirectoryAnswer& answer);

  /// Shows inline state that stands behind no handle to the assertions.
  void judge_state(const Location& place);

 private:
  bool ask_step(LocationStep& step, const Location& location, DirectoryAnswer& answer,
                StepAnswer& said);
  [[noreturn]] static void fail_inconsistent(const LocationStep& step, const Location& location);
  // Makes uri_ the UTF-8, in Flink's form, of the location that it views.
  void decode(bool absolute);
  StepAnswer apply(LocationStep& step, const Location& location);
  StepAnswer check_assertion(LocationStep& step, const Location& location);
  void check_result(const LocationStep& step, const Location& location);

  std::vector<LocationStep>& steps_;
  bool has_uri_steps_ = false;
  bool by_operator_ = false;
  bool touched_ = false;
  bool as_it_came_ = false;
  bool plain_ = false;            // uri_ is ASCII and in Flink's form
  PlainLocation plain_before_;    // of texts as they come
  PlainLocation plain_after_;     // of results
  std::string decoded_;           // UTF-8 of the location in hand where it isn't ASCII
  std::string current_;           // its text after the last step that changed it
  std::string_view uri_;          // what the next step sees
  std::string result_;            // what a step answers
  std::vector<StepAnswer> said_;  // of the location in hand, by each step
};

/// A location for people: `uri  (model path)`.
std::string sample(std::string_view uri, const Location& location);

}  // namespace stateferry
