// Runs a group of location steps over one location after the other: selects, rewrites, checks the
// results and counts. What the steps say of a whole directory is remembered, since most locations
// lie where the one before lies.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "run/collisions.hpp"
#include "run/step_chain.hpp"
#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// What the groups of one run share.
struct RunState {
  const RunOptions& options;
  RunReport& report;
  CollisionCheck* collisions = nullptr;  ///< null: not needed, or proved
  OperatorsSeen seen{};
  std::unordered_set<std::string> operators_wanted{};  ///< ids (hex) required, not yet seen
  /// Gets each URI in inline state; null: nobody wants them.
  std::function<void(const Location&, const FoundUri&)> on_inline_uri = nullptr;
  /// Tree: addresses of the texts that some step matched, in no order, some several times.
  std::vector<const void*>* touched = nullptr;
  bool stores_operator_names = false;  ///< whether the input's body has a place for them
};

/// Directories and what became of them: where no two of them become one, and every location kept
/// its name, no two locations have become one.
class DirectoryProof {
 public:
  /// Files of `directory` have moved to `target`, or stayed there.
  void add(const std::string& directory, const std::string& target);
  /// A location was judged alone: nothing can be proved.
  void give_up() noexcept { holds_ = false; }
  bool holds() const noexcept { return holds_; }

 private:
  static constexpr std::size_t kMost = 4096;
  bool holds_ = true;
  std::unordered_map<std::string, std::string> sources_;  // by target
};

/// See the head of this file. Throws RuleError for a result that Flink could not read. Counts are
/// complete after finish().
class LocationRunner final : public LocationEditor {
 public:
  LocationRunner(std::vector<LocationStep>& steps, RunState& state);

  bool edit(const Location& location, Replacement& replacement) override;
  void repeated(std::string_view directory, std::uint64_t n) noexcept override;
  void enter_operator(const OperatorKey& op) override;
  bool wants_inline_uris() const noexcept override { return state_.on_inline_uri != nullptr; }
  void inline_uri(const Location& place, const FoundUri& uri) override {
    state_.on_inline_uri(place, uri);
  }
  /// Shows inline state that stands behind no handle to the assertions.
  void judge_state(const Location& place) { chain_.judge_state(place); }
  /// Adds what is not counted yet.
  void finish();
  /// Whether the last location was matched by some step, or need not be.
  bool touched() const noexcept { return touched_; }
  /// What is known of all locations so far.
  const DirectoryProof& proof() const noexcept { return proof_; }

 private:
  DirectoryAnswer* find_answer(const Location& location) noexcept;
  bool edit_by(DirectoryAnswer& answer, const Location& location, Replacement& replacement);
  void tell(const DirectoryAnswer& answer, const Location& location);
  bool edit_alone(const Location& location, Replacement& replacement);
  bool take_result(const Location& location, Replacement& replacement);
  void remember(const Location& location);
  void count(DirectoryAnswer& answer);
  static void check_length(std::size_t bytes, const Location& location);
  void account_for(const Location& location, std::string_view result);

  static constexpr std::size_t kAnswers = 16;

  std::vector<LocationStep>& steps_;
  RunState& state_;
  StepChain chain_;
  bool tells_each_ = false;  // somebody wants to see each location
  bool touched_ = false;
  std::string result_;       // of the location in hand, where its directory answers for it
  std::string replacement_;  // modified UTF-8
  std::array<DirectoryAnswer, kAnswers> answers_;
  std::uint32_t epoch_ = 1;  // counts how often an answer was forgotten
  std::size_t last_answer_ = 0;
  std::size_t next_answer_ = 0;
  DirectoryProof proof_;
};

/// Notes an operator of the input, unless all were noted.
void note_operator(RunState& state, const OperatorKey& op);

}  // namespace stateferry
