#include "remotes.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

// Options of rclone's backends whose values must not stand in a file of ours.
constexpr std::array<std::string_view, 14> kSecrets = {"access_key_id",
                                                       "client_secret",
                                                       "key",
                                                       "pass",
                                                       "password",
                                                       "sas_url",
                                                       "secret_access_key",
                                                       "service_account_credentials",
                                                       "session_token",
                                                       "sse_customer_key",
                                                       "sse_customer_key_base64",
                                                       "token",
                                                       "client_certificate_password",
                                                       "kerberos_ccache"};

std::string_view family_name(Family family) {
  switch (family) {
    case Family::azure:
      return "abfss";
    case Family::gs:
      return "gs";
    case Family::hdfs:
      return "hdfs";
    case Family::oss:
      return "oss";
    case Family::cos:
      return "cos";
    case Family::obs:
      return "obs";
    default:
      return "s3";
  }
}

[[noreturn]] void refuse(const SourceMark& mark, std::string message, std::string hint) {
  throw RuleError(
      {.code = "E-CONFIG", .message = std::move(message), .mark = mark, .hint = std::move(hint)});
}

// Ends of such names in backends that only the configuration brings along.
constexpr std::array<std::string_view, 8> kSecretEnds = {
    "_key", "pass", "password", "secret", "_token", "credentials", "_pem", "headers"};

std::string option_name(const ParamBinder::MapEntry& option) {
  std::string name = option.key;
  std::replace(name.begin(), name.end(), '-', '_');
  if (is_secret_option(name)) {
    refuse(option.key_mark, "'" + option.key + "' is a credential and must not stand here",
           "keep it where the provider's tools look for it, or in a remote of rclone.conf, and "
           "name that remote here");
  }
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  if (name.empty() || !plain) {
    refuse(option.key_mark, "rclone has no option '" + option.key + "'",
           "see the page of its backend");
  }
  return name;
}

// Names that rclone takes, without what ends a name in its texts for remotes.
bool is_remote_name(std::string_view name) {
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || byte >= 0x80 || c == '_' || c == '.' || c == '+' || c == '@';
  };
  return !name.empty() && is_plain(name.front()) && name.back() != ' ' &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_plain(c) || c == '-' || c == ' '; });
}

bool is_of_ours(std::string_view name) {
  return name.starts_with("sf_") &&
         name.find_first_not_of("0123456789", 3) == std::string_view::npos;
}

// Whom an entry serves where a URI of HDFS names nobody.
const std::string kDefaultHdfs = "hdfs:///";

// What an entry's place in the map is called: the family, or the family and whom it is for.
std::string key_of(Family family, std::string_view who) {
  std::string key(family_name(family));
  if (!who.empty()) key.append("://").append(who);
  return key;
}
std::string container_key(const Address& address) {
  std::string who = address.bucket;
  if (!address.host.empty()) who += "@" + address.host;
  return key_of(address.family, who);
}

// The key of `scheme://authority` as the user writes it.
std::string key_of_text(Family family, const std::string& text, std::string_view authority) {
  // No container has a dot in its name: this is an account's host.
  if (family == Family::azure && authority.find('@') == std::string_view::npos &&
      authority.find('.') != std::string_view::npos) {
    return key_of(
        family,
        address_of(text.substr(0, text.find("://")) + "://any@" + std::string(authority)).host);
  }
  const Address address = address_of(text);
  return family == Family::hdfs ? key_of(family, address.host) : container_key(address);
}

}  // namespace

std::string in_capitals(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return result;
}

bool is_secret_option(std::string_view option) {
  return std::find(kSecrets.begin(), kSecrets.end(), option) != kSecrets.end() ||
         std::any_of(kSecretEnds.begin(), kSecretEnds.end(),
                     [&](std::string_view end) { return option.ends_with(end); });
}

bool names_secret(std::string option) {
  std::replace(option.begin(), option.end(), '-', '_');
  for (const std::string_view backend :
       {"s3_", "azureblob_", "gcs_", "hdfs_", "sftp_", "webdav_", "ftp_", "b2_", "swift_"}) {
    if (option.starts_with(backend) && is_secret_option(option.substr(backend.size()))) return true;
  }
  return false;
}

void Remotes::configure(ParamBinder& params) {
  std::vector<ParamBinder::TextOrMap> lines;
  params.map_of_texts_or_maps("remotes",
                              "which remote serves a scheme, or scheme://bucket: the name of one "
                              "in rclone.conf, or options "
                              "of rclone's backend",
                              lines);
  for (const ParamBinder::TextOrMap& line : lines) {
    try {
      add(line);
    } catch (const RuleError& error) {
      const Diagnostic& d = error.diagnostic();
      params.error_at(d.mark, d.code, d.message, d.hint);
    }
  }
}

void Remotes::add(const ParamBinder::TextOrMap& line) {
  const std::string& text = line.key;
  const std::string scheme = text.substr(0, text.find("://"));
  const std::optional<Family> family = family_of(scheme);
  RemoteEntry entry;
  entry.key = text;
  entry.whole = scheme == text;
  std::string key = family ? key_of(*family, {}) : add_mapped(line, entry);
  if (family && !entry.whole) {
    try {
      std::string_view authority = std::string_view(text).substr(scheme.size() + 3);
      if (authority.ends_with('/')) authority.remove_suffix(1);
      if (authority.find('/') != std::string_view::npos) {
        refuse(line.key_mark, "an entry is for a whole bucket, not for a path in it", "");
      }
      if (authority.empty()) refuse(line.key_mark, "'" + text + "' names nothing", "");
      key = key_of_text(*family, text, authority);
    } catch (const IoError& error) {
      refuse(line.key_mark, "'" + text + "': " + error.what(), error.diagnostic().hint);
    }
  }
  if (line.is_text) {
    entry.name = line.text;
    if (entry.name.ends_with(':')) entry.name.pop_back();
    if (!is_remote_name(entry.name) || is_of_ours(entry.name)) {
      refuse(line.value_mark, "'" + line.text + "' is no name of a remote in rclone.conf",
             "write the name alone; options go into a map");
    }
  }
  for (const ParamBinder::MapEntry& option : line.members) {
    entry.options[option_name(option)] = option.value;
  }
  if (!family) complete_mapped(entry);
  const auto [at, added] = entries_.emplace(key, std::move(entry));
  if (!added) {
    refuse(line.key_mark, "'" + text + "' and '" + at->second.key + "' are one place",
           "keep one of the two");
  }
}

// A scheme that no storage has by itself; its key.
std::string Remotes::add_mapped(const ParamBinder::TextOrMap& line, RemoteEntry& entry) {
  const std::string& text = line.key;
  const std::string scheme = text.substr(0, text.find("://"));
  if (!is_mappable(scheme)) {
    refuse(line.key_mark, "'" + text + "' is neither a scheme nor scheme://bucket",
           "a scheme is a small letter, and small letters and digits behind it; 'file' is none");
  }
  entry.scheme = scheme;
  if (entry.whole) return scheme;
  try {
    std::string root = text;
    while (root.ends_with('/')) root.pop_back();
    const Address address = mapped_address_of(root + "/");
    if (!address.path.empty() || address.host.empty()) {
      refuse(line.key_mark, "an entry is for a whole server or bucket, not for a path in it", "");
    }
    entry.authority = address.host;
    return scheme + "://" + address.host;
  } catch (const IoError& error) {
    refuse(line.key_mark, "'" + text + "': " + error.what(), error.diagnostic().hint);
  }
}

std::vector<std::string> Remotes::mapped_schemes() const {
  std::vector<std::string> schemes;
  for (const auto& [key, entry] : entries_) {
    if (!entry.scheme.empty()) schemes.push_back(entry.scheme);
  }
  std::sort(schemes.begin(), schemes.end());
  schemes.erase(std::unique(schemes.begin(), schemes.end()), schemes.end());
  return schemes;
}

Address Remotes::address_in(const std::string& uri) const {
  const std::string_view scheme = split_flink_path(uri).scheme;
  const bool mapped = !family_of(scheme) &&
                      std::any_of(entries_.begin(), entries_.end(),
                                  [&](const auto& line) { return line.second.scheme == scheme; });
  return mapped ? mapped_address_of(uri) : address_of(uri);
}

RemoteEntry* Remotes::entry_for(const Address& address) {
  if (address.family == Family::mapped) {
    auto at = entries_.find(address.scheme + "://" + address.host);
    if (at == entries_.end()) at = entries_.find(address.scheme);
    return at == entries_.end() ? nullptr : &at->second;
  }
  std::vector<std::string> keys = {key_of(address.family, {})};
  if (!address.host.empty()) keys.push_back(key_of(address.family, address.host));
  if (!address.bucket.empty()) keys.push_back(container_key(address));
  RemoteEntry* found = nullptr;
  for (const std::string& key : keys) {  // the narrowest is the last
    const auto at = entries_.find(key);
    if (at != entries_.end()) found = &at->second;
  }
  return found;
}

// The entry, and that what it leads to is what the URI names.
RemoteEntry* Remotes::checked_entry(const Address& address, const std::string& uri) {
  RemoteEntry* const entry = entry_for(address);
  if (address.family == Family::mapped) {
    check_mapped(address, entry, uri);
    return entry;
  }
  const bool by_host = address.family == Family::azure || address.family == Family::hdfs;
  if (entry != nullptr && entry->whole && by_host &&
      (!entry->name.empty() || leads_to_one(entry->options))) {
    const std::string& host = address.host.empty() ? kDefaultHdfs : address.host;
    if (entry->owner.empty()) entry->owner = host;
    if (entry->owner != host) {
      refuse_endpoint("'" + entry->key + "' under 'remotes' leads to one place, and is asked for " +
                          entry->owner + " and " + host,
                      uri, "give each of them an entry of its own: " + entry->key + "://HOST");
    }
  }
  return entry;
}

std::string Remotes::defined(const RemoteOptions& options) {
  const auto [at, added] = defined_.emplace(options, "");
  if (added) at->second = "sf_" + std::to_string(defined_.size());
  return at->second;
}

std::vector<std::string> Remotes::remotes_for(const Address& address, const std::string& uri) {
  const RemoteEntry* const entry = checked_entry(address, uri);
  if (entry != nullptr && !entry->name.empty()) return {entry->name};
  RemoteOptions options = options_of_remote(address, entry, uri, environment_);
  if (address.family != Family::hdfs) return {defined(options)};
  std::vector<std::string> names;
  for (const std::string& node : split_list(options["namenode"])) {
    options["namenode"] = node;
    names.push_back(defined(options));
  }
  if (names.empty()) names.push_back(defined(options));
  return names;
}

Address Remotes::find(const std::string& uri) {
  Address address = address_in(uri);
  if (address.family != Family::hdfs) return address;
  const auto whole = entries_.find(key_of(Family::hdfs, {}));
  name_nodes_.complete(address, whole == entries_.end() ? nullptr : &whole->second, uri);
  return address;
}

std::vector<Place> Remotes::places_of(const std::string& uri) {
  const std::string_view scheme = split_flink_path(uri).scheme;
  if (scheme.empty() || scheme == "file") return {{"/", local_path_of(uri)}};
  const Address address = find(uri);
  const std::vector<std::string> remotes = remotes_for(address, uri);  // or there is no entry
  // Such stores are trees of directories, in which what is being written can be seen.
  const bool mapped = address.family == Family::mapped;
  const bool buckets = mapped && entry_for(address)->names_buckets();
  const bool tree = address.family == Family::hdfs || (mapped && !buckets);
  const std::string root = tree ? "/" : buckets ? address.host : address.bucket;
  std::vector<Place> places;
  for (const std::string& remote : remotes) {
    places.push_back({remote + ":" + root, address.path, tree});
  }
  return places;
}

std::string Remotes::hdfs_identity(const std::string& uri) {
  const Address address = find(uri);
  const RemoteEntry* const entry = entry_for(address);
  if (entry != nullptr && !entry->name.empty()) return entry->name + ":/" + address.path;
  const RemoteOptions options = options_of_remote(address, entry, uri, environment_);
  return name_nodes_.service_of(options.at("namenode")) + "/" + address.path;
}

Remotes::Served Remotes::served(const std::string& uri) {
  Served served;
  served.address = find(uri);
  served.entry = checked_entry(served.address, uri);
  if (served.entry == nullptr || served.entry->name.empty()) {
    served.options = options_of_remote(served.address, served.entry, uri, environment_);
  }
  return served;
}

std::optional<std::string> listed_uri(const std::string& directory, const Place& place,
                                      std::string_view path) {
  std::string_view above = place.remote;
  if (above.ends_with('/')) above.remove_suffix(1);
  const std::size_t skip = above.empty() ? 0 : above.size() + 1;
  if (path.size() <= skip) return std::nullopt;
  std::string uri = directory;
  if (!uri.ends_with('/')) uri += '/';
  return uri + std::string(path.substr(skip));
}

std::vector<std::string> Remotes::environment() const {
  std::vector<std::string> lines;
  for (const auto& [options, name] : defined_) {
    for (const auto& [option, value] : options) {
      if (value.empty()) continue;
      lines.push_back("RCLONE_CONFIG_" + in_capitals(name) + "_" + in_capitals(option) + "=" +
                      value);
    }
  }
  return lines;
}

}  // namespace stateferry::rclone
