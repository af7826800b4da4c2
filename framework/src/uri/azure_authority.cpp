#include "stateferry/uri/azure_authority.hpp"

#include <array>

#include "stateferry/bytes/text.hpp"

namespace stateferry {
namespace {

constexpr std::array<std::string_view, 4> kClouds = {"core.windows.net", "core.chinacloudapi.cn",
                                                     "core.usgovcloudapi.net", "core.cloudapi.de"};
constexpr std::string_view kBlob = "blob";
constexpr std::string_view kDfs = "dfs";

std::string plain_host(std::string_view host) {
  for (const std::string_view port : {":443", ":80"}) {
    if (host.ends_with(port)) host.remove_suffix(port.size());
  }
  while (host.ends_with('.')) host.remove_suffix(1);
  return in_small_letters(host);
}

// `host` with `service` where it has blob or dfs behind the first dot.
std::string with_service(const std::string& host, std::string_view service) {
  const auto dot = host.find('.');
  if (dot == std::string::npos) return host;
  const std::string_view rest = std::string_view(host).substr(dot + 1);
  const std::string_view old = rest.substr(0, rest.find('.'));
  if (old != kBlob && old != kDfs) return host;
  return host.substr(0, dot + 1) + std::string(service) + std::string(rest.substr(old.size()));
}

AzureAuthority cut(std::string_view authority) {
  AzureAuthority parts;
  const auto at = authority.find('@');
  parts.container = authority.substr(0, at);
  if (at != std::string_view::npos) parts.host = authority.substr(at + 1);
  return parts;
}

std::string joined(const AzureAuthority& parts, std::string_view host) {
  std::string text(parts.container);
  if (!host.empty()) text.append("@").append(host);
  return text;
}

}  // namespace

bool is_azure_scheme(std::string_view scheme) noexcept {
  return scheme == "abfs" || scheme == "abfss" || scheme == "wasb" || scheme == "wasbs";
}

AzureAuthority split_azure_authority(std::string_view authority) {
  AzureAuthority parts = cut(authority);
  const std::string host = with_service(plain_host(parts.host), kDfs);
  const auto dot = host.find('.');
  if (dot == 0 || dot == std::string::npos) return parts;
  for (const std::string_view cloud : kClouds) {
    if (std::string_view(host).substr(dot) != ".dfs." + std::string(cloud)) continue;
    parts.account = host.substr(0, dot);
    parts.cloud = cloud;
  }
  return parts;
}

std::string canonical_azure_authority(std::string_view authority) {
  const AzureAuthority parts = cut(authority);
  return joined(parts, with_service(plain_host(parts.host), kDfs));
}

std::string azure_authority_for(std::string_view authority, std::string_view scheme) {
  const AzureAuthority parts = cut(authority);
  return joined(parts,
                with_service(std::string(parts.host), scheme.starts_with("wasb") ? kBlob : kDfs));
}

}  // namespace stateferry
