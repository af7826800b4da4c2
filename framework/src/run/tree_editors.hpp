// What a run does to a tree, one walk each. Each serves one walk of one pass.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "run/location_runner.hpp"
#include "run/releasing.hpp"
#include "run/selection.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/visit.hpp"

namespace stateferry {

/// Location steps over a tree: the editor's answers go into the tree.
class TreeEditor final : public TreeVisitor {
 public:
  TreeEditor(LocationRunner& runner, RunState& state, Arena& arena, ByteSource& source)
      : runner_(runner), state_(state), arena_(arena), releaser_(source) {}
  void enter_operator(const OperatorKey& op) override { runner_.enter_operator(op); }
  void location(const Location& location, std::string_view& text) override;
  void inline_state(const Location& place, bool behind_a_handle) override {
    if (!behind_a_handle) runner_.judge_state(place);
  }

 private:
  LocationRunner& runner_;
  RunState& state_;
  Arena& arena_;
  Releaser releaser_;
};

/// One handle transform over a tree.
class HandleEditor final : public TreeVisitor {
 public:
  HandleEditor(const Step& step, StepCounts& counts, RunState& state, Arena& arena,
               const Dialect& target, TagSet writers_know)
      : step_(step),
        transform_(dynamic_cast<const HandleTransform&>(*step.transform)),
        where_(with_kinds(step.where, transform_)),
        selection_(where_, state.options, state.options.operator_names.get()),
        counts_(counts),
        state_(state),
        context_{arena, state.options.base_uri, target, state.options.default_file_system,
                 writers_know} {}

  void handle(StreamStateHandle& handle, const Location& location) override;

 private:
  // `where` without `handle` means the kinds that the transform is for.
  static Selector with_kinds(Selector where, const HandleTransform& transform);

  const Step& step_;
  const HandleTransform& transform_;
  const Selector where_;
  Selection selection_;
  StepCounts& counts_;
  RunState& state_;
  const HandleContext context_;
};

/// `output.handles`: files become relative or absolute, whatever the steps have made of them.
class HandleFormEditor final : public TreeVisitor {
 public:
  HandleFormEditor(HandleForm form, std::string directory, RunState& state, Arena& arena)
      : form_(form), directory_(std::move(directory)), state_(state), arena_(arena) {}

  void handle(StreamStateHandle& handle, const Location& location) override;

 private:
  HandleForm form_;
  std::string directory_;
  RunState& state_;
  Arena& arena_;
};

/// Counts the locations of the result, and those that no step of any group has matched.
class ResultCounter final : public TreeVisitor {
 public:
  ResultCounter(RunReport& report, const std::vector<const void*>& touched, bool untouched)
      : report_(report), touched_(touched), count_untouched_(untouched) {
    report_.locations = report_.absolute = 0;
  }
  void location(const Location& location, std::string_view& text) override;

 private:
  RunReport& report_;
  const std::vector<const void*>& touched_;
  bool count_untouched_;
};

/// Looks through the inline state of a tree.
class InlineUriVisitor final : public TreeVisitor {
 public:
  explicit InlineUriVisitor(RunState& state) : state_(state) {}
  void inline_state(const Location& place, bool /*behind_a_handle*/) override {
    find_uris(place.state, [&](const FoundUri& uri) { state_.on_inline_uri(place, uri); });
  }

 private:
  RunState& state_;
};

}  // namespace stateferry
