#include <algorithm>
#include <set>

#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/recent_directories.hpp"

namespace stateferry {

Relocations::Relocations(std::vector<Relocation> entries, std::string scheme)
    : entries_(std::move(entries)), scheme_(std::move(scheme)) {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Relocation& a, const Relocation& b) {
    return canonical_uri(a.from).size() > canonical_uri(b.from).size();
  });
  for (const Relocation& entry : entries_) {
    canonical_.push_back(canonical_uri(entry.from));
    sources_.add(canonical_.back());
  }
}

std::string_view Relocations::scheme_for(std::string_view own) const noexcept {
  return scheme_.empty() ? own : std::string_view(scheme_);
}

std::optional<std::string> Relocations::target_of(const std::string& uri) const {
  if (entries_.empty()) return std::nullopt;
  const std::string canonical = canonical_uri(uri);
  const auto source = sources_.find(canonical);
  if (!source) return std::nullopt;
  const std::string_view rest = *below_prefix(canonical, canonical_[*source]);
  return join_prefix(in_scheme(entries_[*source].to, scheme_for(scheme_of(uri))), rest);
}

std::optional<std::string> Relocations::directory_target(std::string_view directory) const {
  const std::string canonical = canonical_uri(directory);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Below below = below_prefix_in(canonical, canonical_[i]);
    if (below == Below::none) continue;
    if (below == Below::some) return std::nullopt;
    const std::string to = in_scheme(entries_[i].to, scheme_for(scheme_of(directory)));
    return plain_directory_below(to, canonical, canonical_[i]);
  }
  return std::nullopt;
}

std::vector<Relocation> Relocations::spelled_as(const std::vector<std::string>& roots,
                                                const std::string& file_system) const {
  std::vector<Relocation> all;
  for (const Relocation& entry : entries_) {
    const std::string own(store_root_of(entry.from));
    std::set<std::string> wanted{own};
    for (const std::string& root : roots) {
      const std::string& full = root.empty() ? file_system : root;
      if (canonical_uri(full) == canonical_uri(own)) wanted.insert(root);
    }
    for (const std::string& root : wanted) {
      std::string from = root + entry.from.substr(own.size());
      std::string to =
          in_scheme(entry.to, scheme_for(scheme_of(root.empty() ? file_system : root)));
      if (from.empty()) from = "/";
      const bool stays_bare = root.empty() && entry.bare && file_system == kLocalFileSystem;
      if (stays_bare) to.erase(0, store_root_of(to).size());
      all.push_back({std::move(from), std::move(to)});
    }
  }
  return all;
}

}  // namespace stateferry
