#include "stateferry/transfer/store_uri.hpp"

#include <algorithm>

#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

std::string_view store_of_scheme(std::string_view scheme) noexcept {
  if (scheme == "s3a" || scheme == "s3n" || scheme == "s3p") return "s3";
  return scheme.empty() ? "file" : scheme;
}

std::string_view scheme_of(std::string_view uri) noexcept {
  const std::string_view scheme = split_flink_path(uri).scheme;
  return scheme.empty() ? "file" : scheme;
}

std::string canonical_uri(std::string_view uri) {
  const std::string_view scheme = split_flink_path(uri).scheme;
  const std::string_view store = store_of_scheme(scheme);
  if (store == scheme) return std::string(uri);
  std::string text(store);
  if (scheme.empty()) text += ':';
  text += uri.substr(scheme.size());
  return text;
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

std::string common_directory(std::string_view a, std::string_view b) {
  const FlinkPathParts left = split_flink_path(a);
  const FlinkPathParts right = split_flink_path(b);
  if (left.scheme != right.scheme || left.authority != right.authority) return {};
  const std::string_view p = left.path;
  const std::string_view q = right.path;
  std::size_t n = 0;
  while (n < p.size() && n < q.size() && p[n] == q[n]) ++n;
  const bool at_boundary = (n == p.size() || p[n] == '/') && (n == q.size() || q[n] == '/');
  if (!at_boundary) {
    const auto slash = p.substr(0, n).rfind('/');
    n = slash == std::string_view::npos ? 0 : slash;
  }
  const std::string root(a.substr(0, a.size() - p.size()));
  std::string path(p.substr(0, n));
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
