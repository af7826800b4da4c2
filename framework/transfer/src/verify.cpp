#include "stateferry/transfer/verify.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {

Mark judge(const Reference& reference, const std::optional<StoredFile>& found) noexcept {
  if (!found) return Mark::missing;
  const bool right =
      reference.size ? found->size == *reference.size : found->size >= reference.at_least;
  return right ? Mark::good : Mark::differs;
}

namespace {

constexpr std::size_t kShown = 10;

// Which URIs a snapshot needs, whatever schemes of their stores they are written with. Views the
// references; without a copy of their texts, of which there may be a million.
class KnownFiles {
 public:
  explicit KnownFiles(const References& references)
      : references_(references), own_(canonical_uri(join_uri(references.base, "_metadata"))) {
    hashes_.reserve(references.files.size());
    std::uint32_t number = 0;
    for (const Reference& file : references.files) {
      hashes_.emplace_back(hash_of(canonical_uri(file.uri)), number++);
    }
    std::sort(hashes_.begin(), hashes_.end());
  }

  bool contains(const std::string& uri) const {
    const std::string canonical = canonical_uri(uri);
    if (canonical == own_) return true;
    const std::size_t hash = hash_of(canonical);
    auto at = std::lower_bound(hashes_.begin(), hashes_.end(), Row{hash, 0});
    for (; at != hashes_.end() && at->first == hash; ++at) {
      const Reference& file = references_.files[at->second];
      if (canonical_uri(file.uri) == canonical) return true;
    }
    return false;
  }

 private:
  using Row = std::pair<std::size_t, std::uint32_t>;

  static std::size_t hash_of(const std::string& text) { return std::hash<std::string>()(text); }

  const References& references_;
  const std::string own_;
  std::vector<Row> hashes_;
};

void count(VerifyReport& report, const Reference& reference, Mark mark) {
  ++report.files;
  if (mark == Mark::good) ++report.good;
  if (mark == Mark::differs) ++report.differs;
  if (mark != Mark::missing) return;
  ++report.missing;
  if (reference.relative) ++report.dangling;
}

void look_at_all(Stores& stores, const References& references, VerifyReport& report,
                 const std::function<void(const Finding&)>& each) {
  std::vector<std::string> uris;
  uris.reserve(references.files.size());
  for (const Reference& file : references.files) uris.push_back(file.uri);
  stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    const Reference& reference = references.files[i];
    const Mark mark = judge(reference, file);
    count(report, reference, mark);
    if (file) report.bytes += file->size;
    each({mark, uris[i], &reference, file ? std::optional(file->size) : std::nullopt});
  });
}

}  // namespace

VerifyReport verify_references(Stores& stores, const References& references, bool strays,
                               const std::function<void(const Finding&)>& each) {
  VerifyReport report;
  look_at_all(stores, references, report, each);
  if (!strays) return report;
  const KnownFiles known(references);
  stores.list(references.base, [&](const StoredFile& file) {
    if (known.contains(file.uri)) return;
    ++report.strays;
    each({Mark::stray, file.uri, nullptr, file.size});
  });
  return report;
}

std::vector<std::string> roots_with_missing(Stores& stores, const References& references) {
  struct Root {
    std::uint64_t files = 0;
    std::uint64_t missing = 0;
  };
  const std::string base = canonical_uri(references.base);
  std::map<std::string, Root> roots;
  verify_references(stores, references, false, [&](const Finding& f) {
    Root& root = roots[root_of(f.uri, base)];
    ++root.files;
    if (f.mark == Mark::missing) ++root.missing;
  });
  std::vector<std::string> lines;
  const auto tell = [&](const std::string& uri, const Root& root) {
    std::string line = uri + "  " + count_of(root.files, "file");
    if (root.missing > 0) {
      line += root.missing == root.files ? ": none is there"
                                         : ": " + grouped(root.missing) +
                                               (root.missing == 1 ? " is" : " are") + " missing";
    }
    lines.push_back(std::move(line));
  };
  const auto own = roots.extract(tree_of(base));
  if (own) tell(own.key(), own.mapped());
  for (const auto& [uri, root] : roots) {
    if (lines.size() == kShown) {
      lines.push_back("… and " + grouped(roots.size() + (own ? 1 : 0) - kShown) +
                      " more directories");
      break;
    }
    tell(uri, root);
  }
  return lines;
}

std::vector<std::string> verify_targets(Stores& stores, std::span<const PlanRow> rows,
                                        std::uint64_t& wrong) {
  std::vector<std::string> lines;
  std::vector<std::string> targets;
  targets.reserve(rows.size());
  for (const PlanRow& row : rows) targets.push_back(row.target);
  wrong = 0;
  stores.stat_many(targets, [&](std::size_t i, const std::optional<StoredFile>& file) {
    const std::optional<std::uint64_t> exact =
        rows[i].range ? std::optional(rows[i].range->size) : rows[i].bytes;
    std::string problem;
    if (!file) {
      problem = "is not there";
    } else if (exact && file->size != *exact) {
      problem = "has " + std::to_string(file->size) + " bytes instead of " + std::to_string(*exact);
    } else if (!exact && file->size < rows[i].at_least) {
      problem = "has " + std::to_string(file->size) + " bytes, but at least " +
                std::to_string(rows[i].at_least) + " are needed";
    }
    if (problem.empty()) return;
    if (++wrong <= 10) lines.push_back(targets[i] + " " + problem);
  });
  return lines;
}

}  // namespace stateferry
