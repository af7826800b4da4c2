// Where a URI leads and by what right, in words.
#pragma once

#include "remotes.hpp"
#include "stateferry/plugin/s3_access.hpp"
#include "stateferry/plugin/storage.hpp"

namespace stateferry::rclone {

/// Adds what variables of rclone (`RCLONE_CONFIG_<REMOTE>_<OPTION>`) say of a remote, as far as
/// access_of() looks at it.
void add_options_in_environment(RemoteOptions& options, const std::string& remote,
                                Environment environment);

/// Remote, endpoint, region and where the credentials come from, as far as options and environment
/// tell. `options` are those of the remote: of ours, or of one in rclone.conf. The values of
/// secrets are not looked at.
StoreAccess access_of(const Remotes::Served& served, const RemoteOptions& options,
                      Environment environment);

/// How other programs reach a bucket of S3; `uri` is for messages. Throws E-STORE-ENDPOINT for a
/// remote of rclone.conf, which rclone alone understands.
S3Access s3_access_of(const Remotes::Served& served, const std::string& uri);

}  // namespace stateferry::rclone
