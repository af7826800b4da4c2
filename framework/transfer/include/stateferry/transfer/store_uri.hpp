// URIs as names of files in stores. All in Flink's form (uri/flink_path.hpp), UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace stateferry {

/// The store that a scheme means: s3, s3a, s3n and s3p are all `s3`; abfs, abfss, wasb and wasbs
/// are all `abfss`; others are themselves; no scheme at all is `file`.
std::string_view store_of_scheme(std::string_view scheme) noexcept;

/// One text for all that mean one file: under the scheme that store_of_scheme() gives, without
/// default ports, user names, dots behind a host and capitals in it. Buckets and containers stay as
/// they are, for there capitals count.
std::string canonical_uri(std::string_view uri);

/// canonical_uri() without the name node of HDFS and the host of a local file, which Flink takes
/// from its configuration or doesn't look at. Files of unequal texts are different by name; those
/// of equal texts may be one. For what has to be kept, never for what is to be proved.
std::string broad_uri(std::string_view uri);

/// Whether a URI names a file of this machine: by no scheme or `file`, without another host.
bool is_local_uri(std::string_view uri) noexcept;

/// The path of a local file's URI.
std::string local_path_of(std::string_view uri);

/// `scheme://authority` of `uri`, as it is written there.
std::string_view store_root_of(std::string_view uri) noexcept;

/// `uri` as it is written under another scheme of its store, where a store has several (s3…,
/// abfs… and wasb…); else `uri` itself.
std::string in_scheme(std::string_view uri, std::string_view scheme);

/// The scheme of `uri`; `file` when there is none.
std::string_view scheme_of(std::string_view uri) noexcept;

/// `uri` without the slash at its end, but for a root such as `file:/`.
std::string without_slash(std::string_view uri);

/// `directory` and the relative `name` in one URI.
std::string join_uri(std::string_view directory, std::string_view name);

/// The directory that a file or directory lies in, without a slash at its end, but for a root: that
/// of `s3://bucket/x` is `s3://bucket/`. A root is its own; a name without a slash has none.
std::string directory_of(std::string_view uri);

/// What stands behind the last slash.
std::string_view last_name(std::string_view uri) noexcept;

/// The deepest directory that both (directories, canonical, without a slash at the end) lie in or
/// are; empty when they are in different stores. May be a store's root: `s3://bucket`, `file:/`.
std::string common_directory(std::string_view a, std::string_view b);

/// Whether `directory` is the root of its store, so that nothing lies above it.
bool is_store_root(std::string_view directory) noexcept;

}  // namespace stateferry
