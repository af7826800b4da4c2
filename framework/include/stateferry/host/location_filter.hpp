// `where` of a rule step outside of a run: what a listing of a snapshot leaves out.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/operator_ref.hpp"

namespace stateferry {

/// Says which locations of a snapshot satisfy a Selector, by the code that rule runs use. One
/// object serves one pass over one snapshot; one thread at a time.
class STATEFERRY_API LocationFilter {
 public:
  /// `base_uri`, `file_system`: as RunOptions has them. `names` may be null; else it outlives the
  /// filter.
  LocationFilter(Selector where, std::string base_uri, std::string file_system,
                 const OperatorNames* names);
  ~LocationFilter();
  LocationFilter(const LocationFilter&) = delete;
  LocationFilter& operator=(const LocationFilter&) = delete;

  /// Call for each operator of the snapshot, before its locations.
  void enter_operator(const OperatorKey& op);
  /// Whether the location, whose text is `uri` (UTF-8, Flink's form), is selected.
  bool selects(const Location& location, std::string_view uri);
  /// Whether the operator satisfies what is said of operators by id, uid and name.
  bool selects_operator(const OperatorKey& op);
  /// Throws RuleError (E-RULE-NAMES) when operators are selected by a pattern on uids or names and
  /// the operators that were entered have none. Call after the last.
  void check_names() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stateferry
