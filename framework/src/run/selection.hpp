// Evaluates `where` for one location at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stateferry/host/pipeline.hpp"

namespace stateferry {

/// What is known of the operators of a snapshot.
struct OperatorsSeen {
  bool complete = false;  ///< all were seen: those of later steps are not those of the input
  bool any = false;
  bool uids = false;   ///< uids are known, from the file or from the user
  bool names = false;  ///< names are known

  /// Takes one as the file has it. `known` may be null.
  void add(const OperatorKey& op, const OperatorNames* known);
  /// What `where` has a pattern on that nobody knows, `uid` or `name`; null: nothing.
  const char* unknown_of(const Selector& where) const;
};
/// What to do about that, for messages.
extern const char* const kNamesHint;

/// A Selector made ready for one run. Borrows the selector and the options. Not thread-safe: it
/// remembers its answer for the operator in hand.
class Selection {
 public:
  /// `names` may be null; it must outlive the selection.
  Selection(const Selector& where, const RunOptions& options, const OperatorNames* names);

  /// Whether the location, whose text is now `uri` (UTF-8, Flink's form), is selected.
  bool selects(const Location& location, std::string_view uri) {
    return selects_kind(location.kind) && (by_kind_alone_ || selects_further(location, uri));
  }
  /// The same for every location like this one whose text is `directory` (which ends with '/')
  /// followed by one more name. Nothing when they differ, or may.
  std::optional<bool> selects_directory(const Location& location, std::string_view directory);
  /// Whether the operator satisfies what is said of ids, uids and names; null never does where
  /// something is said.
  bool selects_operator(const OperatorKey* op);
  /// Whether its answer depends on the operator.
  bool by_operator() const noexcept { return by_operator_; }
  /// Whether it looks at the names of registered operator states.
  bool by_state() const noexcept { return !where_.state_name.empty(); }
  /// Whether a location of this kind could be selected at all.
  bool selects_kind(LocationKind kind) const noexcept { return (kinds_ & bit(kind)) != 0; }

 private:
  static unsigned bit(LocationKind kind) noexcept { return 1U << static_cast<unsigned>(kind); }
  bool selects_further(const Location& location, std::string_view uri);
  bool selects_uri(std::string_view uri) const;

  const Selector& where_;
  std::string_view base_uri_;
  std::string_view file_system_;
  const OperatorNames* names_;
  unsigned kinds_ = 0;
  bool by_kind_alone_;
  bool by_operator_;
  std::optional<std::uint32_t> last_operator_;
  bool last_answer_ = false;
};

}  // namespace stateferry
