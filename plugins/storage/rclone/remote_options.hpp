// The options of a remote of ours: where the provider's own tools look for endpoint, region and
// credentials, and what the user has said.
#pragma once

#include <map>
#include <string>

#include "address.hpp"

namespace stateferry::rclone {

/// Looks up an environment variable; empty when it isn't set.
using Environment = std::string (*)(const char* name);
std::string environment_of_process(const char* name);

/// Options of rclone's backend, by name with `_` between words.
using RemoteOptions = std::map<std::string, std::string>;

/// One line under `remotes`.
struct RemoteEntry {
  std::string key;        ///< as the user writes it
  std::string name;       ///< of a remote in rclone.conf; empty: `options`
  RemoteOptions options;  ///< those of the user alone
  bool whole = true;      ///< serves all of a family, not one bucket, account or name node
  std::string owner;      ///< whom it leads to, where that can only be one
  std::string scheme;     ///< that only the configuration knows; else empty
  std::string authority;  ///< of such a scheme: the one server or bucket that it is for

  /// Whether the authority of a URI of such a scheme is a bucket, and no server.
  bool names_buckets() const;
};

/// A store that speaks S3 at endpoints of its own: variables of its provider's tools.
struct S3Like {
  const char* provider;  ///< as rclone calls it
  const char* endpoint;
  const char* key;
  const char* secret;
  const char* token;
};
/// What is said of it; null for a family that isn't one.
const S3Like* s3_like(Family family) noexcept;

/// Whether an entry with these options leads to one account or name node, whatever the URI says.
bool leads_to_one(const RemoteOptions& options);

/// All options for an address; `entry` may be null, and `uri` is for messages. A credential is
/// taken only for the account and the cloud that it is said to be for. Throws IoError
/// (E-STORE-ENDPOINT, E-STORE-NAME).
RemoteOptions options_of_remote(const Address& address, const RemoteEntry* entry,
                                const std::string& uri, Environment environment);

/// Throws E-STORE-ENDPOINT.
[[noreturn]] void refuse_endpoint(const std::string& what, const std::string& uri,
                                  const std::string& hint);

}  // namespace stateferry::rclone
