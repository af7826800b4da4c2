#include "stateferry/transfer/mirror_round.hpp"

#include <algorithm>
#include <cmath>

namespace stateferry {
namespace {

constexpr std::size_t kKeptGivenUp = 10;
constexpr std::uint64_t kStarved = 3;
// So many are remembered: without retention a list would grow as long as the job runs.
constexpr std::size_t kKeptCheckpoints = 2000;

bool is_listed(const MirrorState& state, const SourceCheckpoint& one) {
  return std::any_of(state.checkpoints.begin(), state.checkpoints.end(),
                     [&](const MirroredCheckpoint& m) { return m.source == one; });
}

std::int64_t newest_time(const MirrorState& state) {
  return state.checkpoints.empty() ? INT64_MIN : state.checkpoints.front().source.written;
}

}  // namespace

SourceCheckpoint identity_of(const JobSnapshot& snapshot) {
  return {snapshot.name, snapshot.written.value_or(0)};
}

std::vector<JobSnapshot> new_checkpoints(const std::vector<JobSnapshot>& listed,
                                         const MirrorState& state, bool savepoints) {
  const bool full = state.checkpoints.size() >= kKeptCheckpoints;
  std::vector<JobSnapshot> all;
  for (const JobSnapshot& one : listed) {
    if (!one.has_metadata || (!one.number && !savepoints)) continue;
    const SourceCheckpoint identity = identity_of(one);
    if (is_listed(state, identity)) continue;
    if (full && identity.written < state.checkpoints.back().source.written) continue;
    all.push_back(one);
  }
  return all;
}

std::string directory_for(const SourceCheckpoint& checkpoint, const MirrorState& state) {
  const auto takes = [&](const MirroredCheckpoint& one) {
    return one.directory == checkpoint.name && one.source != checkpoint;
  };
  const bool taken = std::any_of(state.checkpoints.begin(), state.checkpoints.end(), takes) ||
                     (state.pending && takes(*state.pending));
  return taken ? checkpoint.name + ".at-" + std::to_string(checkpoint.written) : checkpoint.name;
}

void add_checkpoint(MirrorState& state, MirroredCheckpoint checkpoint) {
  const auto behind = std::find_if(state.checkpoints.begin(), state.checkpoints.end(),
                                   [&](const MirroredCheckpoint& one) {
                                     return one.source.written <= checkpoint.source.written;
                                   });
  state.checkpoints.insert(behind, std::move(checkpoint));
  if (state.checkpoints.size() > kKeptCheckpoints) state.checkpoints.resize(kKeptCheckpoints);
  state.given_up_in_a_row = 0;
}

void add_given_up(MirrorState& state, GivenUp one) {
  state.given_up.insert(state.given_up.begin(), std::move(one));
  if (state.given_up.size() > kKeptGivenUp) state.given_up.resize(kKeptGivenUp);
  ++state.given_up_in_a_row;
}

MirrorLag lag_of(const std::vector<JobSnapshot>& listed, const MirrorState& state,
                 std::int64_t now) {
  MirrorLag lag;
  for (const JobSnapshot& one : listed) {
    if (!one.has_metadata || !one.number || is_listed(state, identity_of(one))) continue;
    const std::int64_t written = one.written.value_or(0);
    if (written < newest_time(state)) continue;
    ++lag.checkpoints;
    const std::int64_t since = written == 0 ? 0 : now - written / kNanoseconds;
    lag.seconds = std::max(lag.seconds, since);
  }
  return lag;
}

std::vector<MirroredCheckpoint> beyond(const MirrorState& state, std::uint64_t keep) {
  const std::size_t kept = static_cast<std::size_t>(std::max<std::uint64_t>(keep, 1));
  if (state.checkpoints.size() <= kept) return {};
  return {state.checkpoints.rbegin(), state.checkpoints.rend() - static_cast<std::ptrdiff_t>(kept)};
}

std::vector<std::string> foreign_snapshots(const std::vector<JobSnapshot>& at_target,
                                           const MirrorState& state) {
  // What an old list has forgotten can't be told from what others have written.
  const bool full = state.checkpoints.size() >= kKeptCheckpoints;
  std::vector<std::string> names;
  for (const JobSnapshot& one : at_target) {
    if (!one.has_metadata) continue;
    const auto is_it = [&](const MirroredCheckpoint& m) { return m.directory == one.name; };
    const bool ours = std::any_of(state.checkpoints.begin(), state.checkpoints.end(), is_it) ||
                      (state.pending && is_it(*state.pending));
    const bool forgotten =
        full && one.written.value_or(INT64_MAX) / kNanoseconds < state.checkpoints.back().mirrored;
    if (!ours && !forgotten) names.push_back(one.name);
  }
  return names;
}

std::optional<StarvationAdvice> starvation_advice(const MirrorState& state) {
  if (state.given_up_in_a_row < kStarved || state.given_up.empty()) return std::nullopt;
  StarvationAdvice advice;
  const GivenUp& last = state.given_up.front();
  if (last.seconds > 0) advice.had = static_cast<double>(last.copied) / last.seconds;
  // The source's own pace: the time between the first and the last of those that were given up.
  const std::size_t row = static_cast<std::size_t>(
      std::min<std::uint64_t>(state.given_up_in_a_row, state.given_up.size()));
  const GivenUp& first = state.given_up[row - 1];
  const double span =
      static_cast<double>(last.source.written - first.source.written) / double{kNanoseconds};
  if (row < 2 || span <= 0) return advice;
  const double interval = span / static_cast<double>(row - 1);
  advice.needed = static_cast<double>(last.bytes) / interval;
  if (advice.had > 0) {
    const double copying = static_cast<double>(last.bytes) / advice.had;
    advice.retain = static_cast<std::uint64_t>(std::ceil(std::min(copying / interval, 1e9))) + 1;
  }
  return advice;
}

}  // namespace stateferry
