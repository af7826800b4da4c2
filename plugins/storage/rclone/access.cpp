#include "access.hpp"

#include <unistd.h>

#include <array>

#include "stateferry/diag/shown.hpp"

namespace stateferry::rclone {
namespace {

// Options that are looked at below.
constexpr std::array kLookedAt = {"type",
                                  "provider",
                                  "env_auth",
                                  "region",
                                  "endpoint",
                                  "account",
                                  "profile",
                                  "access_key_id",
                                  "secret_access_key",
                                  "shared_credentials_file",
                                  "anonymous",
                                  "service_account_file",
                                  "service_account_credentials",
                                  "token",
                                  "use_emulator",
                                  "key",
                                  "sas_url",
                                  "use_msi",
                                  "service_principal_file",
                                  "username",
                                  "service_principal_name",
                                  "namenode",
                                  "url",
                                  "host",
                                  "port",
                                  "remote",
                                  "pass",
                                  "key_file",
                                  "key_pem",
                                  "bearer_token"};

std::string value_of(const RemoteOptions& options, const char* name) {
  const auto at = options.find(name);
  return at == options.end() ? std::string() : at->second;
}

bool is_readable(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0;
}

// A variable that names a credential is named itself, and never shown.
std::string by_environment(const std::string& variable) {
  return "environment (" + variable + ")";
}

std::string by_entry(const RemoteOptions& options, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!value_of(options, name).empty()) return std::string("the remote's own '") + name + "'";
  }
  return {};
}

std::string by_file(const std::string& path) {
  return "file (" + path + (is_readable(path) ? ")" : "), which can't be read");
}

// In the order in which rclone's library for AWS asks.
std::string s3_credentials(const RemoteOptions& options, Environment environment) {
  if (const std::string own = by_entry(options, {"access_key_id"}); !own.empty()) return own;
  if (value_of(options, "env_auth") != "true") return "none: anonymous";
  const std::string profile = value_of(options, "profile");
  const auto file = [&] {
    for (const std::string& path : {value_of(options, "shared_credentials_file"),
                                    environment("AWS_SHARED_CREDENTIALS_FILE")}) {
      if (!path.empty()) return path;
    }
    return environment("HOME") + "/.aws/credentials";
  }();
  if (!profile.empty()) return "profile '" + profile + "' in " + file;
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"}) {
    if (!environment(name).empty()) return by_environment(name);
  }
  if (!environment("AWS_WEB_IDENTITY_TOKEN_FILE").empty()) {
    return "web identity (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN)";
  }
  const std::string named = environment("AWS_PROFILE");
  if (!named.empty()) return "profile '" + named + "' (AWS_PROFILE) in " + file;
  if (is_readable(file)) return "profile 'default' in " + file;
  for (const char* name :
       {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}) {
    if (!environment(name).empty()) return std::string("role of the container (") + name + ")";
  }
  return "role of this machine, for neither environment nor profile has any";
}

std::string gs_credentials(const RemoteOptions& options, Environment environment) {
  if (value_of(options, "anonymous") == "true") return "none: anonymous";
  if (const std::string path = value_of(options, "service_account_file"); !path.empty()) {
    return by_file(path);
  }
  const std::string own = by_entry(options, {"service_account_credentials", "token"});
  if (!own.empty()) return own;
  if (const std::string path = environment("GOOGLE_APPLICATION_CREDENTIALS"); !path.empty()) {
    return "GOOGLE_APPLICATION_CREDENTIALS: " + by_file(path);
  }
  const std::string path =
      environment("HOME") + "/.config/gcloud/application_default_credentials.json";
  if (is_readable(path)) return by_file(path);
  return "service account of this machine, for neither environment nor file has any";
}

std::string azure_credentials(const RemoteOptions& options, Environment environment) {
  if (value_of(options, "use_emulator") == "true") return "the emulator's own key";
  const auto from = [&](const char* option, const char* variable) {
    const std::string value = value_of(options, option);
    const bool same = !value.empty() && environment(variable).find(value) != std::string::npos;
    return same ? by_environment(variable) : by_entry(options, {option});
  };
  if (const std::string key = from("key", "AZURE_STORAGE_KEY"); !key.empty()) return key;
  if (!value_of(options, "sas_url").empty()) {
    return environment("AZURE_STORAGE_SAS_TOKEN").empty()
               ? by_entry(options, {"sas_url"})
               : by_environment("AZURE_STORAGE_SAS_TOKEN");
  }
  if (const std::string path = value_of(options, "service_principal_file"); !path.empty()) {
    return "service principal, " + by_file(path);
  }
  return value_of(options, "use_msi") == "true" ? "managed identity of this machine"
                                                : "none: anonymous";
}

std::string hdfs_credentials(const RemoteOptions& options, Environment environment) {
  if (!value_of(options, "service_principal_name").empty()) return "Kerberos";
  const std::string user = value_of(options, "username");
  if (user.empty()) return "none";
  const bool named = environment("HADOOP_USER_NAME") == user;
  return "user '" + user + (named ? "' (HADOOP_USER_NAME)" : "'") + ", a name without a password";
}

std::string other_credentials(const RemoteOptions& options) {
  const std::string file = value_of(options, "key_file");
  if (!file.empty()) return by_file(file);
  const std::string own =
      by_entry(options, {"pass", "key_pem", "bearer_token", "token", "key", "secret_access_key"});
  if (!own.empty()) return own;
  return value_of(options, "type") == "sftp" ? "keys of the ssh agent" : "none";
}

std::string s3_like_credentials(const RemoteOptions& options, const S3Like& like,
                                Environment environment) {
  if (!environment(like.key).empty()) return by_environment(like.key);
  const std::string own = by_entry(options, {"access_key_id"});
  return own.empty() ? std::string("none: set ") + like.key + " and " + like.secret : own;
}

std::string credentials_of(const Remotes::Served& served, const RemoteOptions& options,
                           Environment environment) {
  const std::string type = value_of(options, "type");
  const S3Like* const like = s3_like(served.address.family);
  if (like != nullptr && served.entry == nullptr) {
    return s3_like_credentials(options, *like, environment);
  }
  if (like != nullptr && served.entry->name.empty()) {
    return s3_like_credentials(options, *like, environment);
  }
  if (type == "s3") return s3_credentials(options, environment);
  if (type == "google cloud storage") return gs_credentials(options, environment);
  if (type == "azureblob") return azure_credentials(options, environment);
  if (type == "hdfs") return hdfs_credentials(options, environment);
  return other_credentials(options);
}

std::string endpoint_of(const Remotes::Served& served, const RemoteOptions& options) {
  const std::string endpoint = value_of(options, "endpoint");
  const std::string type = value_of(options, "type");
  if (type == "azureblob" && value_of(options, "use_emulator") == "true") {
    return endpoint.empty() ? "http://127.0.0.1:10000" : endpoint;
  }
  if (type == "azureblob") {
    const std::string account = value_of(options, "account");
    return account.empty() || endpoint.empty() ? endpoint : "https://" + account + "." + endpoint;
  }
  if (!endpoint.empty()) return endpoint;
  for (const char* name : {"url", "namenode", "host", "remote"}) {
    std::string value = value_of(options, name);
    const std::string port = value_of(options, "port");
    if (!value.empty()) return port.empty() ? value : value + ":" + port;
  }
  if (type == "google cloud storage") return "https://storage.googleapis.com";
  if (type != "s3") return served.address.host;
  const std::string region = value_of(options, "region");
  return "https://s3." + (region.empty() ? std::string("us-east-1") : region) + ".amazonaws.com";
}

std::string remote_text(const RemoteEntry* entry) {
  if (entry == nullptr) return "stateferry's defaults";
  const std::string key = "'" + entry->key + "' under 'remotes'";
  return entry->name.empty() ? key : "'" + entry->name + "' of rclone.conf, by " + key;
}

}  // namespace

void add_options_in_environment(RemoteOptions& options, const std::string& remote,
                                Environment environment) {
  for (const char* option : kLookedAt) {
    const std::string value =
        environment(("RCLONE_CONFIG_" + in_capitals(remote) + "_" + in_capitals(option)).c_str());
    if (!value.empty()) options[option] = value;
  }
}

StoreAccess access_of(const Remotes::Served& served, const RemoteOptions& options,
                      Environment environment) {
  StoreAccess access;
  access.remote = remote_text(served.entry);
  access.endpoint = without_secrets(endpoint_of(served, options));
  access.region = value_of(options, "region");
  access.credentials = credentials_of(served, options, environment);
  return access;
}

S3Access s3_access_of(const Remotes::Served& served, const std::string& uri) {
  if (served.entry != nullptr && !served.entry->name.empty()) {
    refuse_endpoint("'" + served.entry->key +
                        "' under 'remotes' is a remote in rclone.conf, which "
                        "other programs don't understand",
                    uri, "give it its options there: endpoint, region, profile");
  }
  return {value_of(served.options, "endpoint"), value_of(served.options, "region"),
          value_of(served.options, "profile"), value_of(served.options, "shared_credentials_file")};
}

}  // namespace stateferry::rclone
