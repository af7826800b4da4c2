#include "stateferry/rules/lint.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/host/guarded_call.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

using Moves = std::vector<PrefixMove>;

void warn(const Step& step, std::string code, std::string message, DiagnosticSink& sink) {
  sink.report({.severity = Severity::warning,
               .code = std::move(code),
               .message = std::move(message),
               .mark = step.mark});
}

std::optional<Moves> moves_of(const Step& step) {
  const auto* transform = dynamic_cast<const UriTransform*>(step.transform.get());
  if (transform == nullptr) return std::nullopt;
  return guarded_call(step.uses, [&] { return transform->moves(); });
}

// --- prefixes -----------------------------------------------------------------------------------

std::string_view scheme_of(std::string_view prefix) {
  return prefix.substr(0, prefix.find(':'));
}

/// Whether everything below `inner` lies below `outer`. Both may be schemes.
bool covers(std::string_view outer, std::string_view inner) {
  if (outer.ends_with(':')) return scheme_of(outer) == scheme_of(inner);
  return !inner.ends_with(':') && below_prefix(inner, outer).has_value();
}

bool overlap(std::string_view a, std::string_view b) {
  return covers(a, b) || covers(b, a);
}

/// Whether some text may begin with both.
bool can_begin_alike(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

// --- one step -----------------------------------------------------------------------------------

/// Places that no snapshot has, whatever it holds.
std::optional<std::string> impossible_place(const Selector& where, bool is_assertion) {
  constexpr Role kInline = Role::master | Role::coordinator;
  const auto only = [&](Role roles) {
    return where.roles != Role::none &&
           (static_cast<unsigned>(where.roles) & ~static_cast<unsigned>(roles)) == 0;
  };
  const auto asks_for = [&](LocationKind kind) {
    return std::find(where.handles.begin(), where.handles.end(), kind) != where.handles.end();
  };
  // Assertions look into inline state that no location stands for.
  if (is_assertion && asks_for(LocationKind::bytes)) return std::nullopt;
  if (only(Role::master)) return "no location has the role master";
  if (only(kInline) && !asks_for(LocationKind::bytes)) {
    return "state of a coordinator is inline, and 'handle' doesn't ask for 'bytes'";
  }
  const bool only_directories =
      where.handles.size() == 1 && where.handles.front() == LocationKind::directory;
  if (only_directories && where.roles != Role::none &&
      !any(where.roles, Role::managed_operator | Role::raw_operator)) {
    return "only operator state has handles of the kind 'directory'";
  }
  return std::nullopt;
}

/// `where.uri` that lets nothing through of what the step moves.
std::optional<std::string> contradiction(const Selector& where, const Moves& moves) {
  const auto none = [&](auto&& fits) {
    return std::none_of(moves.begin(), moves.end(),
                        [&](const PrefixMove& move) { return fits(move.from); });
  };
  const auto has_scheme = [&](const std::string& from) {
    return std::find(where.uri_schemes.begin(), where.uri_schemes.end(), scheme_of(from)) !=
           where.uri_schemes.end();
  };
  if (!where.uri_schemes.empty() && none(has_scheme)) {
    return "'where' wants the scheme '" + where.uri_schemes.front() + "', and it moves '" +
           moves.front().from + "'";
  }
  const auto has_glob = [&](const std::string& from) {
    return std::any_of(where.uri_globs.begin(), where.uri_globs.end(), [&](std::string_view glob) {
      return can_begin_alike(glob.substr(0, glob.find_first_of("*?\\")), from);
    });
  };
  if (!where.uri_globs.empty() && none(has_glob)) {
    return "'where' wants '" + where.uri_globs.front() + "', and it moves '" + moves.front().from +
           "'";
  }
  return std::nullopt;
}

/// Entries of one map that say what a shorter one says already.
void check_map(const Step& step, const Moves& moves, DiagnosticSink& sink) {
  for (const PrefixMove& inner : moves) {
    const PrefixMove* next = nullptr;  // what would take its place
    for (const PrefixMove& outer : moves) {
      if (&outer == &inner || inner.from.ends_with(':') || !covers(outer.from, inner.from))
        continue;
      if (next == nullptr || outer.from.size() > next->from.size()) next = &outer;
    }
    if (next == nullptr) continue;
    const auto rest = below_prefix(inner.from, next->from);
    if (!rest || join_prefix(next->to, *rest) != inner.to) continue;
    warn(step, "W-RULE-SHADOWED",
         "the prefix '" + inner.from + "' of step '" + step.id + "' has no effect: '" + next->from +
             "' moves it to the same place",
         sink);
  }
}

// --- several steps ------------------------------------------------------------------------------

/// Looks at each step with the steps before it.
class Sequence {
 public:
  Sequence(const std::vector<Step>& steps, DiagnosticSink& sink) : steps_(steps), sink_(sink) {
    for (const Step& step : steps) moves_.push_back(moves_of(step));
  }

  void check(std::size_t i) const {
    const Step& step = steps_[i];
    const Moves& moves = *moves_[i];
    std::vector<std::pair<const PrefixMove*, const Step*>> shadowed;
    for (const PrefixMove& move : moves) {
      if (const Step* earlier = taken_by(move.from, i)) shadowed.emplace_back(&move, earlier);
    }
    if (shadowed.size() == moves.size()) {
      warn(step, "W-RULE-NEVER",
           "step '" + step.id + "' can never change anything: step '" +
               shadowed.front().second->id + "' has moved all that lies below '" +
               shadowed.front().first->from + "'",
           sink_);
      return;
    }
    for (const auto& [move, earlier] : shadowed) {
      warn(step, "W-RULE-SHADOWED",
           "the prefix '" + move->from + "' of step '" + step.id + "' has no effect: step '" +
               earlier->id + "' has moved all that lies below it",
           sink_);
    }
  }

  const std::optional<Moves>& moves(std::size_t i) const { return moves_[i]; }

 private:
  /// The last step before `i` that moves everything below `prefix` away for good; null when it
  /// isn't certain that there is one.
  const Step* taken_by(const std::string& prefix, std::size_t i) const {
    if (!selects_absolute_only(steps_[i].where)) return nullptr;
    for (std::size_t j = i; j-- > 0;) {
      if (steps_[j].transform->kind() == TransformKind::assertion) continue;
      if (!moves_[j]) return nullptr;  // who knows what it makes
      const Moves& moves = *moves_[j];
      const bool brings = std::any_of(moves.begin(), moves.end(), [&](const PrefixMove& move) {
        return overlap(move.to, prefix);
      });
      if (brings) return nullptr;
      const bool takes = std::any_of(moves.begin(), moves.end(), [&](const PrefixMove& move) {
        return covers(move.from, prefix);
      });
      if (takes && steps_[j].where.empty()) return &steps_[j];
    }
    return nullptr;
  }

  static bool selects_absolute_only(const Selector& where) {
    return std::all_of(where.handles.begin(), where.handles.end(),
                       [](LocationKind kind) { return is_absolute(kind); });
  }

  const std::vector<Step>& steps_;
  DiagnosticSink& sink_;
  std::vector<std::optional<Moves>> moves_;
};

}  // namespace

void warn_of_idle_rules(const Pipeline& pipeline, DiagnosticSink& sink) {
  const Sequence sequence(pipeline.steps, sink);
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const Step& step = pipeline.steps[i];
    const TransformKind kind = step.transform->kind();
    if (kind != TransformKind::uri && kind != TransformKind::assertion) continue;
    const auto& moves = sequence.moves(i);
    auto reason = impossible_place(step.where, kind == TransformKind::assertion);
    if (!reason && moves && !moves->empty()) reason = contradiction(step.where, *moves);
    if (reason) {
      const char* what = moves ? "' can never change anything: " : "' can never meet anything: ";
      warn(step, "W-RULE-NEVER", "step '" + step.id + what + *reason, sink);
      continue;
    }
    if (!moves || moves->empty()) continue;
    check_map(step, *moves, sink);
    sequence.check(i);
  }
}

}  // namespace stateferry
