// What the assertions of this namespace say of a single location.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/plugin/params.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/glob.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry::asserts {

/// The parameters `prefix`, `contains` and `glob`: all that are given must hold.
class LocationTest {
 public:
  /// Declares the three.
  void declare(ParamBinder& params) {
    params.optional_uri_prefix("prefix", "URI prefix that the location lies at or below", prefix_);
    params.optional("contains", "text that the location contains", contains_);
    params.optional("glob", "pattern of the whole location; * stays within a segment", glob_);
  }
  /// After finish(): reports a pattern that is none.
  void check(ParamBinder& params) const {
    if (const auto problem = glob_.empty() ? std::nullopt : glob_problem(glob_)) {
      params.error("glob", "E-RULE-VALUE", *problem);
    }
  }
  /// Whether none of the three was given, so that every location matches.
  bool empty() const noexcept { return prefix_.empty() && contains_.empty() && glob_.empty(); }

  bool matches(std::string_view uri) const {
    return (prefix_.empty() || below_prefix(uri, prefix_)) &&
           (contains_.empty() || uri.find(contains_) != std::string_view::npos) &&
           (glob_.empty() || glob_match(glob_, uri));
  }
  /// Whether inline state matches: some URI in it, or, where only a text is asked for, its bytes.
  bool matches_state(std::span<const std::byte> state) const {
    if (!contains_.empty() && prefix_.empty() && glob_.empty()) {
      return find_text(state, contains_).has_value();
    }
    bool found = false;
    for_each_uri(state, [&](std::string_view uri) { found = found || matches(uri); });
    return found;
  }
  /// Whether all URIs in inline state match.
  bool matches_all_of(std::span<const std::byte> state) const {
    bool all = true;
    for_each_uri(state, [&](std::string_view uri) { all = all && matches(uri); });
    return all;
  }
  /// See Assertion::matches_directory().
  std::optional<bool> matches_directory(std::string_view directory) const {
    if (!contains_.empty()) return std::nullopt;
    const Below below = prefix_.empty() ? Below::all : below_prefix_in(directory, prefix_);
    if (below == Below::none) return false;
    if (below == Below::some) return std::nullopt;
    return glob_.empty() ? true : glob_match_directory(glob_, directory);
  }

 private:
  template <class F>
  static void for_each_uri(std::span<const std::byte> state, F&& f) {
    find_uris(state,
              [&](const FoundUri& uri) { f(normalize_flink_path(uri.text).value_or(uri.text)); });
  }

  std::string prefix_;
  std::string contains_;
  std::string glob_;
};

}  // namespace stateferry::asserts
