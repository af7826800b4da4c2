// The passes of one run over its input: by splicing where no tree is needed, by a tree else.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "run/collisions.hpp"
#include "run/format.hpp"
#include "run/location_runner.hpp"
#include "run/tree_rewrite.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/document.hpp"

namespace stateferry {

/// See the head of this file. `input` outlives it. One thread at a time.
class Passes {
 public:
  explicit Passes(RunInput& input);

  /// Before the first pass: the input's format, which need not be sure. A pass makes it sure.
  void begin(Identified format);

  /// One pass over the input with fresh counts, into `sink`. Changes are told in one pass only;
  /// `collisions` may be null. Throws Error.
  void pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions);

  /// What the last pass has found and made.
  Pass& last() noexcept { return pass_; }
  const Pass& last() const noexcept { return pass_; }
  /// The tree that it has made; nothing when it needed none.
  const std::optional<Document>& tree() const noexcept { return tree_; }
  /// What is written; the same as the input's unless the run converts.
  const Identified& target() const noexcept { return target_; }
  /// Ids (hex) of operators that were asked for and not found.
  const std::unordered_set<std::string>& operators_missing() const noexcept {
    return operators_missing_;
  }
  const OperatorsSeen& operators_seen() const noexcept { return operators_seen_; }

 private:
  bool guessed_pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions);
  void one_pass(ByteSink& sink, bool tell_changes, CollisionCheck* collisions, BodyGuess* guess);
  void rewrite(ByteSink& sink, RunState& state, BodyGuess* guess);
  void splice(ByteSink& sink, RunState& state, BodyGuess* guess);

  RunInput& input_;
  const Pipeline& pipeline_;
  ByteSource& source_;
  const RunOptions& options_;
  Identified target_;
  Pass pass_;
  std::optional<Document> tree_;
  std::unordered_set<std::string> operators_missing_;
  OperatorsSeen operators_seen_;
  bool losses_reported_ = false;
};

}  // namespace stateferry
