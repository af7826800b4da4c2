#include "remotes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

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

// Options that say which account, server or name node it is.
constexpr std::array kOfOnePlace = {"account", "endpoint", "use_emulator", "namenode"};
// Options that say whose credentials are to be used with Azure.
constexpr std::array kAzureLogins = {
    "use_msi",  "msi_client_id", "msi_object_id", "msi_mi_res_id", "service_principal_file",
    "env_auth", "client_id",     "username",      "tenant",        "use_az"};

std::string_view type_of(Family family) {
  switch (family) {
    case Family::azure:
      return "azureblob";
    case Family::gs:
      return "google cloud storage";
    case Family::hdfs:
      return "hdfs";
    default:
      return "s3";
  }
}

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
    default:
      return "s3";
  }
}

// Azure's clouds as its tools name them in AZURE_CLOUD_NAME.
std::string_view cloud_named(std::string_view name) {
  if (name.empty() || name == "AzureCloud") return "core.windows.net";
  if (name == "AzureChinaCloud") return "core.chinacloudapi.cn";
  if (name == "AzureUSGovernment") return "core.usgovcloudapi.net";
  return name == "AzureGermanCloud" ? "core.cloudapi.de" : "";
}

std::string in_capitals(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return result;
}

[[noreturn]] void refuse(const SourceMark& mark, std::string message, std::string hint) {
  Diagnostic d;
  d.code = "E-CONFIG";
  d.message = std::move(message);
  d.mark = mark;
  d.hint = std::move(hint);
  throw RuleError(std::move(d));
}

bool is_secret(std::string_view option) {
  return std::find(kSecrets.begin(), kSecrets.end(), option) != kSecrets.end();
}

std::string option_name(const ParamBinder::MapEntry& option) {
  std::string name = option.key;
  std::replace(name.begin(), name.end(), '-', '_');
  if (is_secret(name)) {
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

[[noreturn]] void refuse_endpoint(const std::string& what, const std::string& uri,
                                  const std::string& hint) {
  throw IoError("E-STORE-ENDPOINT", what, uri, hint);
}

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

// Whether an entry with these options leads to one account or name node, whatever the URI says.
bool leads_to_one(const std::map<std::string, std::string>& options) {
  return std::any_of(kOfOnePlace.begin(), kOfOnePlace.end(),
                     [&](const char* name) { return options.find(name) != options.end(); });
}

}  // namespace

bool names_secret(std::string option) {
  std::replace(option.begin(), option.end(), '-', '_');
  for (const std::string_view backend : {"s3_", "azureblob_", "gcs_", "hdfs_"}) {
    if (option.starts_with(backend) && is_secret(option.substr(backend.size()))) return true;
  }
  return false;
}

std::string environment_of_process(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
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
  if (!family) {
    refuse(line.key_mark, "'" + text + "' is neither a scheme nor scheme://bucket",
           "the schemes are: " + std::string(kSchemes));
  }
  Entry entry;
  entry.key = text;
  entry.whole = scheme == text;
  std::string key = key_of(*family, {});
  if (!entry.whole) {
    try {
      std::string_view authority = std::string_view(text).substr(scheme.size() + 3);
      if (authority.ends_with('/')) authority.remove_suffix(1);
      if (authority.find('/') != std::string_view::npos) {
        refuse(line.key_mark, "an entry is for a whole bucket, not for a path in it", "");
      }
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
  const auto [at, added] = entries_.emplace(key, std::move(entry));
  if (!added) {
    refuse(line.key_mark, "'" + text + "' and '" + at->second.key + "' are one place",
           "keep one of the two");
  }
}

Remotes::Entry* Remotes::entry_for(const Address& address) {
  std::vector<std::string> keys = {key_of(address.family, {})};
  if (!address.host.empty()) keys.push_back(key_of(address.family, address.host));
  if (!address.bucket.empty()) keys.push_back(container_key(address));
  Entry* found = nullptr;
  for (const std::string& key : keys) {  // the narrowest is the last
    const auto at = entries_.find(key);
    if (at != entries_.end()) found = &at->second;
  }
  return found;
}

std::string Remotes::remote_for(const Address& address, const std::string& uri) {
  Entry* const entry = entry_for(address);
  const bool by_host = address.family == Family::azure || address.family == Family::hdfs;
  if (entry != nullptr && entry->whole && by_host &&
      (!entry->name.empty() || leads_to_one(entry->options))) {
    if (entry->owner.empty()) entry->owner = address.host;
    if (entry->owner != address.host) {
      refuse_endpoint("'" + entry->key + "' under 'remotes' leads to one place, and is asked for " +
                          entry->owner + " and " + address.host,
                      uri, "give each of them an entry of its own: " + entry->key + "://HOST");
    }
  }
  if (entry != nullptr && !entry->name.empty()) return entry->name;
  const auto [at, added] = defined_.emplace(options_for(address, entry, uri), "");
  if (added) at->second = "sf_" + std::to_string(defined_.size());
  return at->second;
}

Remotes::Options Remotes::s3_defaults() const {
  Options options = {{"type", "s3"},
                     {"provider", "AWS"},
                     {"env_auth", "true"},
                     // Whoever may write objects need not be allowed to make or see buckets.
                     {"no_check_bucket", "true"},
                     // A copy within the store is silent until it is done: in parts, none is for
                     // long, and one that fails is not all that fails.
                     {"copy_cutoff", "256Mi"}};
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const std::string region = environment_(name); !region.empty()) {
      options["region"] = region;
      break;
    }
  }
  for (const char* name : {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}) {
    if (const std::string endpoint = environment_(name); !endpoint.empty()) {
      options["endpoint"] = endpoint;
      options["provider"] = "Other";
      break;
    }
  }
  return options;
}

Remotes::Options Remotes::options_for(const Address& address, const Entry* entry,
                                      const std::string& uri) const {
  Options options = address.family == Family::s3 ? s3_defaults() : Options();
  options["type"] = type_of(address.family);
  // Where a name is mistyped, nothing is made of it.
  if (address.family == Family::gs) {
    options["bucket_policy_only"] = "true";
    options["no_check_bucket"] = "true";
  }
  if (address.family == Family::azure) options["no_check_container"] = "true";
  if (address.family == Family::oss) {
    options["provider"] = "Alibaba";
    options["no_check_bucket"] = "true";
    options["endpoint"] = environment_("OSS_ENDPOINT");
    options["access_key_id"] = environment_("OSS_ACCESS_KEY_ID");
    options["secret_access_key"] = environment_("OSS_ACCESS_KEY_SECRET");
  }
  if (entry != nullptr) {
    for (const auto& [name, value] : entry->options) options[name] = value;
  }
  if (address.family == Family::oss && options["endpoint"].empty()) {
    refuse_endpoint("nothing says at which endpoint the bucket is", uri, "set OSS_ENDPOINT");
  }
  if (address.family == Family::azure) complete_azure(options, address, entry, uri);
  if (address.family == Family::hdfs) complete_hdfs(options, address);
  return options;
}

void Remotes::complete_azure(Options& options, const Address& address, const Entry* entry,
                             const std::string& uri) const {
  if (options["type"] != "azureblob" || options["use_emulator"] == "true") return;
  std::string& account = options["account"];
  if (account.empty()) {
    account = address.host.empty() ? environment_("AZURE_STORAGE_ACCOUNT") : address.account;
  }
  if (entry != nullptr && entry->whole && !address.account.empty() && account != address.account) {
    refuse_endpoint("'" + entry->key + "' under 'remotes' is for the account " + account, uri,
                    "give this account an entry of its own: abfss://" + address.host);
  }
  std::string& endpoint = options["endpoint"];
  if (endpoint.empty()) {
    const std::string_view cloud =
        address.host.empty() ? cloud_named(environment_("AZURE_CLOUD_NAME")) : address.cloud;
    if (!cloud.empty()) endpoint = "blob." + std::string(cloud);
  }
  if (account.empty() && address.host.empty()) {
    refuse_endpoint("the URI names no account", uri,
                    "write container@account.dfs.core.windows.net, or set AZURE_STORAGE_ACCOUNT");
  }
  if (account.empty() || endpoint.empty()) {
    refuse_endpoint("the host " + address.host + " is of no Azure cloud that is known", uri,
                    "if it can be trusted, give it an entry under 'remotes' in config.yaml, with "
                    "'account' and 'endpoint'");
  }
  if (!is_azure_account(account)) {
    throw IoError("E-STORE-NAME",
                  "no Azure account has this name: it would be 3 to 24 small letters and digits",
                  account, "correct AZURE_STORAGE_ACCOUNT, or 'account' in config.yaml");
  }
  add_azure_credential(options, address, entry, uri);
}

void Remotes::add_azure_credential(Options& options, const Address& address, const Entry* entry,
                                   const std::string& uri) const {
  const std::string account = options["account"];
  const std::string own = environment_("AZURE_STORAGE_ACCOUNT");
  const std::string key = environment_("AZURE_STORAGE_KEY");
  const std::string sas = environment_("AZURE_STORAGE_SAS_TOKEN");
  // An entry for this very account says that it is meant; else only the environment can.
  const bool named = entry != nullptr && (!entry->whole || leads_to_one(entry->options));
  const bool at_home =
      address.host.empty() || address.cloud == cloud_named(environment_("AZURE_CLOUD_NAME"));
  const std::string entry_hint =
      ", or give the account an entry under 'remotes' in config.yaml: 'abfss://" +
      (address.host.empty() ? address.bucket : address.host) + ": …'";
  if (!named && !at_home) {
    refuse_endpoint("the credentials in the environment are not for this cloud", uri,
                    "set AZURE_CLOUD_NAME if they are" + entry_hint);
  }
  for (const char* login : kAzureLogins) {
    if (!options[login].empty()) return;
  }
  if (key.empty() && sas.empty()) {
    options["use_msi"] = "true";
    return;
  }
  if (own != account && !(named && own.empty())) {
    refuse_endpoint(own.empty() ? std::string("the key in the environment doesn't say for which "
                                              "account it is")
                                : "the key in the environment is for the account " + own,
                    uri, "set AZURE_STORAGE_ACCOUNT to the account it is for" + entry_hint);
  }
  if (!key.empty()) {
    options["key"] = key;
    return;
  }
  options["sas_url"] = "https://" + account + "." + options["endpoint"] + "/?" +
                       (sas.front() == '?' ? sas.substr(1) : sas);
}

void Remotes::complete_hdfs(Options& options, const Address& address) const {
  options.emplace("namenode", address.host);
  std::string user = environment_("HADOOP_USER_NAME");
  if (user.empty()) user = environment_("USER");
  options.emplace("username", user.empty() ? "root" : user);
}

Place Remotes::place_of(const std::string& uri) {
  const std::string_view scheme = split_flink_path(uri).scheme;
  if (scheme.empty() || scheme == "file") return {"/", local_path_of(uri)};
  const Address address = address_of(uri);
  const std::string root = address.family == Family::hdfs ? "/" : address.bucket;
  return {remote_for(address, uri) + ":" + root, address.path};
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
