#include "stateferry/uri/flink_path.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/memory/vector16.hpp"
#include "uri/plain_location.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_slash(char c) noexcept {
  return c == '/' || c == '\\';
}

bool begins_with_drive(std::string_view text) noexcept {
  return text.size() >= 2 && is_letter(text[0]) && text[1] == ':';
}

/// Path.toString() drops the slash where nothing stands before it.
bool has_slash_before_drive(std::string_view path) noexcept {
  return path.starts_with('/') && begins_with_drive(path.substr(1));
}

/// A text cut into its parts, with what empty views can't tell.
struct PathLayout {
  FlinkPathParts parts;
  bool has_scheme = false;     ///< a colon ends a scheme, though the scheme may be empty
  bool has_authority = false;  ///< two slashes begin an authority, which may be empty
  bool has_drive = false;      ///< the path begins with a drive, as if a '/' stood before it

  bool is_bare() const noexcept { return !has_scheme && parts.authority.empty(); }
  bool is_absolute() const noexcept {
    return has_drive || (!parts.path.empty() && is_slash(parts.path.front()));
  }
};

/// The first colon, if no slash stands before it.
std::size_t find_scheme_colon(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && text[at] != ':' && text[at] != '/') ++at;
  return at < text.size() && text[at] == ':' ? at : kNone;
}

PathLayout lay_out(std::string_view text) noexcept {
  PathLayout layout;
  layout.has_drive = begins_with_drive(text);
  const std::size_t colon = layout.has_drive ? kNone : find_scheme_colon(text);
  if (colon != kNone) {
    layout.has_scheme = true;
    layout.parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  // Two slashes and nothing else are a path.
  if (text.size() > 2 && text.starts_with("//")) {
    layout.has_authority = true;
    const std::size_t end = std::min(text.find('/', 2), text.size());
    layout.parts.authority = text.substr(2, end - 2);
    text.remove_prefix(end);
  }
  layout.parts.path = text;
  return layout;
}

// What java.net.URI accepts. It also takes a '?' or '#' in front of the colon, but then loses all
// that follows; here such a text is invalid.

bool is_valid_scheme(std::string_view scheme) noexcept {
  return !scheme.empty() && is_letter(scheme.front()) &&
         std::all_of(scheme.begin(), scheme.end(), [](char c) {
           return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

bool is_valid_zone(std::string_view zone) noexcept {
  return !zone.empty() && std::all_of(zone.begin(), zone.end(), [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.';
  });
}

bool is_valid_ipv6(std::string_view address) noexcept {
  const std::size_t percent = address.find('%');
  if (percent != kNone && !is_valid_zone(address.substr(percent + 1))) return false;
  address = address.substr(0, percent);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.size() >= text.size() || address.find('\0') != kNone) return false;
  std::copy(address.begin(), address.end(), text.begin());
  in6_addr parsed{};
  return inet_pton(AF_INET6, text.data(), &parsed) == 1;
}

bool is_valid_port(std::string_view port) noexcept {
  return port.empty() || (is_digit(port.front()) && number_from_text<std::int32_t>(port));
}

bool has_bracket(std::string_view text) noexcept {
  return text.find('[') != kNone || text.find(']') != kNone;
}

/// `user@[address]:port`. Java takes brackets only around an IPv6 address.
bool is_valid_bracketed(std::string_view authority) noexcept {
  if (const std::size_t at = authority.find('@'); at != kNone) {
    if (has_bracket(authority.substr(0, at))) return false;
    authority.remove_prefix(at + 1);
  }
  const std::size_t close = authority.find(']');
  if (close == kNone || !authority.starts_with('[')) return false;
  const std::string_view behind = authority.substr(close + 1);
  if (!behind.empty() && (behind.front() != ':' || !is_valid_port(behind.substr(1)))) return false;
  return is_valid_ipv6(authority.substr(1, close - 1));
}

bool is_valid_authority(std::string_view authority) noexcept {
  return !has_bracket(authority) || is_valid_bracketed(authority);
}

/// Whether Path can hold a text with these parts.
bool is_valid(const PathLayout& layout) noexcept {
  const auto& [scheme, authority, path] = layout.parts;
  if (authority.empty() && path.empty()) return false;
  if (!is_valid_authority(authority)) return false;
  if (!layout.has_scheme) return true;
  return is_valid_scheme(scheme) && (path.empty() || is_slash(path.front()));
}

// The path.

/// Takes the next segment off `path`, with the slashes around it.
std::string_view take_segment(std::string_view& path) noexcept {
  constexpr std::string_view kSlashes = "/\\";
  path.remove_prefix(std::min(path.find_first_not_of(kSlashes), path.size()));
  const std::string_view segment = path.substr(0, path.find_first_of(kSlashes));
  path.remove_prefix(segment.size());
  path.remove_prefix(std::min(path.find_first_not_of(kSlashes), path.size()));
  return segment;
}

/// Whether `path` is `/letters:`, which Path takes for a Windows root and so leaves a slash behind.
bool is_drive_root(std::string_view path) noexcept {
  if (path.size() < 3 || path.front() != '/' || path.back() != ':') return false;
  path = path.substr(1, path.size() - 2);
  return std::all_of(path.begin(), path.end(), is_letter);
}

void pop_segment(std::string& path, std::size_t root) {
  const std::size_t slash = path.rfind('/');
  path.resize(slash == std::string::npos ? root : std::max(slash, root));
}

/// Puts a path together from its segments and resolves dots on the way, as URI.normalize does: a
/// ".." that has nothing to take back stays.
///
/// Java leaves a slash behind "x/." and "x/y/..", which the next Path made of that text drops. It
/// is dropped here at once, so that the result is what stays the same ever after.
class PathBuilder {
 public:
  explicit PathBuilder(bool absolute) : path_(absolute ? "/" : ""), root_(path_.size()) {}

  void add(std::string_view segment) {
    ends_in_dots_ = segment == "." || segment == "..";
    if (segment == ".") {
      dropped_ = true;
    } else if (segment == ".." && depth_ > 0) {
      dropped_ = true;
      --depth_;
      pop_segment(path_, root_);
    } else {
      if (path_.size() > root_) path_ += '/';
      path_ += segment;
      if (segment != "..") ++depth_;
    }
  }

  /// The finished path. `slashed` says whether the input ended in a slash.
  std::string finish(bool slashed) && {
    // A Windows root keeps the slash that it came with, or that its trailing dots leave behind.
    if ((ends_in_dots_ || (slashed && !dropped_)) && is_drive_root(path_)) path_ += '/';
    // A relative path must not begin with what looks like a scheme.
    if (root_ == 0 && find_scheme_colon(path_) != kNone) path_.insert(0, "./");
    return std::move(path_);
  }

 private:
  std::string path_;
  std::size_t root_;
  std::size_t depth_ = 0;  ///< segments that a ".." can take back
  bool ends_in_dots_ = false;
  bool dropped_ = false;  ///< some dots were resolved
};

std::string normalize_path(const PathLayout& layout) {
  std::string_view path = layout.parts.path;
  if (path.empty()) return {};
  const bool slashed = is_slash(path.back());
  PathBuilder builder(layout.is_absolute());
  while (!path.empty()) {
    if (const std::string_view segment = take_segment(path); !segment.empty()) builder.add(segment);
  }
  std::string normal = std::move(builder).finish(slashed);
  if (layout.is_bare() && has_slash_before_drive(normal)) normal.erase(0, 1);
  return normal;
}

/// Not 0 where a byte at `at` is a backslash, or a slash in front of another one or of a dot. Reads
/// seventeen bytes.
Vector16 mark_suspects(const char* at) noexcept {
  const Vector16 here = load16(at);
  const Vector16 next = load16(at + 1);
  return equal16(here, '\\') | (equal16(here, '/') & (equal16(next, '/') | equal16(next, '.')));
}

bool is_suspect_pair(char first, char second) noexcept {
  return first == '\\' || (first == '/' && (second == '/' || second == '.'));
}

/// Whether `path` needs a closer look: true wherever it has a backslash, an empty segment or one
/// that begins with a dot, and sometimes without a reason.
bool is_suspect(std::string_view path) noexcept {
  if (path.empty()) return false;
  if (path.front() == '.' || path.back() == '\\') return true;
  const char* const begin = path.data();
  const char* const last = begin + path.size() - 1;
  if (path.size() < 17) {
    for (const char* at = begin; at < last; ++at) {
      if (is_suspect_pair(at[0], at[1])) return true;
    }
    return false;
  }
  Vector16 marks = mark_suspects(last - 16);
  for (const char* at = begin; at < last - 16; at += 16) marks |= mark_suspects(at);
  return any16(marks);
}

/// Whether `path`, known to begin with "./", needs this because of a colon.
bool needs_leading_dot(std::string_view path) noexcept {
  return find_scheme_colon(path.substr(2)) != kNone;
}

/// Whether every segment is as normalize_path would leave it; the last slash is not looked at.
bool has_normal_segments(std::string_view path) noexcept {
  if (path.find('\\') != kNone || path.find("//") != kNone) return false;
  if (path.starts_with("./") && needs_leading_dot(path)) path.remove_prefix(2);
  bool leading = true;
  while (!path.empty()) {
    const std::string_view segment = take_segment(path);
    if (segment == "." || (segment == ".." && !leading)) return false;
    leading = segment == "..";
  }
  return true;
}

bool may_end_in_slash(const PathLayout& layout) noexcept {
  const std::string_view path = layout.parts.path;
  if (path.size() == 1) return true;
  return layout.has_drive ? path.size() == 3 : is_drive_root(path.substr(0, path.size() - 1));
}

bool has_normal_path(const PathLayout& layout) noexcept {
  const std::string_view path = layout.parts.path;
  if (path.empty()) return true;
  if (path.back() == '/' && !may_end_in_slash(layout)) return false;
  if (layout.is_bare() && has_slash_before_drive(path)) return false;
  return !is_suspect(path) || has_normal_segments(path);
}

enum ByteClass : unsigned char { kLetter = 1, kDigit = 2, kMark = 4 };

/// What is_plainly_normal() takes for letters, digits, and the marks that hosts and buckets hold.
constexpr std::array<unsigned char, 256> kByteClasses = [] {
  std::array<unsigned char, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = kLetter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  classes['.'] = classes['-'] = classes['_'] = kMark;
  return classes;
}();

bool is_of(char c, unsigned classes) noexcept {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

/// Length of `scheme://authority` in front of a '/', with a plain authority; 0 for anything else.
std::size_t plain_root_length(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at == end || !is_of(*at, kLetter)) return 0;
  while (at < end && is_of(*at, kLetter | kDigit)) ++at;
  // One letter would be a drive.
  if (at - text.data() < 2 || end - at < 5 || at[0] != ':' || at[1] != '/' || at[2] != '/') {
    return 0;
  }
  at += 3;
  const char* const authority = at;
  while (at < end && is_of(*at, kLetter | kDigit | kMark)) ++at;
  if (at == authority || at == end || *at != '/') return 0;
  return static_cast<std::size_t>(at - text.data());
}

// Prefixes.

std::string_view without_last_slash(std::string_view text) noexcept {
  return text.substr(0, text.size() - (text.ends_with('/') ? 1 : 0));
}

/// Whether the path in front of a slash is no more than a root: nothing, or a drive.
bool is_root(std::string_view path) noexcept {
  if (path.starts_with('/')) path.remove_prefix(1);
  return path.empty() || (path.size() == 2 && begins_with_drive(path));
}

}  // namespace

FlinkPathParts split_flink_path(std::string_view text) noexcept {
  return lay_out(text).parts;
}

std::optional<std::string> normalize_flink_path(std::string_view text) {
  const PathLayout layout = lay_out(text);
  if (!is_valid(layout)) return std::nullopt;
  std::string normal;
  normal.reserve(text.size());
  if (layout.has_scheme) normal.append(layout.parts.scheme) += ':';
  if (!layout.parts.authority.empty()) normal.append("//").append(layout.parts.authority);
  normal += normalize_path(layout);
  // "a/.." becomes a text that no Path can be made of.
  if (normal.empty()) return std::nullopt;
  return normal;
}

bool is_plain_path(std::string_view path) noexcept {
  if (path.size() < 17 || path.back() == '/' || path.back() == '\\') return false;
  const char* const last = path.data() + path.size() - 1;
  Vector16 marks = mark_suspects(last - 16);
  Vector16 bytes = load16(last - 15);
  for (const char* at = path.data(); at < last - 16; at += 16) {
    marks |= mark_suspects(at);
    bytes |= load16(at);
  }
  // A set high bit is a byte beyond ASCII.
  return !any16(marks | (bytes & 0x80));
}

bool PlainLocation::operator()(std::string_view text) {
  if (root_.empty() || text.size() <= root_.size() || text[root_.size()] != '/' ||
      !text.starts_with(root_)) {
    const std::size_t root = plain_root_length(text);
    if (root == 0) return false;
    root_.assign(text.substr(0, root));
  }
  return is_plain_path(text.substr(root_.size()));
}

bool is_normal_flink_path(std::string_view text) noexcept {
  const PathLayout layout = lay_out(text);
  const bool empty_authority = layout.has_authority && layout.parts.authority.empty();
  return !empty_authority && is_valid(layout) && has_normal_path(layout);
}

bool has_scheme(std::string_view text) noexcept {
  const std::size_t colon = find_scheme_colon(text);
  return colon != kNone && colon > 0 && !begins_with_drive(text);
}

std::string with_default_file_system(std::string_view text, std::string_view file_system) {
  const bool is_bare = text.starts_with('/') && !text.starts_with("//");
  return is_bare ? std::string(file_system) + std::string(text) : std::string(text);
}

std::optional<std::string> file_system_from_text(std::string_view text) {
  const auto normal = has_scheme(text) ? normalize_flink_path(text) : std::nullopt;
  if (!normal) return std::nullopt;
  const FlinkPathParts parts = split_flink_path(*normal);
  if (!parts.path.empty() && parts.path != "/") return std::nullopt;
  return normal->substr(0, normal->size() - parts.path.size());
}

std::optional<std::string_view> below_prefix(std::string_view text,
                                             std::string_view prefix) noexcept {
  if (prefix.empty() || text.empty()) return std::nullopt;
  if (text == prefix) return std::string_view{};
  const std::string_view start = without_last_slash(prefix);
  if (!text.starts_with(start)) return std::nullopt;
  const std::string_view rest = text.substr(start.size());
  // Two slashes would be an authority that the prefix doesn't have.
  if (!rest.empty() && (rest.front() != '/' || rest.starts_with("//"))) return std::nullopt;
  return rest;
}

Below below_prefix_in(std::string_view directory, std::string_view prefix) noexcept {
  if (prefix.empty()) return Below::none;
  const std::string_view stem = without_last_slash(prefix);
  if (directory.starts_with(stem)) {
    const std::string_view rest = directory.substr(stem.size());
    if (rest.starts_with('/')) return rest.starts_with("//") ? Below::none : Below::all;
  }
  // `prefix` may itself be one of the texts.
  const bool names_one =
      prefix.starts_with(directory) && prefix.find('/', directory.size()) == kNone;
  return names_one && prefix.size() > directory.size() ? Below::some : Below::none;
}

std::string join_prefix(std::string_view prefix, std::string_view rest) {
  if (rest.empty()) return std::string(prefix);
  std::string joined(without_last_slash(prefix));
  joined += rest;
  if (is_normal_flink_path(joined)) return joined;
  return normalize_flink_path(joined).value_or(joined);
}

std::string_view parent_of(std::string_view text) noexcept {
  const std::string_view path = lay_out(text).parts.path;
  const std::size_t slash = path.rfind('/');
  if (slash == kNone) return {};
  const std::size_t before = text.size() - path.size() + slash;
  if (!is_root(path.substr(0, slash))) return text.substr(0, before);
  return slash + 1 == path.size() ? std::string_view{} : text.substr(0, before + 1);
}

std::string_view common_directories(std::string_view a, std::string_view b) noexcept {
  std::size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  if ((n == a.size() && (n == b.size() || b[n] == '/')) || (n == b.size() && a[n] == '/')) {
    return a.substr(0, n);
  }
  const auto slash = a.substr(0, n).rfind('/');
  return slash == std::string_view::npos ? std::string_view() : a.substr(0, slash);
}

}  // namespace stateferry
