#include "stateferry/host/location_filter.hpp"

#include <utility>

#include "run/selection.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {

namespace {

RunOptions options_of(std::string base_uri, std::string file_system) {
  RunOptions options;
  options.base_uri = std::move(base_uri);
  options.default_file_system = std::move(file_system);
  return options;
}

}  // namespace

struct LocationFilter::State {
  Selector where;
  RunOptions options;
  const OperatorNames* names;
  Selection selection;
  OperatorsSeen seen;

  State(Selector selector, RunOptions run_options, const OperatorNames* known)
      : where(std::move(selector)),
        options(std::move(run_options)),
        names(known),
        selection(where, options, known) {}
};

LocationFilter::LocationFilter(Selector where, std::string base_uri, std::string file_system,
                               const OperatorNames* names)
    : state_(std::make_unique<State>(
          std::move(where), options_of(std::move(base_uri), std::move(file_system)), names)) {}
LocationFilter::~LocationFilter() = default;

void LocationFilter::enter_operator(const OperatorKey& op) {
  state_->seen.add(op, state_->names);
}

bool LocationFilter::selects(const Location& location, std::string_view uri) {
  return state_->selection.selects(location, uri);
}

bool LocationFilter::selects_operator(const OperatorKey& op) {
  return state_->selection.selects_operator(&op);
}

void LocationFilter::check_names() const {
  const char* const unknown = state_->seen.unknown_of(state_->where);
  if (unknown == nullptr) return;
  throw RuleError("E-RULE-NAMES",
                  std::string("operators are selected by a pattern on ") + unknown +
                      ", which this snapshot doesn't store",
                  kNamesHint);
}

}  // namespace stateferry
