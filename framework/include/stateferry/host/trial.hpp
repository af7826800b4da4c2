// Snapshots that are made up to try rules on: locations that no file holds, each in the place in
// which a real snapshot would have it. So rules are tried by the same code that rewrites files.
// For host programs, not for plugins.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/operator_id.hpp"

namespace stateferry {

/// Where the locations of a made-up snapshot stand. All text is UTF-8.
struct TrialPlace {
  Role roles = Role::managed_keyed;         ///< all of these hold at the place
  LocationKind kind = LocationKind::file;   ///< the kind of handle
  std::optional<OperatorId> operator_id{};  ///< nothing: some operator that nobody asks for
  std::string operator_uid;                 ///< empty: none
  std::string operator_name;                ///< empty: unknown
  std::string state_name;                   ///< of the operator state around it; empty: none
};

/// The most texts that one made-up snapshot holds: as many as an operator has subtasks.
inline constexpr std::size_t kMaxTrialTexts = 32768;

/// A whole metadata file with one operator and, in each of its subtasks, one of `texts` at `place`
/// (a directory twice, since such handles hold two). It is of the newest released format that can
/// hold such a place. An operator without state and with a name stands beside it, so that patterns
/// over names have something to look at. Throws RuleError where no snapshot has such a place, and
/// PluginError.
STATEFERRY_API std::vector<std::byte> make_trial_snapshot(const TrialPlace& place,
                                                          const std::vector<std::string>& texts,
                                                          PluginRegistry& registry);

/// A location of a snapshot, for looking at what a run made. UTF-8.
struct TrialLocation {
  std::string text;
  LocationKind kind = LocationKind::file;
  std::string path;  ///< in the model: `operators[0].subtasks[2].managed_keyed.delegate.path`
};
/// All locations of the snapshot in `source`, in file order. Throws FormatError and PluginError.
STATEFERRY_API std::vector<TrialLocation> list_locations(std::unique_ptr<ByteSource> source,
                                                         PluginRegistry& registry);

}  // namespace stateferry
