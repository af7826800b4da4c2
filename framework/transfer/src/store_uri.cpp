#include "stateferry/transfer/store_uri.hpp"

#include "stateferry/bytes/text.hpp"
#include "stateferry/uri/azure_authority.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

namespace {

// The name node's port where a URI names none.
constexpr std::string_view kHdfsPort = ":8020";

std::string canonical_host(std::string_view host, std::string_view default_port) {
  if (host.ends_with(default_port)) host.remove_suffix(default_port.size());
  while (host.ends_with('.')) host.remove_suffix(1);
  return in_small_letters(host);
}

// Buckets are names, in which capitals count; hosts are not.
std::string canonical_authority(std::string_view store, std::string_view authority) {
  if (store == "s3") return std::string(authority.substr(authority.rfind('@') + 1));
  if (store == "abfss") return canonical_azure_authority(authority);
  if (store == "hdfs") return canonical_host(authority, kHdfsPort);
  return std::string(authority);
}

}  // namespace

std::string_view store_of_scheme(std::string_view scheme) noexcept {
  if (scheme == "s3a" || scheme == "s3n" || scheme == "s3p") return "s3";
  if (is_azure_scheme(scheme)) return "abfss";
  if (scheme == "cosn") return "cos";
  return scheme.empty() ? "file" : scheme;
}

std::string_view scheme_of(std::string_view uri) noexcept {
  const std::string_view scheme = split_flink_path(uri).scheme;
  return scheme.empty() ? "file" : scheme;
}

std::string canonical_uri(std::string_view uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  const std::string_view store = store_of_scheme(parts.scheme);
  std::string text(store);
  if (parts.authority.empty()) {
    if (parts.scheme.empty()) text += ':';
    text += uri.substr(parts.scheme.size());
    return text;
  }
  text += "://";
  text += canonical_authority(store, parts.authority);
  text += parts.path;
  return text;
}

std::string broad_uri(std::string_view uri) {
  std::string text = canonical_uri(uri);
  const FlinkPathParts parts = split_flink_path(text);
  const bool by_path = parts.scheme == "hdfs" || parts.scheme == "file";
  if (!by_path || parts.authority.empty()) return text;
  return std::string(parts.scheme) + ":" + std::string(parts.path);
}

bool is_local_uri(std::string_view uri) noexcept {
  const FlinkPathParts parts = split_flink_path(uri);
  const bool local = parts.scheme.empty() || parts.scheme == "file";
  return local && (parts.authority.empty() || parts.authority == "localhost");
}

std::string local_path_of(std::string_view uri) {
  return std::string(split_flink_path(uri).path);
}

std::string_view store_root_of(std::string_view uri) noexcept {
  return uri.substr(0, uri.size() - split_flink_path(uri).path.size());
}

std::string in_scheme(std::string_view uri, std::string_view scheme) {
  const FlinkPathParts parts = split_flink_path(uri);
  const std::string_view store = store_of_scheme(scheme);
  if (store_of_scheme(parts.scheme) != store) return std::string(uri);
  if (store == "s3") return std::string(scheme) + std::string(uri.substr(parts.scheme.size()));
  if (store != "abfss" || parts.authority.empty()) return std::string(uri);
  return std::string(scheme) + "://" + azure_authority_for(parts.authority, scheme) +
         std::string(parts.path);
}

std::string without_slash(std::string_view uri) {
  if (uri.ends_with('/') && split_flink_path(uri).path != "/") uri.remove_suffix(1);
  return std::string(uri);
}

std::string join_uri(std::string_view directory, std::string_view name) {
  std::string text(directory);
  if (!text.ends_with('/')) text += '/';
  text += name;
  return text;
}

std::string directory_of(std::string_view uri) {
  // A whole store, which a forged handle may name as a file, has nothing above it.
  return is_store_root(uri) ? std::string(uri) : without_slash(parent_of(uri));
}

std::string_view last_name(std::string_view uri) noexcept {
  return uri.substr(uri.rfind('/') + 1);
}

std::string common_directory(std::string_view a, std::string_view b) {
  const FlinkPathParts left = split_flink_path(a);
  const FlinkPathParts right = split_flink_path(b);
  if (left.scheme != right.scheme || left.authority != right.authority) return {};
  const std::string root(a.substr(0, a.size() - left.path.size()));
  std::string path(common_directories(left.path, right.path));
  while (path.ends_with('/')) path.pop_back();
  // A bucket needs no slash; a root without authority (`file:/`) is nothing without one.
  if (path.empty() && left.authority.empty()) path.push_back('/');
  return root + path;
}

bool is_store_root(std::string_view directory) noexcept {
  const std::string_view path = split_flink_path(directory).path;
  return path.empty() || path == "/";
}

}  // namespace stateferry
