// Prefixes and what replaces them: shared by uri.replace-prefix and uri.map-prefix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "stateferry/plugin/params.hpp"
#include "stateferry/plugin/transform.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/prefix_index.hpp"

namespace stateferry::uri {

/// Literal prefixes in Flink's form, each with its target. The longest source wins, whatever the
/// order. Const after add() and finish(); any number of threads may then call rewrite().
class PrefixMap {
 public:
  /// Adds a pair; both in Flink's form.
  void add(std::string from, std::string to) { pairs_.push_back({std::move(from), std::move(to)}); }

  /// Call after the last add().
  void finish() {
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const Pair& a, const Pair& b) { return a.from.size() > b.from.size(); });
    for (const Pair& pair : pairs_) {
      sources_.add(pair.from);
      targets_.add(pair.to);
    }
  }

  /// Moves `uri` from below its source to below its target. A URI that lies below its source and
  /// below that source's target alike is taken for moved, so that a second run changes nothing.
  Outcome rewrite(std::string_view uri, std::string& result) const {
    const Pair* const pair = source_of(uri);
    if (pair == nullptr) return targets_.find(uri) ? Outcome::already : Outcome::unmatched;
    if (below_prefix(uri, pair->to) && below_prefix(pair->to, pair->from)) return Outcome::already;
    const std::string_view rest = *below_prefix(uri, pair->from);
    result = pair->to;
    if (!rest.empty() && result.ends_with('/')) result.pop_back();
    result += rest;
    return Outcome::changed;
  }

  /// What rewrite() says of every text that is `directory` (which ends with '/') and one more name;
  /// see UriTransform::rewrite_directory().
  std::optional<Outcome> rewrite_directory(std::string_view directory, std::string& result) const {
    const Below source = sources_.below(directory);
    if (source == Below::some) return std::nullopt;
    if (source == Below::none) {
      const Below target = targets_.below(directory);
      if (target == Below::some) return std::nullopt;
      return target == Below::all ? Outcome::already : Outcome::unmatched;
    }
    const Pair& pair = *source_of(directory);
    if (below_prefix(pair.to, pair.from)) {
      const Below target = below_prefix_in(directory, pair.to);
      if (target == Below::some) return std::nullopt;
      if (target == Below::all) return Outcome::already;
    }
    result = pair.to;
    if (result.ends_with('/')) result.pop_back();
    result += directory.substr(pair.from.size() - (pair.from.ends_with('/') ? 1 : 0));
    return Outcome::changed;
  }

  /// Whether no target lies at or below another: then different URIs get different results.
  bool targets_apart() const { return !targets_.nested(); }

  /// The first pair whose target lies below a source, so that a second run would move again; null
  /// when there is none. `source` gets that source.
  const std::string* nested_target(std::string_view& source) const {
    for (const Pair& target : pairs_) {
      if (target.to == target.from) continue;
      const Pair* const pair = source_of(target.to);
      if (pair == nullptr) continue;
      source = pair->from;
      return &target.to;
    }
    return nullptr;
  }

  /// The first pair whose source has a scheme and whose target has none: Flink would look for such
  /// a location in its default file system. Null when there is none.
  const std::string* bare_target() const {
    for (const Pair& pair : pairs_) {
      if (has_scheme(pair.from) && !has_scheme(pair.to)) return &pair.to;
    }
    return nullptr;
  }

  /// The map that moves what these texts became back to where they were: each pair that is for one
  /// of them the other way round, and those that keep their texts in place. A reason where two
  /// sources have one target.
  std::variant<PrefixMap, NoInverse> inverse(const std::vector<std::string>& changed) const {
    std::vector<bool> used(pairs_.size(), false);
    for (const std::string& uri : changed) {
      if (const auto pair = sources_.find(uri)) used[*pair] = true;
    }
    PrefixMap back;
    std::unordered_map<std::string_view, const Pair*> taken;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const Pair& pair = pairs_[i];
      if (!used[i] && pair.from != pair.to) continue;
      const auto [at, added] = taken.try_emplace(pair.to, &pair);
      if (!added) {
        return NoInverse{"both '" + at->second->from + "' and '" + pair.from + "' have become '" +
                         pair.to + "'"};
      }
      back.add(pair.to, pair.from);
    }
    back.finish();
    return back;
  }

  /// See UriTransform::moves().
  std::vector<PrefixMove> moves() const {
    std::vector<PrefixMove> moves;
    for (const Pair& pair : pairs_) moves.push_back({pair.from, pair.to});
    return moves;
  }

  /// The pairs as a parameter.
  ParamNode tree() const {
    ParamNode node;
    for (const Pair& pair : pairs_) node.add(pair.from, ParamNode::of(pair.to));
    return node;
  }

 private:
  struct Pair {
    std::string from;
    std::string to;
  };

  const Pair* source_of(std::string_view uri) const {
    const auto pair = sources_.find(uri);
    return pair ? &pairs_[*pair] : nullptr;
  }

  std::vector<Pair> pairs_;  // longest source first
  PrefixIndex sources_;      // of pairs_
  PrefixIndex targets_;      // of pairs_
};

/// Name and explanation of the hazard that both transforms declare.
inline constexpr char kNestedTarget[] = "nested-target";
inline constexpr char kNestedTargetHelp[] =
    "a target lies below a source; URIs that are there already are taken for moved";

/// Declares the hazard and refuses such a map unless it is accepted.
inline void check_nesting(ParamBinder& params, const PrefixMap& map, std::string_view param) {
  const bool accepted = params.hazard(kNestedTarget, kNestedTargetHelp);
  std::string_view source;
  const std::string* target = map.nested_target(source);
  if (target == nullptr || accepted) return;
  params.error(param, "E-RULE-NESTED",
               "the target '" + *target + "' lies below the source '" + std::string(source) +
                   "', so a second run could not tell what has moved",
               "choose a target elsewhere, or accept it with 'accept: [nested-target]'");
}

/// Refuses a map that takes the scheme off locations that have one.
inline void check_schemes(ParamBinder& params, const PrefixMap& map, std::string_view param) {
  const std::string* target = map.bare_target();
  if (target == nullptr) return;
  params.error(param, "E-RULE-VALUE",
               "the target '" + *target + "' has no scheme, and what is to go there has one",
               "a local path is written 'file:" + *target + "'");
}

/// The hazards that a step with this map must accept.
inline std::vector<std::string> hazards_of(const PrefixMap& map) {
  std::string_view source;
  if (map.nested_target(source) == nullptr) return {};
  return {kNestedTarget};
}

}  // namespace stateferry::uri
