// From URIs to what rclone calls them, and the environment that tells rclone how to reach them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address.hpp"
#include "mapped_schemes.hpp"
#include "name_nodes.hpp"
#include "remote_options.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry::rclone {

/// A file or directory as rclone names it.
struct Place {
  std::string fs;      ///< `remote:bucket`, or `/` for local files
  std::string remote;  ///< path in it, without a slash in front
  /// Whether a file that is being written is seen under its name: it is written beside its place
  /// then. Never for local files, which are seen to elsewhere.
  bool shows_halves = false;
};

/// The URI of what rclone lists as `path` when asked for `directory`, which is at `place`. The root
/// of a bucket may end with a slash. Nothing for the directory itself.
std::optional<std::string> listed_uri(const std::string& directory, const Place& place,
                                      std::string_view path);

/// A name as it stands in variables of rclone.
std::string in_capitals(std::string_view text);

/// Whether an option of a backend, with `_` between words, is a secret by its name.
bool is_secret_option(std::string_view option);

/// Whether an option of rclone, such as `s3-secret-access-key`, holds a secret by its name.
bool names_secret(std::string option);

/// Remotes by scheme and bucket: those of `remotes:` in the configuration, else defaults that take
/// endpoint, region and credentials from where the provider's own tools look for them. A credential
/// serves only the account and the endpoint that it is said to be for.
///
///   remotes:
///     s3: {provider: Other, endpoint: "http://minio:9000"}   # options of rclone's backend
///     s3://archive: archive                                  # a remote in the user's rclone.conf
///     sftp: {host: nas.example.com, user: flink, key_file: /etc/flink/id}   # any other scheme
///
/// Remotes of ours are named by numbers, `sf_1` and so on: nothing of a URI is part of a name, and
/// what becomes an option's value was checked by address_of().
class Remotes {
 public:
  explicit Remotes(Environment look_up = environment_of_process)
      : environment_(look_up), name_nodes_(look_up) {}

  /// Declares and takes `remotes`. Options that hold a secret are problems: these have their place
  /// in rclone.conf or in the provider's own files.
  void configure(ParamBinder& params);

  /// Where `uri` is. Throws IoError: E-STORE-NAME as address_of() does; E-STORE-ENDPOINT when
  /// nothing says which server or credential is meant. All URIs of a run must be shown to it before
  /// environment() is asked.
  Place place_of(const std::string& uri) { return places_of(uri).front(); }
  /// The same by each name node of HDFS that may be the active one, in their order; at least one.
  std::vector<Place> places_of(const std::string& uri);
  /// What all URIs of one file or directory of HDFS have in common, as far as names tell.
  std::string hdfs_identity(const std::string& uri);

  /// How a URI is served: the entry, null when none does, and the options of a remote of ours (none
  /// for one in rclone.conf). Throws as place_of() does.
  struct Served {
    Address address;
    const RemoteEntry* entry = nullptr;
    RemoteOptions options;
  };
  Served served(const std::string& uri);
  /// Schemes that entries bring along.
  std::vector<std::string> mapped_schemes() const;

  /// `RCLONE_CONFIG_<NAME>_<OPTION>=value` for all remotes so far.
  std::vector<std::string> environment() const;

 private:
  void add(const ParamBinder::TextOrMap& line);
  std::string add_mapped(const ParamBinder::TextOrMap& line, RemoteEntry& entry);
  Address address_in(const std::string& uri) const;
  RemoteEntry* entry_for(const Address& address);
  // The address of `uri`, which may be completed for HDFS.
  Address find(const std::string& uri);
  RemoteEntry* checked_entry(const Address& address, const std::string& uri);
  std::vector<std::string> remotes_for(const Address& address, const std::string& uri);
  std::string defined(const RemoteOptions& options);

  Environment environment_;
  NameNodes name_nodes_;
  std::map<std::string, RemoteEntry> entries_;    // `s3`, `s3://bucket`, …: see key_of()
  std::map<RemoteOptions, std::string> defined_;  // remotes of ours, and their names
};

}  // namespace stateferry::rclone
