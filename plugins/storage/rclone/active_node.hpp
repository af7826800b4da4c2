// Which of the name nodes of an HDFS name service is the active one.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "rc_client.hpp"

namespace stateferry::rclone {

/// rclone speaks to one name node at a time, so they are asked, in their order, until one answers
/// that is not a standby. May be used by several threads.
class ActiveNodes {
 public:
  /// The one of `places` (the same path by each name node) that is active. What was found a moment
  /// ago is not asked for again: a failover is seen by the attempts that follow. Throws what the
  /// last of them has said (E-STORE-TEMPORARY, E-STORE-UNREACHABLE) when none is.
  const Place& choose(const std::vector<Place>& places, const std::string& uri,
                      const std::function<std::shared_ptr<const Daemon>()>& daemon);

 private:
  using Clock = std::chrono::steady_clock;
  struct Choice {
    std::size_t number = 0;
    Clock::time_point since;
  };

  std::mutex mutex_;
  std::map<std::string, Choice> choices_;  // by the first one's `fs`
};

}  // namespace stateferry::rclone
