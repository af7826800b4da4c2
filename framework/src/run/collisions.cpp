#include "run/collisions.hpp"

#include <xxhash.h>

#include <algorithm>

namespace stateferry {
namespace {

std::uint64_t hash(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace

bool CollisionCheck::watches(std::string_view after) const {
  return !watch_.empty() && watch_.contains(hash(after));
}

void CollisionCheck::add(std::string_view before, std::string_view after,
                         const std::string& where) {
  if (watch_.empty()) {
    pairs_.emplace_back(hash(after), hash(before));
    return;
  }
  if (!watches(after)) return;
  // A file that many handles share is one location.
  for (const Watched& w : watched_) {
    if (w.before == before && w.after == after) return;
  }
  watched_.push_back({std::string(before), std::string(after), where});
}

std::unordered_set<std::uint64_t> CollisionCheck::suspects() {
  std::sort(pairs_.begin(), pairs_.end());
  std::unordered_set<std::uint64_t> shared;
  for (std::size_t i = 1; i < pairs_.size(); ++i) {
    if (pairs_[i].first == pairs_[i - 1].first && pairs_[i].second != pairs_[i - 1].second) {
      shared.insert(pairs_[i].first);
    }
  }
  return shared;
}

void CollisionCheck::watch(std::unordered_set<std::uint64_t> hashes) {
  watch_ = std::move(hashes);
  pairs_.clear();
}

std::string CollisionCheck::verdict() const {
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    for (std::size_t j = i + 1; j < watched_.size(); ++j) {
      const Watched& a = watched_[i];
      const Watched& b = watched_[j];
      if (a.after != b.after) continue;
      return "'" + a.before + "' (" + a.where + ") and '" + b.before + "' (" + b.where +
             ") would both become '" + a.after + "'";
    }
  }
  return {};
}

}  // namespace stateferry
