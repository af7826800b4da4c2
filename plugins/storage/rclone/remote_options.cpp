#include "remote_options.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {
namespace {

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

// Azure's clouds as its tools name them in AZURE_CLOUD_NAME.
std::string_view cloud_named(std::string_view name) {
  if (name.empty() || name == "AzureCloud") return "core.windows.net";
  if (name == "AzureChinaCloud") return "core.chinacloudapi.cn";
  if (name == "AzureUSGovernment") return "core.usgovcloudapi.net";
  return name == "AzureGermanCloud" ? "core.cloudapi.de" : "";
}

RemoteOptions s3_defaults(Environment environment) {
  RemoteOptions options = {{"type", "s3"},
                           {"provider", "AWS"},
                           {"env_auth", "true"},
                           // Whoever may write objects need not be allowed to make or see buckets.
                           {"no_check_bucket", "true"},
                           // A copy within the store is silent until it is done: in parts, none is
                           // for long, and one that fails is not all that fails.
                           {"copy_cutoff", "256Mi"}};
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const std::string region = environment(name); !region.empty()) {
      options["region"] = region;
      break;
    }
  }
  for (const char* name : {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}) {
    if (const std::string endpoint = environment(name); !endpoint.empty()) {
      options["endpoint"] = endpoint;
      options["provider"] = "Other";
      break;
    }
  }
  return options;
}

void add_s3_like(RemoteOptions& options, const S3Like& like, Environment environment) {
  options["provider"] = like.provider;
  options["no_check_bucket"] = "true";
  options["copy_cutoff"] = "256Mi";
  options["endpoint"] = environment(like.endpoint);
  options["access_key_id"] = environment(like.key);
  options["secret_access_key"] = environment(like.secret);
  options["session_token"] = environment(like.token);
}

void add_azure_credential(RemoteOptions& options, const Address& address, const RemoteEntry* entry,
                          const std::string& uri, Environment environment) {
  const std::string account = options["account"];
  const std::string own = environment("AZURE_STORAGE_ACCOUNT");
  const std::string key = environment("AZURE_STORAGE_KEY");
  const std::string sas = environment("AZURE_STORAGE_SAS_TOKEN");
  // An entry for this very account says that it is meant; else only the environment can.
  const bool named = entry != nullptr && (!entry->whole || leads_to_one(entry->options));
  const bool at_home =
      address.host.empty() || address.cloud == cloud_named(environment("AZURE_CLOUD_NAME"));
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

void complete_azure(RemoteOptions& options, const Address& address, const RemoteEntry* entry,
                    const std::string& uri, Environment environment) {
  if (options["type"] != "azureblob" || options["use_emulator"] == "true") return;
  std::string& account = options["account"];
  if (account.empty()) {
    account = address.host.empty() ? environment("AZURE_STORAGE_ACCOUNT") : address.account;
  }
  if (entry != nullptr && entry->whole && !address.account.empty() && account != address.account) {
    refuse_endpoint("'" + entry->key + "' under 'remotes' is for the account " + account, uri,
                    "give this account an entry of its own: abfss://" + address.host);
  }
  std::string& endpoint = options["endpoint"];
  if (endpoint.empty()) {
    const std::string_view cloud =
        address.host.empty() ? cloud_named(environment("AZURE_CLOUD_NAME")) : address.cloud;
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
  add_azure_credential(options, address, entry, uri, environment);
}

void complete_hdfs(RemoteOptions& options, const Address& address, Environment environment) {
  options.emplace("namenode", address.name_nodes.empty() ? address.host : address.name_nodes);
  std::string user = environment("HADOOP_USER_NAME");
  if (user.empty()) user = environment("USER");
  options.emplace("username", user.empty() ? "root" : user);
}

}  // namespace

const S3Like* s3_like(Family family) noexcept {
  static constexpr S3Like kOss = {"Alibaba", "OSS_ENDPOINT", "OSS_ACCESS_KEY_ID",
                                  "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"};
  static constexpr S3Like kCos = {"TencentCOS", "COS_ENDPOINT", "TENCENTCLOUD_SECRET_ID",
                                  "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"};
  static constexpr S3Like kObs = {"HuaweiOBS", "OBS_ENDPOINT", "OBS_ACCESS_KEY_ID",
                                  "OBS_SECRET_ACCESS_KEY", "OBS_SECURITY_TOKEN"};
  return family == Family::oss   ? &kOss
         : family == Family::cos ? &kCos
         : family == Family::obs ? &kObs
                                 : nullptr;
}

std::string environment_of_process(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void refuse_endpoint(const std::string& what, const std::string& uri, const std::string& hint) {
  throw IoError("E-STORE-ENDPOINT", what, uri, hint);
}

bool leads_to_one(const RemoteOptions& options) {
  return std::any_of(kOfOnePlace.begin(), kOfOnePlace.end(),
                     [&](const char* name) { return options.find(name) != options.end(); });
}

RemoteOptions options_of_remote(const Address& address, const RemoteEntry* entry,
                                const std::string& uri, Environment environment) {
  if (address.family == Family::mapped) return entry->options;
  RemoteOptions options = address.family == Family::s3 ? s3_defaults(environment) : RemoteOptions();
  options["type"] = type_of(address.family);
  // Where a name is mistyped, nothing is made of it.
  if (address.family == Family::gs) {
    options["bucket_policy_only"] = "true";
    options["no_check_bucket"] = "true";
  }
  if (address.family == Family::azure) options["no_check_container"] = "true";
  const S3Like* const like = s3_like(address.family);
  if (like != nullptr) add_s3_like(options, *like, environment);
  if (entry != nullptr) {
    for (const auto& [name, value] : entry->options) options[name] = value;
  }
  if (like != nullptr && options["endpoint"].empty()) {
    refuse_endpoint("nothing says at which endpoint the bucket is", uri,
                    "set " + std::string(like->endpoint) +
                        ", or give it an entry under 'remotes' in config.yaml, with 'endpoint'");
  }
  if (address.family == Family::azure) complete_azure(options, address, entry, uri, environment);
  if (address.family == Family::hdfs) complete_hdfs(options, address, environment);
  return options;
}

}  // namespace stateferry::rclone
