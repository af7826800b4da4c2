#include "mapped_schemes.hpp"

#include <algorithm>
#include <array>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

// Backends of rclone whose outermost names are buckets.
constexpr std::array<std::string_view, 8> kOfBuckets = {
    "s3",    "azureblob", "google cloud storage", "b2",
    "swift", "qingstor",  "oracleobjectstorage",  "storj"};

const std::string* option(const RemoteEntry& entry, const char* name) {
  const auto at = entry.options.find(name);
  return at == entry.options.end() ? nullptr : &at->second;
}

// `host:port` that an entry's own options lead to; empty where they don't say.
std::string server_of(const RemoteEntry& entry) {
  if (const std::string* url = option(entry, "url")) {
    return in_small_letters(split_flink_path(*url).authority);
  }
  const std::string* host = option(entry, "host");
  if (host == nullptr) return {};
  const std::string* port = option(entry, "port");
  return in_small_letters(*host) + (port == nullptr ? "" : ":" + *port);
}

std::string_view without_port(std::string_view server) {
  return server.substr(0, server.find(':'));
}

// A URI that names no port means the one that the entry says.
bool means(std::string_view authority, std::string_view server) {
  return authority.find(':') == std::string_view::npos ? authority == without_port(server)
                                                       : authority == server;
}

}  // namespace

bool RemoteEntry::names_buckets() const {
  const std::string* const type = option(*this, "type");
  return type != nullptr &&
         std::find(kOfBuckets.begin(), kOfBuckets.end(), *type) != kOfBuckets.end();
}

bool is_mappable(std::string_view scheme) noexcept {
  const bool word = scheme.size() >= 2 && is_small_letter(scheme.front()) &&
                    std::all_of(scheme.begin(), scheme.end(),
                                [](char c) { return is_small_letter(c) || is_digit(c); });
  return word && scheme != "file" && !family_of(scheme);
}

void complete_mapped(RemoteEntry& entry) {
  if (!entry.name.empty()) return;
  entry.options.emplace("type", entry.scheme);
  const bool by_host = entry.options["type"] == "sftp" || entry.options["type"] == "ftp";
  if (entry.authority.empty() || !by_host) return;
  const auto colon = entry.authority.find(':');
  if (entry.options.emplace("host", entry.authority.substr(0, colon)).second &&
      colon != std::string::npos) {
    entry.options.emplace("port", entry.authority.substr(colon + 1));
  }
}

void check_mapped(const Address& address, RemoteEntry* entry, const std::string& uri) {
  if (entry == nullptr) {
    refuse_endpoint(
        "nothing under 'remotes' in config.yaml serves " + address.host, uri,
        "if it can be trusted, give it an entry: " + address.scheme + "://" + address.host);
  }
  if (entry->names_buckets()) {
    if (!address.host.empty()) return;
    throw IoError("E-STORE-NAME", "the URI names no bucket", uri, "write scheme://bucket/path");
  }
  // Whom an entry is for by its key is not asked again.
  if (address.host.empty() || !entry->authority.empty()) return;
  const std::string server = server_of(*entry);
  if (entry->owner.empty()) entry->owner = server.empty() ? address.host : server;
  const bool same = server.empty() ? entry->owner == address.host : means(address.host, server);
  if (same) return;
  refuse_endpoint("'" + entry->key + "' under 'remotes' leads to " + entry->owner +
                      ", and is asked for " + address.host,
                  uri, "give each of them an entry of its own: " + entry->scheme + "://HOST");
}

}  // namespace stateferry::rclone
