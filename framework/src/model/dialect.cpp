#include "stateferry/model/dialect.hpp"

#include <algorithm>
#include <utility>

namespace stateferry {

Dialects::Dialects(std::vector<DialectInfo> all) : all_(std::move(all)) {
  std::sort(all_.begin(), all_.end(), [](const DialectInfo& a, const DialectInfo& b) {
    return (a.dialect <=> b.dialect) < 0;
  });
}

std::span<const DialectInfo> Dialects::of_version(std::int32_t format_version) const noexcept {
  const auto same = [&](const DialectInfo& d) {
    return d.dialect.format_version == format_version;
  };
  const auto first = std::find_if(all_.begin(), all_.end(), same);
  return {first, std::find_if_not(first, all_.end(), same)};
}

const DialectInfo* Dialects::find(const Dialect& dialect) const noexcept {
  const auto row = std::find_if(all_.begin(), all_.end(),
                                [&](const DialectInfo& d) { return d.dialect == dialect; });
  return row == all_.end() ? nullptr : &*row;
}

const DialectInfo* Dialects::read_by(FlinkRelease release,
                                     std::int32_t format_version) const noexcept {
  for (const DialectInfo& d : of_version(format_version)) {
    if (d.read_by.holds(release)) return &d;
  }
  return nullptr;
}

const DialectInfo* Dialects::newest_read_by(FlinkRelease release) const noexcept {
  const auto row = std::find_if(all_.rbegin(), all_.rend(),
                                [&](const DialectInfo& d) { return d.read_by.holds(release); });
  return row == all_.rend() ? nullptr : &*row;
}

const DialectInfo* Dialects::written_by(FlinkRelease release) const noexcept {
  const auto row = std::find_if(all_.begin(), all_.end(),
                                [&](const DialectInfo& d) { return d.written_by.holds(release); });
  return row == all_.end() ? nullptr : &*row;
}

std::vector<std::int32_t> Dialects::versions() const {
  std::vector<std::int32_t> versions;
  for (const DialectInfo& d : all_) versions.push_back(d.dialect.format_version);
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

const ReleaseInfo* newest_writer(std::span<const DialectInfo> dialects) noexcept {
  const ReleaseInfo* newest = nullptr;
  for (const ReleaseInfo& r : all_releases()) {
    for (const DialectInfo& d : dialects) {
      if (d.written_by.holds(r.release)) newest = &r;
    }
  }
  return newest;
}

TagSet tags_of_writers(std::span<const DialectInfo> dialects) noexcept {
  TagSet known = 0;
  TagSet held = 0;
  for (const DialectInfo& d : dialects) {
    held |= d.tags;
    for (const ReleaseInfo& r : all_releases()) {
      if (d.written_by.holds(r.release)) known |= r.knows;
    }
  }
  return known != 0 ? known : held;
}

std::string versions_text(std::span<const std::int32_t> versions) {
  std::string text;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    std::size_t last = i;
    while (last + 1 < versions.size() && versions[last + 1] == versions[last] + 1) ++last;
    if (!text.empty()) text += ", ";
    text += std::to_string(versions[i]);
    if (last > i) text += " to " + std::to_string(versions[last]);
    i = last;
  }
  return text.empty() ? "none" : text;
}

}  // namespace stateferry
