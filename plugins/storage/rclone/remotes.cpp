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

bool is_s3(std::string_view scheme) {
  return scheme == "s3" || scheme == "s3a" || scheme == "s3n" || scheme == "s3p";
}
bool is_azure(std::string_view scheme) {
  return scheme == "abfs" || scheme == "abfss" || scheme == "wasb" || scheme == "wasbs";
}

std::string type_of(std::string_view scheme) {
  if (is_s3(scheme) || scheme == "oss") return "s3";
  if (is_azure(scheme)) return "azureblob";
  return scheme == "gs" ? "google cloud storage" : std::string(scheme);
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

std::string option_name(const ParamNode& key) {
  std::string name = key.scalar;
  std::replace(name.begin(), name.end(), '-', '_');
  if (std::find(kSecrets.begin(), kSecrets.end(), name) != kSecrets.end()) {
    refuse(key.mark, "'" + key.scalar + "' is a credential and must not stand here",
           "keep it where the provider's tools look for it, or in a remote of rclone.conf, and "
           "name that remote here");
  }
  return name;
}

}  // namespace

std::string environment_of_process(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void Remotes::configure(const ParamNode& config) {
  const ParamNode* remotes = config.find("remotes");
  if (remotes == nullptr || remotes->kind == ParamNode::Kind::null) return;
  if (remotes->kind != ParamNode::Kind::map) {
    refuse(remotes->mark, "'remotes' must be a map from schemes or scheme://bucket to remotes", "");
  }
  for (const ParamEntry& entry : remotes->entries) {
    const std::string& from = entry.key.scalar;
    if (entry.value.kind == ParamNode::Kind::scalar) {
      std::string name = entry.value.scalar;
      if (name.ends_with(':')) name.pop_back();
      chosen_[from] = name;
      continue;
    }
    if (entry.value.kind != ParamNode::Kind::map) {
      refuse(entry.value.mark, "a remote is a name in rclone.conf or a map of options", "");
    }
    const std::string_view scheme = std::string_view(from).substr(0, from.find(':'));
    Options options = is_s3(scheme) ? s3_defaults() : Options();
    options["type"] = type_of(scheme);
    for (const ParamEntry& option : entry.value.entries) {
      options[option_name(option.key)] = option.value.scalar;
    }
    chosen_[from] = define("sf_" + std::to_string(defined_.size() + 1), std::move(options));
  }
}

std::string Remotes::define(const std::string& name, Options options) {
  defined_.emplace(name, std::move(options));
  return name;
}

const std::string* Remotes::configured(std::string_view scheme, std::string_view authority) const {
  std::vector<std::string> keys = {std::string(scheme) + "://" + std::string(authority)};
  if (is_s3(scheme)) keys.push_back("s3://" + std::string(authority));
  keys.emplace_back(scheme);
  if (is_s3(scheme)) keys.emplace_back("s3");
  for (const std::string& key : keys) {
    const auto at = chosen_.find(key);
    if (at != chosen_.end()) return &at->second;
  }
  return nullptr;
}

Remotes::Options Remotes::s3_defaults() const {
  Options options = {{"type", "s3"},
                     {"provider", "AWS"},
                     {"env_auth", "true"},
                     // Whoever may write objects need not be allowed to make or see buckets.
                     {"no_check_bucket", "true"}};
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

std::string Remotes::default_remote(std::string_view scheme, std::string_view authority) {
  if (is_s3(scheme)) return define("sf_s3", s3_defaults());
  Options options = {{"type", type_of(scheme)}};
  if (scheme == "gs") {
    options["bucket_policy_only"] = "true";
    return define("sf_gs", std::move(options));
  }
  if (scheme == "oss") {
    options["provider"] = "Alibaba";
    options["no_check_bucket"] = "true";
    options["endpoint"] = environment_("OSS_ENDPOINT");
    options["access_key_id"] = environment_("OSS_ACCESS_KEY_ID");
    options["secret_access_key"] = environment_("OSS_ACCESS_KEY_SECRET");
    return define("sf_oss", std::move(options));
  }
  if (is_azure(scheme)) {
    // container@account.dfs.core.windows.net
    const auto at = authority.find('@');
    const std::string_view host = at == std::string_view::npos ? "" : authority.substr(at + 1);
    std::string account(host.substr(0, host.find('.')));
    if (account.empty()) account = environment_("AZURE_STORAGE_ACCOUNT");
    options["account"] = account;
    const std::string key = environment_("AZURE_STORAGE_KEY");
    const std::string sas = environment_("AZURE_STORAGE_SAS_TOKEN");
    if (!key.empty()) {
      options["key"] = key;
    } else if (!sas.empty()) {
      options["sas_url"] = "https://" + account + ".blob.core.windows.net/?" +
                           (sas.front() == '?' ? sas.substr(1) : sas);
    } else {
      options["use_msi"] = "true";
    }
    return define("sf_azure_" + account, std::move(options));
  }
  // hdfs: one name node per authority.
  options["namenode"] =
      std::string(authority) + (authority.find(':') == std::string_view::npos ? ":8020" : "");
  std::string user = environment_("HADOOP_USER_NAME");
  if (user.empty()) user = environment_("USER");
  options["username"] = user.empty() ? "root" : user;
  return define("sf_hdfs_" + in_capitals(authority), std::move(options));
}

Place Remotes::place_of(const std::string& uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  std::string path(parts.path);
  while (path.starts_with('/')) path.erase(0, 1);
  if (parts.scheme.empty() || parts.scheme == "file") return {"/", path};
  if (parts.authority.empty()) {
    throw IoError("E-IO-NOT-FOUND", "the URI names no bucket or host", uri,
                  "write scheme://bucket/path");
  }
  const std::string* chosen = configured(parts.scheme, parts.authority);
  const std::string remote =
      chosen != nullptr ? *chosen : default_remote(parts.scheme, parts.authority);
  if (parts.scheme == "hdfs") return {remote + ":/", path};
  std::string_view bucket = parts.authority;
  if (is_azure(parts.scheme)) bucket = bucket.substr(0, bucket.find('@'));
  return {remote + ":" + std::string(bucket), path};
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
  for (const auto& [name, options] : defined_) {
    for (const auto& [option, value] : options) {
      if (value.empty()) continue;
      lines.push_back("RCLONE_CONFIG_" + in_capitals(name) + "_" + in_capitals(option) + "=" +
                      value);
    }
  }
  return lines;
}

}  // namespace stateferry::rclone
