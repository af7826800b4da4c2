// The way to stores: which remote serves a URI, and the rclone that knows of it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "active_node.hpp"
#include "daemon.hpp"
#include "remotes.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/plugin/s3_access.hpp"

namespace stateferry::rclone {

/// Configured first, on one thread; then several threads.
class Connection {
 public:
  /// Declares and takes `remotes` and `rclone`.
  void configure(ParamBinder& params);
  /// How often a call that failed for the moment is made, in all.
  unsigned attempts() const noexcept { return static_cast<unsigned>(attempts_); }

  /// See Storage::limit_rate() and tell_engine(). Before daemon().
  void limit_rate(std::uint64_t bytes_per_second);
  void tell_engine(EngineLog wanted, EngineTeller tell);

  /// See Storage::access(). Asks the running rclone for what the user's own remote says of itself.
  StoreAccess access(const std::string& uri);
  /// See Remotes::mapped_schemes().
  std::vector<std::string> mapped_schemes() const { return remotes_.mapped_schemes(); }

  /// See Remotes::place_of(). Of several name nodes of HDFS the active one is looked for.
  Place place_of(const std::string& uri);
  /// See s3_access_of().
  S3Access s3_access(const std::string& uri);
  /// See Remotes::hdfs_identity().
  std::string hdfs_identity(const std::string& uri);
  /// The running rclone, which knows of all URIs that were shown to place_of(). One that doesn't
  /// know them is left to those who are still using it.
  std::shared_ptr<const Daemon> daemon();

 private:
  Remotes remotes_;
  ActiveNodes active_;
  DaemonOptions options_;
  std::vector<std::string> passed_on_;  // RCLONE_…=… from the configuration
  std::int64_t attempts_ = 4;
  std::mutex mutex_;
  std::shared_ptr<const Daemon> daemon_;
  std::vector<std::string> known_;  // environment that the daemon was started with
};

}  // namespace stateferry::rclone
