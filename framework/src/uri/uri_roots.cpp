#include "stateferry/uri/uri_roots.hpp"

#include <algorithm>

#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kMostRoots = 1000;

// How much of two texts is the same at both ends, in thousandths of the longer one.
std::size_t likeness(std::string_view a, std::string_view b) noexcept {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t front = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  std::size_t back = 0;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return (front + back) * 1000 / std::max<std::size_t>(std::max(a.size(), b.size()), 1);
}

}  // namespace

void UriRoots::add(std::string_view uri, bool is_directory, std::uint64_t count) {
  const FlinkPathParts parts = split_flink_path(uri);
  const std::string_view root = uri.substr(0, uri.size() - parts.path.size());
  const std::string_view directory = is_directory ? uri : parent_of(uri);
  const auto at = roots_.find(root);
  if (at == roots_.end()) {
    if (roots_.size() < kMostRoots) {
      const bool in_no_directory = directory.size() < root.size();
      roots_.emplace(root, UriRoot{std::string(in_no_directory ? root : directory), count});
    }
    return;
  }
  UriRoot& known = at->second;
  known.locations += count;
  const std::string_view common = common_directories(known.uri, directory);
  if (common.size() == known.uri.size()) return;
  known.uri = std::string(common.size() < root.size() ? root : common);
}

std::vector<UriRoot> UriRoots::nearest_to(std::string_view text) const {
  std::vector<UriRoot> sorted;
  for (const auto& [root, found] : roots_) sorted.push_back(found);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const UriRoot& a, const UriRoot& b) {
    return likeness(a.uri, text) > likeness(b.uri, text);
  });
  return sorted;
}

}  // namespace stateferry
