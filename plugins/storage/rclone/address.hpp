// What the URIs of stores name, checked. Nothing of a URI goes to rclone that was not checked here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stateferry::rclone {

/// The kinds of stores that rclone reaches for us.
enum class Family {
  s3,
  gs,
  oss,
  cos,
  obs,
  azure,
  hdfs,
  mapped  ///< a scheme that only the configuration knows
};

/// Their schemes.
inline constexpr std::string_view kSchemes =
    "s3 s3a s3n s3p gs abfs abfss wasb wasbs hdfs oss cos cosn obs";

/// The family of a scheme; nothing when it is none of kSchemes.
std::optional<Family> family_of(std::string_view scheme) noexcept;

/// Where a URI leads. All parts are such as their store allows.
struct Address {
  Family family = Family::s3;
  std::string scheme;  ///< of Family::mapped; else empty
  std::string bucket;  ///< bucket or container; empty for HDFS and mapped schemes
  /// Azure: as canonical_azure_authority() has it; HDFS: with its port, empty where the URI names
  /// none; mapped schemes: all of the authority, which may be a bucket as well.
  std::string host;
  /// HDFS, where `host` is a name service: `host:port,host:port`; else empty. See NameNodes.
  std::string name_nodes;
  std::string account;  ///< Azure: what the host of a known cloud names; else empty
  std::string cloud;    ///< Azure: that cloud, such as `core.windows.net`; else empty
  std::string path;     ///< without slashes in front and at the end
};

/// Throws IoError (E-STORE-NAME) for a bucket, container, account or host that the store doesn't
/// have, for user names and passwords, and for paths that rclone would take for others.
Address address_of(const std::string& uri);
/// The same for a URI whose scheme only the configuration knows.
Address mapped_address_of(const std::string& uri);

/// The path of a local file, without the slash in front. Throws IoError (E-STORE-NAME) as above.
std::string local_path_of(const std::string& uri);

/// `host:port` of a name node, in small letters; port 8020 where none is said. Throws IoError
/// (E-STORE-NAME), `uri` being where the text comes from.
std::string name_node_of(std::string_view authority, const std::string& uri);

/// Whether Azure has accounts of this name.
bool is_azure_account(std::string_view name) noexcept;

/// `uri` without what stands before the '@' in an authority that has no place for it: it is a
/// secret.
std::string without_user(std::string_view uri);

}  // namespace stateferry::rclone
