#include "active_node.hpp"

#include "listing.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {
namespace {

// Shorter than what a call that fails for the moment is tried for.
constexpr std::chrono::seconds kKept{2};

// Returns when the name node answers of its files. That it says no is an answer.
void ask(RcClient& client, const Place& place, const std::string& uri) {
  try {
    stat_file(client, place, uri);
  } catch (const IoError& error) {
    if (error.code() == "E-STORE-TEMPORARY" || error.code() == "E-STORE-UNREACHABLE") throw;
  }
}

}  // namespace

const Place& ActiveNodes::choose(const std::vector<Place>& places, const std::string& uri,
                                 const std::function<std::shared_ptr<const Daemon>()>& daemon) {
  const std::lock_guard lock(mutex_);
  Choice& choice = choices_[places.front().fs];
  const auto now = Clock::now();
  if (choice.since != Clock::time_point() && now - choice.since < kKept) {
    return places.at(choice.number);
  }
  RcClient client(daemon());
  // The one that was active is so most often.
  for (std::size_t i = 0;; ++i) {
    const std::size_t number = (choice.number + i) % places.size();
    try {
      ask(client, places[number], uri);
      choice = {number, Clock::now()};
      return places[number];
    } catch (const IoError&) {
      if (i + 1 < places.size()) continue;
      choice.since = {};
      throw;
    }
  }
}

}  // namespace stateferry::rclone
