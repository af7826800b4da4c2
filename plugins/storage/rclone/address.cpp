#include "address.hpp"

#include <algorithm>
#include <array>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/uri/azure_authority.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

bool among(char c, std::string_view set) noexcept {
  return set.find(c) != std::string_view::npos;
}

// What a kind of store allows in the names of its buckets.
struct NameRules {
  std::string_view what;
  std::size_t shortest;
  std::size_t longest;
  bool capitals;
  std::string_view marks;  // besides letters and digits
  std::string_view allowed;
};

// Other servers than AWS, and its oldest buckets, have capitals, '_' and long names.
constexpr NameRules kS3 = {"bucket", 3,     255,
                           true,     "._-", "3 to 255 letters, digits, '.', '_' and '-'"};
constexpr NameRules kGs = {"bucket", 3,     222,
                           false,    "._-", "3 to 222 small letters, digits, '.', '_' and '-'"};
constexpr NameRules kOss = {"bucket", 3, 63, false, "-", "3 to 63 small letters, digits and '-'"};
constexpr NameRules kObs = {"bucket", 3,    63,
                            false,    ".-", "3 to 63 small letters, digits, '.' and '-'"};
constexpr NameRules kContainer = {"container", 3,   63,
                                  false,       "-", "3 to 63 small letters, digits and single '-'"};
constexpr std::array<std::string_view, 3> kSystemContainers = {"$root", "$web", "$logs"};

bool follows(const NameRules& rules, std::string_view name) noexcept {
  const auto is_plain = [&](char c) {
    return is_small_letter(c) || is_digit(c) || (rules.capitals && is_letter(c));
  };
  return name.size() >= rules.shortest && name.size() <= rules.longest && is_plain(name.front()) &&
         (rules.capitals || is_plain(name.back())) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_plain(c) || among(c, rules.marks); });
}

[[noreturn]] void refuse(const std::string& what, const std::string& uri, const std::string& hint) {
  throw IoError("E-STORE-NAME", what, without_user(uri), hint);
}

void check_bucket(const NameRules& rules, std::string_view name, const std::string& uri) {
  if (name.empty()) {
    refuse("the URI names no " + std::string(rules.what), uri, "write scheme://bucket/path");
  }
  if (follows(rules, name)) return;
  refuse(
      "no " + std::string(rules.what) + " has this name: it would be " + std::string(rules.allowed),
      uri, "correct the URI; in a snapshot, find out who wrote it");
}

void check_container(std::string_view name, const std::string& uri) {
  const bool system = std::find(kSystemContainers.begin(), kSystemContainers.end(), name) !=
                      kSystemContainers.end();
  if (system) return;
  check_bucket(kContainer, name.find("--") == std::string_view::npos ? name : "-", uri);
}

bool is_host_name(std::string_view host) noexcept {
  const auto fits = [](char c) { return is_letter_or_digit(c) || among(c, "._-"); };
  return !host.empty() && host.size() <= 253 && !among(host.front(), ".-") &&
         std::all_of(host.begin(), host.end(), fits);
}

// `host` or `host:port`.
bool is_host(std::string_view text) noexcept {
  const auto colon = text.find(':');
  if (!is_host_name(text.substr(0, colon))) return false;
  if (colon == std::string_view::npos) return true;
  const auto port = number_from_text<unsigned>(text.substr(colon + 1));
  return port && *port >= 1 && *port <= 65535;
}

// ------------------------------------------------------------------------------ paths

// Signs by which rclone writes down what a store's names can't hold: the symbols of control
// characters (U+2400 to U+2421), its quotation mark (U+201B) and the wide slash (U+FF0F).
bool has_sign_of_rclone(std::string_view segment) noexcept {
  for (std::size_t i = 0; i + 2 < segment.size(); ++i) {
    const std::string_view sign = segment.substr(i, 3);
    if (sign == "\u201b" || sign == "\uff0f") return true;
    if (sign >= "\u2400" && sign <= "\u2421") return true;
  }
  return segment == "\uff0e" || segment == "\uff0e\uff0e";
}

// What rclone would write differently in this family's names.
bool is_respelled(Family family, std::string_view segment) noexcept {
  const auto has = [&](std::string_view sign) {
    return segment.find(sign) != std::string_view::npos;
  };
  if (family == Family::azure) {
    return has("\uff3c") || segment.ends_with('.') || segment.ends_with("\uff0e");
  }
  return family == Family::hdfs && (has(":") || has("\uff1a"));
}

const char* fault_of(std::optional<Family> family, std::string_view segment) noexcept {
  if (segment.empty()) return "an empty name";
  if (segment == "." || segment == "..") return "a name of dots";
  if (has_control(segment)) return "a control character";
  if (has_sign_of_rclone(segment) || segment.find('\\') != std::string_view::npos ||
      (family && is_respelled(*family, segment))) {
    return "a character that rclone would write differently";
  }
  return nullptr;
}

std::string checked_path(std::optional<Family> family, std::string_view path,
                         const std::string& uri) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  for (std::string_view rest = path; !path.empty();) {
    const auto slash = rest.find('/');
    if (const char* fault = fault_of(family, rest.substr(0, slash))) {
      refuse("the path holds " + std::string(fault) + ", so that it could become another file's",
             uri, "correct the URI; in a snapshot, find out who wrote it");
    }
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return std::string(path);
}

void take_azure(Address& address, std::string_view authority, const std::string& uri) {
  const AzureAuthority parts = split_azure_authority(authority);
  check_container(parts.container, uri);
  address.bucket = parts.container;
  if (authority.size() == parts.container.size()) return;
  if (!is_host(parts.host)) {
    refuse("this is no host of an Azure account", uri,
           "write container@account.dfs.core.windows.net; in a snapshot, find out who wrote it");
  }
  const std::string canonical = canonical_azure_authority(authority);
  address.host = canonical.substr(parts.container.size() + 1);
  if (!parts.cloud.empty() && !is_azure_account(parts.account)) {
    refuse("no Azure account has this name: it would be 3 to 24 small letters and digits", uri,
           "correct the URI; in a snapshot, find out who wrote it");
  }
  address.account = parts.account;
  address.cloud = parts.cloud;
}

const NameRules& rules_of(Family family) noexcept {
  switch (family) {
    case Family::gs:
      return kGs;
    case Family::oss:
    case Family::cos:
      return kOss;
    case Family::obs:
      return kObs;
    default:
      return kS3;
  }
}

}  // namespace

std::optional<Family> family_of(std::string_view scheme) noexcept {
  if (scheme == "s3" || scheme == "s3a" || scheme == "s3n" || scheme == "s3p") return Family::s3;
  if (is_azure_scheme(scheme)) return Family::azure;
  if (scheme == "gs") return Family::gs;
  if (scheme == "oss") return Family::oss;
  if (scheme == "cos" || scheme == "cosn") return Family::cos;
  if (scheme == "obs") return Family::obs;
  return scheme == "hdfs" ? std::optional(Family::hdfs) : std::nullopt;
}

bool is_azure_account(std::string_view name) noexcept {
  return name.size() >= 3 && name.size() <= 24 && std::all_of(name.begin(), name.end(), [](char c) {
           return is_small_letter(c) || is_digit(c);
         });
}

std::string without_user(std::string_view uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  const auto at = parts.authority.rfind('@');
  if (at == std::string_view::npos || is_azure_scheme(parts.scheme)) return std::string(uri);
  return std::string(parts.scheme) + "://" + std::string(parts.authority.substr(at + 1)) +
         std::string(parts.path);
}

Address address_of(const std::string& uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  const std::optional<Family> family = family_of(parts.scheme);
  if (!family) {
    throw IoError("E-STORE-SCHEME", "rclone is not used for this scheme", uri,
                  "see 'stateferry plugins list', or give the scheme an entry under 'remotes' in "
                  "config.yaml");
  }
  Address address;
  address.family = *family;
  if (*family == Family::azure) {
    take_azure(address, parts.authority, uri);
  } else if (parts.authority.find('@') != std::string_view::npos) {
    refuse("credentials don't belong into a URI", uri,
           "leave out what stands before the '@', and give them as docs/user/storage.md says");
  } else if (*family == Family::hdfs) {
    if (!parts.authority.empty()) address.host = name_node_of(parts.authority, uri);
  } else {
    check_bucket(rules_of(*family), parts.authority, uri);
    address.bucket = parts.authority;
  }
  address.path = checked_path(*family, parts.path, uri);
  return address;
}

std::string name_node_of(std::string_view authority, const std::string& uri) {
  if (!is_host(authority)) {
    refuse("this is no host, and no name service of HDFS", uri,
           "write hdfs://host:port/path; in a snapshot, find out who wrote it");
  }
  std::string host = in_small_letters(authority);
  if (host.find(':') == std::string::npos) host += ":8020";
  return host;
}

Address mapped_address_of(const std::string& uri) {
  const FlinkPathParts parts = split_flink_path(uri);
  Address address;
  address.family = Family::mapped;
  address.scheme = parts.scheme;
  if (parts.authority.find('@') != std::string_view::npos) {
    refuse("a user doesn't belong into a URI", uri,
           "leave out what stands before the '@', and name the user under 'remotes'");
  }
  if (!parts.authority.empty() && !is_host(parts.authority)) {
    refuse("this is no host and no bucket", uri,
           "correct the URI; in a snapshot, find out who wrote it");
  }
  address.host = in_small_letters(parts.authority);
  address.path = checked_path(Family::mapped, parts.path, uri);
  return address;
}

std::string local_path_of(const std::string& uri) {
  return checked_path(std::nullopt, split_flink_path(uri).path, uri);
}

}  // namespace stateferry::rclone
