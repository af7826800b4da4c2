// From URIs to what rclone calls them, and the environment that tells rclone how to reach them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry::rclone {

/// A file or directory as rclone names it.
struct Place {
  std::string fs;      ///< `remote:bucket`, or `/` for local files
  std::string remote;  ///< path in it, without a slash in front
};

/// The URI of what rclone lists as `path` when asked for `directory`, which is at `place`. The root
/// of a bucket may end with a slash. Nothing for the directory itself.
std::optional<std::string> listed_uri(const std::string& directory, const Place& place,
                                      std::string_view path);

/// Looks up an environment variable; empty when it isn't set.
using Environment = std::string (*)(const char* name);
std::string environment_of_process(const char* name);

/// Remotes by scheme and bucket: those of `remotes:` in the configuration, else defaults that take
/// endpoint, region and credentials from where the provider's own tools look for them.
///
///   remotes:
///     s3: {provider: Other, endpoint: "http://minio:9000"}   # options of rclone's backend
///     s3://archive: archive                                  # a remote in the user's rclone.conf
class Remotes {
 public:
  explicit Remotes(Environment look_up = environment_of_process) : environment_(look_up) {}

  /// Reads `remotes`. Throws RuleError (E-CONFIG), also for options that hold a secret: these have
  /// their place in rclone.conf or in the provider's own files.
  void configure(const ParamNode& config);

  /// Where `uri` is. Throws IoError for a URI without a bucket. All URIs of a run must be shown to
  /// it before environment() is asked.
  Place place_of(const std::string& uri);

  /// `RCLONE_CONFIG_<NAME>_<OPTION>=value` for all remotes so far.
  std::vector<std::string> environment() const;

 private:
  using Options = std::map<std::string, std::string>;
  const std::string* configured(std::string_view scheme, std::string_view authority) const;
  std::string define(const std::string& name, Options options);
  std::string default_remote(std::string_view scheme, std::string_view authority);
  Options s3_defaults() const;

  Environment environment_;
  std::map<std::string, std::string> chosen_;  // `s3`, `s3://bucket` → name of a remote
  std::map<std::string, Options> defined_;     // remotes that are told by the environment
};

}  // namespace stateferry::rclone
