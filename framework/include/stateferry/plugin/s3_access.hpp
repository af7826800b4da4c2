// What a storage that serves S3 tells other programs, so that they reach the buckets that it does.
#pragma once

#include <string>

#include "stateferry/export.hpp"

namespace stateferry {

/// How a bucket is reached. What is empty isn't said. No secret is in it: credentials are looked up
/// where the tools of AWS look for them.
struct S3Access {
  std::string endpoint;  ///< `http://host:port`
  std::string region;
  std::string profile;  ///< in `credentials_file`
  std::string credentials_file;

  bool operator==(const S3Access&) const = default;
};

/// A Storage may be one of these, too; the host finds it out.
class STATEFERRY_API S3AccessTeller {
 public:
  virtual ~S3AccessTeller();
  /// For the bucket of `uri`. Throws IoError, E-STORE-ENDPOINT where only the storage itself
  /// reaches it. May be called by several threads.
  virtual S3Access s3_access(const std::string& uri) = 0;
};

}  // namespace stateferry
